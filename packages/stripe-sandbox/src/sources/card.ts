import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'

const BRANDS: Record<string, string> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'MasterCard',
  unionpay: 'UnionPay',
  visa: 'Visa',
}

/** A card as it was before payment methods: the same entity in another shape, `card_…` instead of `pm_…`. */
export const cards: Kind<PaymentMethod> = {
  table: paymentMethods.table,
  type: 'Card',
  prefix: 'card_',
  idLength: 24,
  noun: 'source',
  indexes: paymentMethods.indexes,
  format: (card) => ({
    id: card.id,
    object: 'card',
    address_city: card.billing_details.address?.city ?? null,
    address_country: card.billing_details.address?.country ?? null,
    address_line1: card.billing_details.address?.line1 ?? null,
    address_line1_check: card.card.checks.address_line1_check,
    address_line2: card.billing_details.address?.line2 ?? null,
    address_state: card.billing_details.address?.state ?? null,
    address_zip: card.billing_details.address?.postal_code ?? null,
    address_zip_check: card.card.checks.address_postal_code_check,
    allow_redisplay: 'unspecified',
    brand: BRANDS[card.card.brand] ?? 'Unknown',
    country: card.card.country,
    customer: card.customer,
    cvc_check: card.card.checks.cvc_check,
    dynamic_last4: null,
    exp_month: card.card.exp_month,
    exp_year: card.card.exp_year,
    fingerprint: card.card.fingerprint,
    funding: card.card.funding,
    last4: card.card.last4,
    metadata: card.metadata,
    name: card.billing_details.name,
    regulated_status: 'unregulated',
    tokenization_method: null,
  }),
}

export function isCard(id: string): boolean {
  return id.startsWith('card_')
}

/** The customer's cards, newest first. */
export function sourcesOf(view: View, customer: string): JsonObject[] {
  return view
    .rows(cards, 'customer', customer)
    .filter(({ entity }) => isCard(entity.id))
    .map(({ entity }) => cards.format(entity, view))
    .reverse()
}
