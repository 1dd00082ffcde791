import type { BillingDetails, Card, SepaDebit } from '../payment-methods/payment-method.ts'
import { networkOf } from '../payment-methods/payment-method.ts'
import { refunds } from '../refunds/refund.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import type { Shipping } from '../wire/contact.ts'
import { innerList } from '../wire/lists.ts'
import type { Metadata } from '../wire/metadata.ts'

export type Outcome = {
  readonly advice_code: string | null
  readonly network_advice_code: string | null
  readonly network_decline_code: string | null
  readonly network_status: string
  readonly reason: string | null
  readonly risk_level: string
  readonly risk_score: number
  readonly seller_message: string
  readonly type: string
}

/** One attempt to take money from a card. */
export interface Charge {
  id: string
  created: number
  amount: number
  amount_captured: number
  /** Of what was captured; what a partial capture releases was never taken. */
  amount_refunded: number
  authorization_code: string | null
  balance_transaction: string | null
  billing_details: BillingDetails
  captured: boolean
  /** When an uncaptured authorization ends; seconds since the epoch. */
  capture_before: number | null
  card: Card
  currency: string
  customer: string | null
  description: string | null
  disputed: boolean
  failure_code: string | null
  failure_message: string | null
  fraud_details: { readonly user_report?: string }
  metadata: Metadata
  outcome: Outcome
  payment_intent: string | null
  payment_method: string
  receipt_email: string | null
  shipping: Shipping | null
  /** The card or source as it was charged, where there was no payment intent. */
  source?: JsonObject
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
  status: 'succeeded' | 'pending' | 'failed'
  /** Present where an account was debited and no card. */
  sepa_debit?: SepaDebit
  test_card: string
  transfer_group: string | null
}

export const STATEMENT_DESCRIPTOR = 'STRIPE SANDBOX'

export const charges: Kind<Charge> = {
  table: 'charges',
  type: 'Charge',
  prefix: 'ch_',
  idLength: 24,
  noun: 'charge',
  indexes: ['customer', 'payment_intent', 'transfer_group'],
  format: (charge, view) => ({
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: charge.amount_captured,
    // What a partial capture released counts as given back, too.
    amount_refunded: charge.amount_refunded + (charge.captured ? charge.amount - charge.amount_captured : 0),
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: charge.balance_transaction,
    billing_details: charge.billing_details,
    calculated_statement_descriptor: statementOf(charge),
    captured: charge.captured,
    created: charge.created,
    currency: charge.currency,
    customer: charge.customer,
    description: charge.description,
    disputed: charge.disputed,
    failure_balance_transaction: null,
    failure_code: charge.failure_code,
    failure_message: charge.failure_message,
    fraud_details: charge.fraud_details,
    livemode: view.livemode,
    metadata: charge.metadata,
    on_behalf_of: null,
    outcome: charge.outcome,
    paid: charge.status === 'succeeded',
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    payment_method_details: charge.sepa_debit
      ? { sepa_debit: debitDetails(charge, charge.sepa_debit), type: 'sepa_debit' }
      : { card: cardDetails(charge), type: 'card' },
    receipt_email: charge.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: charge.captured && charge.amount_refunded === charge.amount_captured,
    review: null,
    shipping: charge.shipping,
    source: charge.source ?? null,
    source_transfer: null,
    statement_descriptor: charge.statement_descriptor,
    statement_descriptor_suffix: charge.statement_descriptor_suffix,
    status: charge.status,
    transfer_data: null,
    transfer_group: charge.transfer_group,
  }),
  includes: {
    refunds: (charge, view) => {
      const newestFirst = view
        .rows(refunds, 'charge', charge.id)
        .map(({ entity }) => refunds.format(entity, view))
        .reverse()
      return innerList(`/v1/charges/${charge.id}/refunds`, newestFirst)
    },
  },
}

function statementOf(charge: Charge): string {
  const suffix = charge.statement_descriptor_suffix
  return suffix === null ? STATEMENT_DESCRIPTOR : `${STATEMENT_DESCRIPTOR}* ${suffix}`.slice(0, 22)
}

function debitDetails({ card }: Charge, account: SepaDebit): JsonObject {
  const { country, fingerprint, last4 } = card
  return { ...account, country, fingerprint, last4, mandate: null }
}

function cardDetails(charge: Charge): JsonObject {
  const { card } = charge
  return {
    amount_authorized: charge.status === 'succeeded' ? charge.amount : null,
    authorization_code: charge.authorization_code,
    brand: card.brand,
    ...(charge.capture_before === null ? {} : { capture_before: charge.capture_before }),
    checks: card.checks,
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    extended_authorization: { status: 'disabled' },
    fingerprint: card.fingerprint,
    funding: card.funding,
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    last4: card.last4,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network: networkOf(card),
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: charge.amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  }
}
