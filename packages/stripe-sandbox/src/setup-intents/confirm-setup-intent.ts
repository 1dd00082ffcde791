import { behaviourOf } from '../charges/charge-card.ts'
import { nextActionOf } from '../payment-intents/next-action.ts'
import { checkOwner } from '../payment-intents/intent-params.ts'
import { attachPaymentMethod, spentPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { cardDeclined, declineMembers, declines } from '../payment-methods/declines.ts'
import type { Decline } from '../payment-methods/declines.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Refusal } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, notInSandbox } from '../wire/errors.ts'
import { setupAttempts } from './setup-attempt.ts'
import type { SetupAttempt } from './setup-attempt.ts'
import { setupIntents } from './setup-intent.ts'
import type { SetupIntent } from './setup-intent.ts'
import { unexpectedSetupState } from './unexpected-setup-state.ts'

/**
 * Asks the card's bank and saves the card. A decline is an answer, not an exception: it leaves the intent's
 * `last_setup_error` behind.
 *
 * @throws StripeError 400 when the intent is not in a state to be confirmed
 */
export function confirmSetup(
  tx: Transaction,
  intent: SetupIntent,
  options: { return_url?: string },
): SetupIntent | Refusal {
  checkConfirmable(tx, intent, options.return_url)
  const method = intent.payment_method === null ? undefined : tx.get(paymentMethods, intent.payment_method)
  if (!method) {
    throw unexpectedSetupState(
      tx,
      intent,
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment " +
        'method and then confirm it again.',
    )
  }
  if (method.spent) throw spentPaymentMethod()
  checkOwner(method, intent.customer)
  if (method.sepa_debit) throw notInSandbox('setting up SEPA debits', 'payment_method')
  const behaviour = behaviourOf(method)
  if (behaviour.kind === 'declined' && behaviour.onAttach) {
    return declineSetup(tx, intent, method, declines[behaviour.reason])
  }
  if (behaviour.kind === 'needs_authentication') {
    const waiting = tx.put(setupIntents, {
      ...intent,
      latest_attempt: recordAttempt(tx, intent, method, 'requires_action').id,
      next_action: nextActionOf(tx, intent, options.return_url),
      status: 'requires_action',
    })
    tx.emit('setup_intent.requires_action', setupIntents, waiting)
    return waiting
  }
  return completeSetup(tx, intent, method)
}

/** The cardholder has been asked by the bank: the card is saved, or the intent waits for another one. */
export function finishSetupAuthentication(
  tx: Transaction,
  intent: SetupIntent,
  passed: boolean,
): SetupIntent {
  const method = intent.payment_method === null ? undefined : tx.get(paymentMethods, intent.payment_method)
  if (intent.status !== 'requires_action' || !method) {
    throw unexpectedSetupState(tx, intent, 'This SetupIntent is not waiting for authentication.')
  }
  if (passed) return completeSetup(tx, intent, method)
  return failSetup(tx, intent, method, {
    code: 'setup_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/setup-intent-authentication-failure',
    message: 'The latest attempt to set up the payment method has failed because authentication failed.',
    payment_method: paymentMethods.format(method, tx),
    type: 'invalid_request_error',
  })
}

function checkConfirmable(tx: Transaction, intent: SetupIntent, returnUrl: string | undefined): void {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedSetupState(
      tx,
      intent,
      intent.status === 'succeeded'
        ? 'You cannot confirm this SetupIntent because it has already succeeded.'
        : 'You cannot confirm this SetupIntent because it has a status of canceled.',
    )
  }
  const automatic = intent.automatic_payment_methods
  if (automatic?.enabled === true && automatic.allow_redirects !== 'never' && returnUrl === undefined) {
    throw invalidParam(
      'return_url',
      'This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment ' +
        "methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept " +
        'redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and ' +
        '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
    )
  }
}

function completeSetup(tx: Transaction, intent: SetupIntent, method: PaymentMethod): SetupIntent {
  const attempt = recordAttempt(tx, intent, method, 'succeeded')
  // Once set up, a card that asks the first time does not ask again.
  tx.put(paymentMethods, { ...method, set_up: true })
  if (intent.customer !== null && method.customer === null)
    attachPaymentMethod(tx, method.id, intent.customer)
  const saved = tx.put(setupIntents, {
    ...intent,
    last_setup_error: null,
    latest_attempt: attempt.id,
    next_action: null,
    status: 'succeeded',
  })
  tx.emit('setup_intent.succeeded', setupIntents, saved)
  return saved
}

function declineSetup(
  tx: Transaction,
  intent: SetupIntent,
  method: PaymentMethod,
  decline: Decline,
): Refusal {
  const paymentMethod = paymentMethods.format(method, tx)
  const failed = failSetup(tx, intent, method, {
    ...declineMembers(decline),
    code: decline.code,
    doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
    message: decline.message,
    ...(decline.param === '' ? {} : { param: decline.param }),
    payment_method: paymentMethod,
    type: 'card_error',
  })
  const context = { payment_method: paymentMethod, setup_intent: setupIntents.format(failed, tx) }
  return { refused: cardDeclined(decline, context) }
}

function failSetup(
  tx: Transaction,
  intent: SetupIntent,
  method: PaymentMethod,
  error: JsonObject,
): SetupIntent {
  const failed = tx.put(setupIntents, {
    ...intent,
    last_setup_error: error,
    latest_attempt: recordAttempt(tx, intent, method, 'failed', error).id,
    next_action: null,
    // The method is put aside: the next confirmation must name one.
    payment_method: null,
    status: 'requires_payment_method',
  })
  tx.emit('setup_intent.setup_failed', setupIntents, failed)
  return failed
}

/** An attempt that waited for authentication goes on; any other try is a new one. */
function recordAttempt(
  tx: Transaction,
  intent: SetupIntent,
  method: PaymentMethod,
  status: SetupAttempt['status'],
  error: JsonObject | null = null,
): SetupAttempt {
  const latest = intent.latest_attempt === null ? undefined : tx.get(setupAttempts, intent.latest_attempt)
  if (latest?.status === 'requires_action' && latest.payment_method === method.id) {
    return tx.put(setupAttempts, { ...latest, setup_error: error, status })
  }
  return tx.put(setupAttempts, {
    id: tx.newId(setupAttempts),
    created: tx.now,
    card: method.card,
    customer: intent.customer,
    payment_method: method.id,
    setup_error: error,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  })
}
