import { invoices } from '../invoices/invoice.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { Transaction } from '../store/transaction.ts'
import { expireSubscription } from './cancel-subscription.ts'
import { applyPending } from './pending-update.ts'
import { subscriptions } from './subscription.ts'
import type { Subscription } from './subscription.ts'

/** What was owed has come in: the subscription is good again. */
export function invoiceWasPaid(tx: Transaction, invoice: Invoice): void {
  const subscription = subscriptionOf(tx, invoice)
  if (!subscription) return
  if (subscription.pending?.invoice === invoice.id) applyPending(tx, subscription)
  switch (subscription.status) {
    case 'incomplete':
      if (invoice.billing_reason === 'subscription_create') activate(tx, subscription)
      return
    case 'past_due':
    case 'unpaid':
      if (invoice.id === subscription.latest_invoice) activate(tx, subscription)
      return
    case 'paused':
      if (invoice.id === subscription.paused?.resumption) {
        const resumed = activate(tx, subscription)
        tx.emit('customer.subscription.resumed', subscriptions, resumed)
      }
      return
    case 'active':
    case 'trialing':
    case 'canceled':
    case 'incomplete_expired':
  }
}

export function invoicePaymentFailed(tx: Transaction, invoice: Invoice): void {
  const subscription = subscriptionOf(tx, invoice)
  // Incomplete stays incomplete: the first payment decides whether it begins at all.
  if (subscription?.status !== 'active' || invoice.status !== 'open') return
  if (invoice.billing_reason === 'subscription_create') return
  // The change that it was for simply does not happen yet.
  if (subscription.pending?.invoice === invoice.id) return
  tx.update('customer.subscription.updated', subscriptions, { ...subscription, status: 'past_due' })
}

/** What is no longer owed holds nothing up; a first invoice that will never be paid begins nothing. */
export function invoiceWasVoided(tx: Transaction, invoice: Invoice): void {
  const subscription = subscriptionOf(tx, invoice)
  if (subscription?.status === 'incomplete' && invoice.billing_reason === 'subscription_create') {
    expireSubscription(tx, subscription)
  } else if (subscription?.status === 'past_due' && invoice.id === subscription.latest_invoice) {
    activate(tx, subscription)
  }
}

/** The method that paid becomes the subscription's own, where that was asked for. */
export function keepMethod(tx: Transaction, invoice: Invoice, method: string | null): void {
  const subscription = subscriptionOf(tx, invoice)
  if (subscription?.save_default_payment_method !== 'on_subscription' || method === null) return
  if (tx.get(paymentMethods, method)?.customer !== subscription.customer) return
  tx.put(subscriptions, { ...subscription, default_payment_method: method })
}

function activate(tx: Transaction, subscription: Subscription): Subscription {
  const trialing = subscription.trial_end !== null && subscription.trial_end > tx.now
  return tx.update('customer.subscription.updated', subscriptions, {
    ...subscription,
    paused: null,
    status: trialing ? 'trialing' : 'active',
  })
}

function subscriptionOf(tx: Transaction, invoice: Invoice): Subscription | undefined {
  const known = tx.get(invoices, invoice.id) ?? invoice
  return known.subscription === null ? undefined : tx.get(subscriptions, known.subscription)
}
