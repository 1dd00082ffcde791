import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { confirmIntent } from '../payment-intents/confirm-intent.ts'
import { withParams } from '../payment-intents/intent-params.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { PaymentIntent } from '../payment-intents/payment-intent.ts'
import { invoices } from '../invoices/invoice.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { prices } from '../prices/price.ts'
import type { Refusal } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import type { CreateSubscription } from '../subscriptions/create-subscription.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { lineItemsOf } from './put-line-items.ts'
import { checkoutSessions } from './session.ts'
import type { CheckoutSession } from './session.ts'

/** Subscribes the session's customer and pays the first invoice; undefined where there is nothing to pay. */
export function confirmSessionSubscription(
  tx: Transaction,
  session: CheckoutSession,
  method: string,
  back: string,
): PaymentIntent | Refusal | undefined {
  const card = attachPaymentMethod(tx, method, session.customer ?? '')
  const present = session.subscription === null ? undefined : tx.get(subscriptions, session.subscription)
  const subscription =
    present?.status === 'incomplete'
      ? tx.put(subscriptions, { ...present, default_payment_method: card.id })
      : subscribe(tx, session, card.id)
  const intent = intentOf(tx, subscription)
  if (!intent || subscription.status !== 'incomplete') return undefined
  const named = tx.put(paymentIntents, withParams(tx, intent, { payment_method: card.id }))
  return confirmIntent(tx, named, { return_url: back })
}

/** What the session's subscription has come to, once it runs. */
export function runningSubscription(
  tx: Transaction,
  session: CheckoutSession,
): { subscription: Subscription; invoice: Invoice | undefined } | undefined {
  const subscription = session.subscription === null ? undefined : tx.get(subscriptions, session.subscription)
  if (subscription?.status !== 'active' && subscription?.status !== 'trialing') return undefined
  return { subscription, invoice: invoiceOf(tx, subscription) }
}

export function subscriptionIntent(tx: Transaction, session: CheckoutSession): PaymentIntent | undefined {
  const subscription = session.subscription === null ? undefined : tx.get(subscriptions, session.subscription)
  return subscription && intentOf(tx, subscription)
}

function subscribe(tx: Transaction, session: CheckoutSession, card: string): Subscription {
  const items = lineItemsOf(tx, session.id).map(({ price, quantity }) => ({ price, quantity }))
  const recurs = ({ price }: { price: string }) => (tx.get(prices, price)?.recurring ?? null) !== null
  const subscription = createSubscription(tx, {
    ...(session.subscription_data as Partial<CreateSubscription>),
    add_invoice_items: items.filter((item) => !recurs(item)),
    currency: session.currency ?? '',
    customer: session.customer ?? '',
    default_payment_method: card,
    discounts: session.discounts.map(({ coupon, promotion_code: code }) =>
      code === null ? { coupon } : { promotion_code: code },
    ),
    items: items.filter(recurs),
    // Confirmed in a moment, with somebody at the page who can authenticate.
    payment_behavior: 'default_incomplete',
  })
  tx.put(checkoutSessions, { ...session, subscription: subscription.id })
  return subscription
}

function invoiceOf(tx: Transaction, subscription: Subscription): Invoice | undefined {
  return subscription.latest_invoice === null ? undefined : tx.get(invoices, subscription.latest_invoice)
}

function intentOf(tx: Transaction, subscription: Subscription): PaymentIntent | undefined {
  const intent = invoiceOf(tx, subscription)?.payment_intent ?? null
  return intent === null ? undefined : tx.get(paymentIntents, intent)
}
