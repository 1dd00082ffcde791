import type { Transaction } from '../store/transaction.ts'
import { checkAmount, readCurrency } from './amount.ts'
import { withParams } from './intent-params.ts'
import type { IntentParams } from './intent-params.ts'
import { paymentIntents } from './payment-intent.ts'
import type { PaymentIntent } from './payment-intent.ts'
import { unexpectedState } from './unexpected-state.ts'

export interface UpdateIntent extends IntentParams {
  amount?: number
  currency?: string
}

/** These stay changeable when the payment is over. */
const ALWAYS = new Set(['description', 'metadata', 'receipt_email', 'shipping', 'transfer_group', 'expand'])

/** @throws StripeError 400 when a field can no longer be changed */
export function updateIntent(tx: Transaction, intent: PaymentIntent, params: UpdateIntent): PaymentIntent {
  const fixed = Object.keys(params).find((name) => !ALWAYS.has(name))
  if (fixed !== undefined && !isOpen(intent)) {
    throw unexpectedState(
      tx,
      intent,
      `This PaymentIntent's ${fixed} could not be updated because it has a status of ${intent.status}. You may only update ` +
        `the ${fixed} of a PaymentIntent with one of the following statuses: requires_payment_method, ` +
        'requires_confirmation, requires_action.',
    )
  }
  const currency = params.currency === undefined ? intent.currency : readCurrency(params.currency)
  const amount = params.amount ?? intent.amount
  if (isOpen(intent)) checkAmount(amount, currency)
  // Stripe has no payment_intent.updated event.
  return tx.put(paymentIntents, withParams(tx, { ...intent, amount, currency }, params))
}

function isOpen(intent: PaymentIntent): boolean {
  return ['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)
}
