import { customers } from '../customers/customer.ts'
import { createCustomer } from '../customers/save-customer.ts'
import { confirmIntent } from '../payment-intents/confirm-intent.ts'
import { createIntent } from '../payment-intents/create-intent.ts'
import type { CreateIntent } from '../payment-intents/create-intent.ts'
import { withParams } from '../payment-intents/intent-params.ts'
import { cancelIntent } from '../payment-intents/cancel-intent.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { PaymentIntent } from '../payment-intents/payment-intent.ts'
import { pageUrl } from '../pages/page.ts'
import type { Refusal } from '../route.ts'
import { confirmSetup } from '../setup-intents/confirm-setup-intent.ts'
import { cancelSetupIntent, updateSetupIntent } from '../setup-intents/save-setup-intent.ts'
import { setupIntents } from '../setup-intents/setup-intent.ts'
import type { SetupIntent } from '../setup-intents/setup-intent.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { countRedemptions } from './price-session.ts'
import { checkoutSessions } from './session.ts'
import type { CheckoutSession, CustomerDetails } from './session.ts'
import { confirmSessionSubscription, runningSubscription, subscriptionIntent } from './subscribe.ts'

/** Where a session stands after an attempt to pay. */
export type Attempt =
  | { outcome: 'complete'; session: CheckoutSession }
  | { outcome: 'action'; url: string }
  | { outcome: 'declined'; refusal: Refusal }

/** Pays, saves or subscribes with the payment method. @throws StripeError 400 when the session is over */
export function paySession(
  tx: Transaction,
  session: CheckoutSession,
  method: string | undefined,
  details: CustomerDetails,
): Attempt {
  if (session.status !== 'open') throw invalidRequest('This Checkout Session is no longer open.')
  const known = tx.put(checkoutSessions, withCustomer(tx, session, details))
  if (known.payment_status === 'no_payment_required' && known.mode === 'payment') {
    return { outcome: 'complete', session: complete(tx, known) }
  }
  if (method === undefined) throw invalidRequest('A card is needed.')
  const back = pageUrl(tx, 'checkout', session.id)
  const result = confirmers[known.mode](tx, known, method, back)
  if (result && 'refused' in result) return { outcome: 'declined', refusal: result }
  const settled = settle(tx, known.id)
  if (settled) return settled
  if (!result) throw invalidRequest('This Checkout Session could not be completed.')
  return { outcome: 'action', url: actionUrl(result) }
}

/** Completes the session once what it waited for has happened; undefined while it has not. */
export function settle(tx: Transaction, id: string): Attempt | undefined {
  const session = tx.get(checkoutSessions, id)
  if (!session || session.status !== 'open') return undefined
  const payment = session.payment_intent === null ? undefined : tx.get(paymentIntents, session.payment_intent)
  if (payment?.status === 'succeeded' || payment?.status === 'requires_capture') {
    return { outcome: 'complete', session: complete(tx, session) }
  }
  if (payment?.status === 'processing') return { outcome: 'complete', session: complete(tx, session) }
  const setup = session.setup_intent === null ? undefined : tx.get(setupIntents, session.setup_intent)
  if (setup?.status === 'succeeded') return { outcome: 'complete', session: complete(tx, session) }
  const running = runningSubscription(tx, session)
  if (!running) return undefined
  const paid = (running.invoice?.amount_paid ?? 0) > 0
  const subscribed: CheckoutSession = {
    ...session,
    invoice: running.invoice?.id ?? null,
    payment_status: paid ? 'paid' : 'no_payment_required',
  }
  return { outcome: 'complete', session: complete(tx, subscribed) }
}

/** A payment that went on at the bank finishes its session, also when nobody comes back to the page. */
export function settleOpenSessions(tx: Transaction): void {
  for (const { entity } of tx.rows(checkoutSessions, 'status', 'open').slice()) settle(tx, entity.id)
}

/** A bank has answered after the session was complete. */
export function debitFinished(tx: Transaction, intent: PaymentIntent): void {
  for (const { entity } of tx.rows(checkoutSessions, 'payment_intent', intent.id).slice()) {
    const paid = intent.status === 'succeeded'
    const session = tx.put(checkoutSessions, { ...entity, payment_status: paid ? 'paid' : 'unpaid' })
    const event = paid ? 'async_payment_succeeded' : 'async_payment_failed'
    tx.emit(`checkout.session.${event}`, checkoutSessions, session)
  }
}

/** The page where the cardholder is awaited, if anywhere. */
export function pendingActionOf(tx: Transaction, session: CheckoutSession): string | undefined {
  const payment = session.payment_intent === null ? undefined : tx.get(paymentIntents, session.payment_intent)
  const setup = session.setup_intent === null ? undefined : tx.get(setupIntents, session.setup_intent)
  const waiting = [payment, setup, subscriptionIntent(tx, session)].find(
    (intent) => intent?.status === 'requires_action',
  )
  return waiting && actionUrl(waiting)
}

/** @throws StripeError 400 unless it is open */
export function expireSession(tx: Transaction, session: CheckoutSession): CheckoutSession {
  if (session.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ` +
        `${session.status}.`,
    )
  }
  const payment = session.payment_intent === null ? undefined : tx.get(paymentIntents, session.payment_intent)
  if (payment && payment.status !== 'canceled') cancelIntent(tx, payment, 'abandoned')
  const setup = session.setup_intent === null ? undefined : tx.get(setupIntents, session.setup_intent)
  if (setup && setup.status !== 'canceled') cancelSetupIntent(tx, setup, 'abandoned')
  const expired = tx.put(checkoutSessions, { ...session, status: 'expired' })
  tx.emit('checkout.session.expired', checkoutSessions, expired)
  return expired
}

/** Ends the sessions whose time is over by then, each at its own time; a session without a customer concerns ''. */
export function expireSessions(
  tx: Transaction,
  until: number,
  concerns: (customer: string) => boolean,
): void {
  const { now } = tx
  // A copy: whoever expires leaves the open ones.
  for (const { entity } of tx.rows(checkoutSessions, 'status', 'open').slice()) {
    if (entity.expires_at > until || !concerns(entity.customer ?? '')) continue
    tx.now = entity.expires_at
    if (!settle(tx, entity.id)) expireSession(tx, entity)
  }
  tx.now = now
}

function complete(tx: Transaction, session: CheckoutSession): CheckoutSession {
  // A subscription redeems its discounts itself.
  if (session.mode !== 'subscription') countRedemptions(tx, session)
  const payment = session.payment_intent === null ? undefined : tx.get(paymentIntents, session.payment_intent)
  const free = session.payment_status === 'no_payment_required'
  const paid =
    session.mode === 'subscription' ? session.payment_status === 'paid' : payment?.status === 'succeeded'
  const completed = tx.put(checkoutSessions, {
    ...session,
    payment_status: free ? 'no_payment_required' : paid ? 'paid' : 'unpaid',
    status: 'complete',
  })
  tx.emit('checkout.session.completed', checkoutSessions, completed)
  return completed
}

/** The session's customer: named from the start, or made now where one is wanted. */
function withCustomer(tx: Transaction, session: CheckoutSession, details: CustomerDetails): CheckoutSession {
  const known = session.customer === null ? undefined : tx.get(customers, session.customer)
  const given = { ...session, customer_details: { ...details, email: known?.email ?? details.email } }
  if (known || session.customer_creation !== 'always') return given
  const created = createCustomer(tx, {
    ...(details.email === null ? {} : { email: details.email }),
    ...(details.name === null ? {} : { name: details.name }),
    ...(details.phone === null ? {} : { phone: details.phone }),
  })
  return { ...given, customer: created.id }
}

const confirmers = {
  payment: confirmSessionPayment,
  setup: confirmSessionSetup,
  subscription: confirmSessionSubscription,
}

function confirmSessionPayment(
  tx: Transaction,
  session: CheckoutSession,
  method: string,
  back: string,
): PaymentIntent | Refusal {
  const present = session.payment_intent === null ? undefined : tx.get(paymentIntents, session.payment_intent)
  const intent = present ?? createSessionIntent(tx, session)
  // The code may have changed the sum since the last attempt.
  const priced = tx.put(paymentIntents, { ...intent, amount: session.amount_total ?? 0 })
  const named = tx.put(paymentIntents, withParams(tx, priced, { payment_method: method }))
  return confirmIntent(tx, named, { return_url: back })
}

function createSessionIntent(tx: Transaction, session: CheckoutSession): PaymentIntent {
  const created = createIntent(tx, {
    ...(session.payment_intent_data as Partial<CreateIntent>),
    amount: session.amount_total ?? 0,
    currency: session.currency ?? '',
    ...(session.allowed_payment_method_types === null
      ? {}
      : { allowed_payment_method_types: session.allowed_payment_method_types }),
    ...(session.customer === null ? {} : { customer: session.customer }),
  })
  // Without `confirm` nothing is charged, so nothing can be declined.
  if ('refused' in created) throw created.refused
  tx.put(checkoutSessions, { ...session, payment_intent: created.id })
  return created
}

function confirmSessionSetup(
  tx: Transaction,
  session: CheckoutSession,
  method: string,
  back: string,
): SetupIntent | Refusal {
  const intent = session.setup_intent === null ? undefined : tx.get(setupIntents, session.setup_intent)
  if (!intent) throw invalidRequest('This Checkout Session has nothing to set up.')
  const named = updateSetupIntent(tx, intent, {
    payment_method: method,
    ...(session.customer === null ? {} : { customer: session.customer }),
  })
  return confirmSetup(tx, named, { return_url: back })
}

function actionUrl(intent: PaymentIntent | SetupIntent): string {
  const redirect = intent.next_action?.redirect_to_url
  const url =
    typeof redirect === 'object' && redirect !== null && 'url' in redirect ? redirect.url : undefined
  if (typeof url !== 'string') throw invalidRequest('There is nowhere to authenticate this payment.')
  return url
}
