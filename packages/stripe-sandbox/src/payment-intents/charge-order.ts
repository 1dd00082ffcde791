import type { ChargeOrder } from '../charges/charge-card.ts'
import type { PaymentIntent } from './payment-intent.ts'

/** What the intent asks a card or an account for. */
export function orderOf(intent: PaymentIntent): ChargeOrder {
  return {
    amount: intent.amount,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    metadata: intent.metadata,
    payment_intent: intent.id,
    receipt_email: intent.receipt_email,
    shipping: intent.shipping,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    transfer_group: intent.transfer_group,
  }
}
