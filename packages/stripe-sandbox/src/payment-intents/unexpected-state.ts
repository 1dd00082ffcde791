import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import type { StripeError } from '../wire/errors.ts'
import { paymentIntents } from './payment-intent.ts'
import type { PaymentIntent, PaymentIntentStatus } from './payment-intent.ts'

/** 400 with the intent as it is, so that a client need not ask. */
export function unexpectedState(tx: Transaction, intent: PaymentIntent, message: string): StripeError {
  return invalidRequest(message, {
    code: 'payment_intent_unexpected_state',
    more: { payment_intent: paymentIntents.format(intent, tx) },
  })
}

/** "… because it has a status of succeeded. Only a PaymentIntent with one of the following statuses may be canceled: …" */
export function wrongStatus(
  tx: Transaction,
  intent: PaymentIntent,
  what: string,
  participle: string,
  allowed: readonly PaymentIntentStatus[],
): StripeError {
  return unexpectedState(
    tx,
    intent,
    `${what} because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ` +
      `${participle}: ${allowed.join(', ')}.`,
  )
}
