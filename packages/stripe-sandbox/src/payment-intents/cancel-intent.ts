import { finishDebit } from '../charges/charge-card.ts'
import { charges } from '../charges/charge.ts'
import type { Transaction } from '../store/transaction.ts'
import { refusedDebit } from './debit-intent.ts'
import { paymentIntents } from './payment-intent.ts'
import type { PaymentIntent } from './payment-intent.ts'
import { wrongStatus } from './unexpected-state.ts'

const CANCELABLE = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
] as const

/** Ends the intent and releases what was authorized. @throws StripeError 400 once it has succeeded or is canceled */
export function cancelIntent(
  tx: Transaction,
  intent: PaymentIntent,
  reason: string | undefined,
): PaymentIntent {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw wrongStatus(tx, intent, 'You cannot cancel this PaymentIntent', 'canceled', CANCELABLE)
  }
  const charge = intent.latest_charge === null ? undefined : tx.get(charges, intent.latest_charge)
  if (intent.status === 'requires_capture' && charge) tx.put(charges, { ...charge, capture_before: null })
  if (intent.status === 'processing' && charge) finishDebit(tx, charge, refusedDebit)
  const canceled: PaymentIntent = {
    ...intent,
    amount_capturable: 0,
    canceled_at: tx.now,
    cancellation_reason: reason ?? null,
    next_action: null,
    status: 'canceled',
  }
  tx.put(paymentIntents, canceled)
  tx.emit('payment_intent.canceled', paymentIntents, canceled)
  return canceled
}
