import type { Kind } from '../store/kind.ts'
import type { Address } from '../wire/contact.ts'
import type { Metadata } from '../wire/metadata.ts'

export type BillingDetails = {
  readonly address: Address | null
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
  readonly tax_id: string | null
}

/** A card without its number: what is kept is what Stripe shows. */
export type Card = {
  readonly brand: string
  readonly checks: {
    readonly address_line1_check: string | null
    readonly address_postal_code_check: string | null
    readonly cvc_check: string | null
  }
  readonly country: string
  readonly exp_month: number
  readonly exp_year: number
  readonly fingerprint: string
  readonly funding: string
  readonly last4: string
}

export interface PaymentMethod {
  id: string
  created: number
  allow_redisplay: string
  billing_details: BillingDetails
  card: Card
  customer: string | null
  metadata: Metadata
  /** The test card's name: how it behaves. */
  test_card: string
  /** Used once without a customer, or detached: Stripe never takes it again. */
  spent: boolean
  /** The cardholder has authenticated it once, for a setup. */
  set_up?: true
}

const NETWORKS: Record<string, string> = { diners: 'diners', discover: 'discover', jcb: 'jcb' }
const DISPLAY_BRANDS: Record<string, string> = {
  amex: 'american_express',
  diners: 'diners_club',
  unionpay: 'union_pay',
}

export const paymentMethods: Kind<PaymentMethod> = {
  table: 'payment_methods',
  type: 'PaymentMethod',
  prefix: 'pm_',
  idLength: 24,
  // Older cards, `card_…`, are payment methods where one is asked for.
  customIdsIn: 'payment_method',
  noun: 'PaymentMethod',
  missingHint:
    "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this " +
    'request on that connected account. Learn more at https://stripe.com/docs/connect/authentication',
  indexes: ['customer'],
  format: (method, view) => ({
    id: method.id,
    object: 'payment_method',
    allow_redisplay: method.allow_redisplay,
    billing_details: method.billing_details,
    card: {
      brand: method.card.brand,
      checks: method.card.checks,
      country: method.card.country,
      display_brand: DISPLAY_BRANDS[method.card.brand] ?? method.card.brand,
      exp_month: method.card.exp_month,
      exp_year: method.card.exp_year,
      fingerprint: method.card.fingerprint,
      funding: method.card.funding,
      generated_from: null,
      last4: method.card.last4,
      networks: { available: [networkOf(method.card)], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: method.created,
    customer: method.customer,
    customer_account: null,
    livemode: view.livemode,
    metadata: method.metadata,
    type: 'card',
  }),
}

export function networkOf(card: Card): string {
  return NETWORKS[card.brand] ?? card.brand
}
