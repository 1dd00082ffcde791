import { behaviourOf, chargeCard, declineOf, failCharge } from '../charges/charge-card.ts'
import type { Charge } from '../charges/charge.ts'
import { intentChanged } from '../invoices/follow-intent.ts'
import { attachPaymentMethod, spentPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { cardDeclined, declineMembers, declines } from '../payment-methods/declines.ts'
import type { Decline } from '../payment-methods/declines.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Refusal } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam } from '../wire/errors.ts'
import { orderOf } from './charge-order.ts'
import { startIntentDebit } from './debit-intent.ts'
import { checkMethodType, checkOwner } from './intent-params.ts'
import { nextActionOf } from './next-action.ts'
import { paymentIntents } from './payment-intent.ts'
import type { PaymentIntent } from './payment-intent.ts'
import { unexpectedState } from './unexpected-state.ts'

export interface ConfirmOptions {
  error_on_requires_action?: boolean
  mandate_data?: unknown
  off_session?: boolean | string
  return_url?: string
}

/**
 * Charges the intent's card. A decline is an answer, not an exception: it leaves a failed charge and the intent's
 * `last_payment_error` behind.
 *
 * @throws StripeError 400 when the intent is not in a state to be confirmed
 */
export function confirmIntent(
  tx: Transaction,
  intent: PaymentIntent,
  options: ConfirmOptions,
): PaymentIntent | Refusal {
  checkConfirmable(tx, intent, options)
  const method = intent.payment_method === null ? undefined : tx.get(paymentMethods, intent.payment_method)
  if (!method) {
    throw unexpectedState(
      tx,
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent " +
        'with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.',
    )
  }
  if (method.spent) throw spentPaymentMethod()
  checkOwner(method, intent.customer)
  checkMethodType(method, intent)

  const behaviour = behaviourOf(method)
  const decline = declineOf(behaviour)
  if (decline) return declineIntent(tx, intent, method, decline)
  if (behaviour.kind === 'needs_authentication') {
    const absent = options.error_on_requires_action === true || (options.off_session ?? false) !== false
    return absent
      ? declineIntent(tx, intent, method, declines.authentication_required)
      : requireAction(tx, intent, options.return_url)
  }
  if (behaviour.kind === 'debited') return startIntentDebit(tx, intent, method)
  return completeIntent(tx, intent, method)
}

function checkConfirmable(tx: Transaction, intent: PaymentIntent, options: ConfirmOptions): void {
  switch (intent.status) {
    case 'succeeded':
    case 'requires_capture':
      throw unexpectedState(
        tx,
        intent,
        'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
      )
    case 'processing':
    case 'canceled':
      throw unexpectedState(
        tx,
        intent,
        `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the ` +
          'following statuses may be confirmed: requires_payment_method, requires_confirmation, requires_action.',
      )
    case 'requires_payment_method':
    case 'requires_confirmation':
    case 'requires_action':
      break
  }
  const automatic = intent.automatic_payment_methods
  const mayRedirect = automatic?.enabled === true && automatic.allow_redirects !== 'never'
  const nobodyToRedirect =
    options.error_on_requires_action === true || (options.off_session ?? false) !== false
  if (mayRedirect && !nobodyToRedirect && options.return_url === undefined) {
    throw invalidParam(
      'return_url',
      'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment ' +
        "methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept " +
        'redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and ' +
        '`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.',
    )
  }
}

/** The cardholder has been asked by the bank: the card is charged, or the intent waits for another one. */
export function finishAuthentication(tx: Transaction, intent: PaymentIntent, passed: boolean): PaymentIntent {
  const method = intent.payment_method === null ? undefined : tx.get(paymentMethods, intent.payment_method)
  if (intent.status !== 'requires_action' || !method) {
    throw unexpectedState(tx, intent, 'This PaymentIntent is not waiting for authentication.')
  }
  if (passed) {
    const keeps = intent.setup_future_usage !== null
    return completeIntent(tx, intent, keeps ? tx.put(paymentMethods, { ...method, set_up: true }) : method)
  }
  const failed: PaymentIntent = {
    ...intent,
    last_payment_error: {
      code: 'payment_intent_authentication_failure',
      doc_url: 'https://stripe.com/docs/error-codes/payment-intent-authentication-failure',
      message:
        'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
      payment_method: paymentMethods.format(method, tx),
      type: 'invalid_request_error',
    },
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  }
  tx.put(paymentIntents, failed)
  tx.emit('payment_intent.payment_failed', paymentIntents, failed)
  intentChanged(tx, failed)
  return failed
}

function completeIntent(tx: Transaction, intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const capture = intent.capture_method !== 'manual'
  const charge = chargeCard(tx, method, orderOf(intent), capture)
  keepOrSpend(tx, intent, method)
  const confirmed: PaymentIntent = {
    ...intent,
    amount_capturable: capture ? 0 : intent.amount,
    amount_received: capture ? intent.amount : 0,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    status: capture ? 'succeeded' : 'requires_capture',
  }
  tx.put(paymentIntents, confirmed)
  tx.emit(
    capture ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated',
    paymentIntents,
    confirmed,
  )
  intentChanged(tx, confirmed)
  return confirmed
}

/** A method that was asked to be kept is saved with the customer; one that belongs to nobody works once. */
function keepOrSpend(tx: Transaction, intent: PaymentIntent, method: PaymentMethod): void {
  if (method.customer !== null) return
  if (intent.customer !== null && intent.setup_future_usage !== null)
    attachPaymentMethod(tx, method.id, intent.customer)
  else tx.put(paymentMethods, { ...method, spent: true })
}

function declineIntent(
  tx: Transaction,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline,
): Refusal {
  const charge = failCharge(tx, method, orderOf(intent), decline)
  const paymentMethod = paymentMethods.format(method, tx)
  const declined: PaymentIntent = {
    ...intent,
    last_payment_error: {
      ...declineMembers(decline),
      charge: charge.id,
      code: decline.code,
      doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
      message: decline.message,
      ...(decline.param === '' ? {} : { param: decline.param }),
      payment_method: paymentMethod,
      type: 'card_error',
    },
    latest_charge: charge.id,
    next_action: null,
    // Declined, the method is put aside: the next confirmation must name one.
    payment_method: null,
    status: 'requires_payment_method',
  }
  tx.put(paymentIntents, declined)
  tx.emit('payment_intent.payment_failed', paymentIntents, declined)
  intentChanged(tx, declined)
  return { refused: cardDeclined(decline, declineContext(tx, declined, charge, paymentMethod)) }
}

function declineContext(
  tx: Transaction,
  intent: PaymentIntent,
  charge: Charge,
  paymentMethod: JsonObject,
): JsonObject {
  return {
    charge: charge.id,
    payment_intent: paymentIntents.format(intent, tx),
    payment_method: paymentMethod,
  }
}

function requireAction(tx: Transaction, intent: PaymentIntent, returnUrl: string | undefined): PaymentIntent {
  const waiting: PaymentIntent = {
    ...intent,
    next_action: nextActionOf(tx, intent, returnUrl),
    status: 'requires_action',
  }
  tx.put(paymentIntents, waiting)
  tx.emit('payment_intent.requires_action', paymentIntents, waiting)
  intentChanged(tx, waiting)
  return waiting
}
