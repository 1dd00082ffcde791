import type { JsonObject } from '../store/json.ts'
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

export type SepaDebit = {
  readonly bank_code: string
  readonly branch_code: string | null
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
  /** Present where it is no card but an account; `card` then tells the same in a card's terms. */
  sepa_debit?: SepaDebit
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
    ...(method.sepa_debit
      ? { sepa_debit: sepaOf(method.sepa_debit, method.card) }
      : { card: cardOf(method) }),
    created: method.created,
    customer: method.customer,
    customer_account: null,
    livemode: view.livemode,
    metadata: method.metadata,
    type: typeOf(method),
  }),
}

function cardOf({ card }: PaymentMethod): JsonObject {
  return {
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    display_brand: DISPLAY_BRANDS[card.brand] ?? card.brand,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint,
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: [networkOf(card)], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}

function sepaOf(account: SepaDebit, { country, fingerprint, last4 }: Card): JsonObject {
  return { ...account, country, fingerprint, generated_from: { charge: null, setup_attempt: null }, last4 }
}

export function typeOf(method: Pick<PaymentMethod, 'sepa_debit'>): 'card' | 'sepa_debit' {
  return method.sepa_debit ? 'sepa_debit' : 'card'
}

export function networkOf(card: Card): string {
  return NETWORKS[card.brand] ?? card.brand
}
