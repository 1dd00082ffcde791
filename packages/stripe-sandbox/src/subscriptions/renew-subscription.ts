import { defaultMethod } from '../invoices/pay-invoice.ts'
import { invoices } from '../invoices/invoice.ts'
import type { Invoice } from '../invoices/invoice.ts'
import type { Transaction } from '../store/transaction.ts'
import { priceOfItem, recurringOf } from '../subscription-items/read-item.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import { draftFor } from './bill.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { stored } from './create-subscription.ts'
import { restSubscription } from './pause-subscription.ts'
import { cycleAround } from './periods.ts'
import { subscriptions } from './subscription.ts'
import type { Subscription } from './subscription.ts'

/** When the next period of any item begins. */
export function renewsAt(tx: Transaction, subscription: Subscription): number {
  return Math.min(...itemsOf(tx, subscription.id).map((item) => item.current_period_end))
}

/** The items whose period is over begin the next one, which a draft asks to be paid for. */
export function renewSubscription(tx: Transaction, subscription: Subscription): Invoice {
  const was = subscriptions.format(subscription, tx)
  const over = itemsOf(tx, subscription.id).filter((item) => item.current_period_end <= tx.now)
  const renewed = over.map((item) => {
    const period = cycleAround(subscription.billing_cycle_anchor, recurringOf(priceOfItem(tx, item)), tx.now)
    // What is behind is caught up period by period.
    return tx.put(subscriptionItems, {
      ...item,
      current_period_start: item.current_period_end,
      current_period_end: period.end,
    })
  })
  const starts = over.map((item) => item.current_period_start)
  const running: Subscription = {
    ...subscription,
    status: subscription.status === 'trialing' ? 'active' : subscription.status,
  }
  tx.put(subscriptions, running)
  const draft = draftFor(tx, running, {
    reason: 'subscription_cycle',
    items: renewed,
    period: { start: Math.min(...starts), end: tx.now },
  })
  tx.update('customer.subscription.updated', subscriptions, stored(tx, running), was)
  if (running.status !== 'unpaid' && running.pause_collection?.behavior !== 'keep_as_draft') return draft
  const kept: Invoice = { ...draft, auto_advance: false, automatically_finalizes_at: null }
  return tx.update('invoice.updated', invoices, kept)
}

/** Without anything to pay with, the subscription's settings say what happens. */
export function endTrial(tx: Transaction, subscription: Subscription): void {
  const { missing_payment_method: without } = subscription.trial_settings.end_behavior
  const { customer, default_payment_method, id } = subscription
  const charged = subscription.collection_method === 'charge_automatically'
  const method = defaultMethod(tx, { customer, default_payment_method, subscription: id })
  if (method || !charged || without === 'create_invoice') renewSubscription(tx, subscription)
  else if (without === 'cancel') cancelSubscription(tx, subscription, {}, null)
  else restSubscription(tx, subscription, 'trial_end_without_payment_method')
}
