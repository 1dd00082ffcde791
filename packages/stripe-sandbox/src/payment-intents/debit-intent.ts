import { behaviourOf, finishDebit, startDebit } from '../charges/charge-card.ts'
import { charges } from '../charges/charge.ts'
import { intentChanged } from '../invoices/follow-intent.ts'
import type { Decline } from '../payment-methods/declines.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { orderOf } from './charge-order.ts'
import { paymentIntents } from './payment-intent.ts'
import type { PaymentIntent } from './payment-intent.ts'

/** Banks give no reason for an account that is not debited. */
export const refusedDebit: Decline = {
  code: 'payment_intent_payment_attempt_failed',
  declineCode: 'generic_decline',
  message: 'The payment failed.',
  param: '',
  adviceCode: null,
  networkDeclineCode: null,
}

/** The account's bank is asked, and answers in its own time. @throws StripeError 400 for another currency than euros */
export function startIntentDebit(
  tx: Transaction,
  intent: PaymentIntent,
  method: PaymentMethod,
): PaymentIntent {
  if (intent.currency !== 'eur') {
    throw invalidRequest(
      `The currency provided (${intent.currency}) is invalid for payments by sepa_debit, which only supports eur.`,
      { code: 'payment_intent_invalid_currency', param: 'currency' },
    )
  }
  const charge = startDebit(tx, method, orderOf(intent))
  tx.put(paymentMethods, { ...method, spent: true })
  const processing = tx.put(paymentIntents, {
    ...intent,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    status: 'processing',
  })
  tx.emit('payment_intent.processing', paymentIntents, processing)
  intentChanged(tx, processing)
  return processing
}

/** When the bank answers. */
export function debitDue(tx: Transaction, intent: PaymentIntent): number | undefined {
  const charge = intent.latest_charge === null ? undefined : tx.get(charges, intent.latest_charge)
  const behaviour = charge && behaviourOf(charge)
  return charge && behaviour?.kind === 'debited' ? charge.created + behaviour.seconds : undefined
}

/** The bank has answered, as the test account says it does. */
export function finishIntentDebit(tx: Transaction, intent: PaymentIntent): PaymentIntent {
  const pending = intent.latest_charge === null ? undefined : tx.get(charges, intent.latest_charge)
  const behaviour = pending && behaviourOf(pending)
  if (!pending || behaviour?.kind !== 'debited') return intent
  const charge = finishDebit(tx, pending, behaviour.fails ? refusedDebit : undefined)
  const method = tx.get(paymentMethods, charge.payment_method)
  const finished: PaymentIntent = behaviour.fails
    ? {
        ...intent,
        last_payment_error: {
          charge: charge.id,
          code: refusedDebit.code,
          decline_code: refusedDebit.declineCode,
          doc_url: 'https://stripe.com/docs/error-codes/payment-intent-payment-attempt-failed',
          message: refusedDebit.message,
          ...(method ? { payment_method: paymentMethods.format(method, tx) } : {}),
          type: 'invalid_request_error',
        },
        payment_method: null,
        status: 'requires_payment_method',
      }
    : { ...intent, amount_received: intent.amount, status: 'succeeded' }
  tx.put(paymentIntents, finished)
  const event = behaviour.fails ? 'payment_intent.payment_failed' : 'payment_intent.succeeded'
  tx.emit(event, paymentIntents, finished)
  intentChanged(tx, finished)
  return finished
}
