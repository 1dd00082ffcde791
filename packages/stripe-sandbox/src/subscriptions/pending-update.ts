import { voidInvoice } from '../invoices/close-invoice.ts'
import { invoices } from '../invoices/invoice.ts'
import type { Invoice } from '../invoices/invoice.ts'
import type { Transaction } from '../store/transaction.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import type { SubscriptionItem } from '../subscription-items/subscription-item.ts'
import { subscriptions } from './subscription.ts'
import type { Subscription } from './subscription.ts'

/** An update that is not paid for by then is dropped. */
const PENDING_SECONDS = 23 * 60 * 60

/** A subscription and its items at one moment. */
export interface Snapshot {
  subscription: Subscription
  items: readonly SubscriptionItem[]
}

export function snapshotOf(tx: Transaction, subscription: Subscription): Snapshot {
  return { subscription, items: itemsOf(tx, subscription.id) }
}

/** Puts the subscription back as it was; the change waits for its invoice to be paid. */
export function postponeUpdate(tx: Transaction, before: Snapshot, invoice: Invoice): void {
  const changed = tx.get(subscriptions, before.subscription.id) ?? before.subscription
  const after = snapshotOf(tx, changed)
  putItems(tx, before.items, after.items)
  tx.put(subscriptions, {
    ...before.subscription,
    discounts: changed.discounts,
    latest_invoice: invoice.id,
    pending: {
      expires_at: tx.now + PENDING_SECONDS,
      invoice: invoice.id,
      after: { ...changed, pending: null },
      items: after.items,
    },
  })
}

export function applyPending(tx: Transaction, subscription: Subscription): void {
  const { pending } = subscription
  if (!pending) return
  const was = subscriptions.format(subscription, tx)
  putItems(tx, pending.items, itemsOf(tx, subscription.id))
  const applied: Subscription = { ...pending.after, latest_invoice: pending.invoice }
  tx.update('customer.subscription.updated', subscriptions, applied, was)
  tx.emit('customer.subscription.pending_update_applied', subscriptions, applied)
}

/** Not paid in time: the invoice is void and the subscription stays what it is. */
export function expirePending(tx: Transaction, subscription: Subscription): void {
  const invoice = subscription.pending && tx.get(invoices, subscription.pending.invoice)
  if (invoice?.status === 'open') voidInvoice(tx, invoice)
  const kept = tx.put(subscriptions, { ...subscription, pending: null })
  tx.emit('customer.subscription.pending_update_expired', subscriptions, kept)
}

function putItems(
  tx: Transaction,
  wanted: readonly SubscriptionItem[],
  present: readonly SubscriptionItem[],
): void {
  const ids = new Set(wanted.map(({ id }) => id))
  for (const item of present) if (!ids.has(item.id)) tx.put(subscriptionItems, { ...item, deleted: true })
  for (const item of wanted) tx.put(subscriptionItems, item)
}
