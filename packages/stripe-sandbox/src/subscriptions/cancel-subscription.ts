import { pendingItems } from '../invoice-items/attach-item.ts'
import { voidInvoice } from '../invoices/close-invoice.ts'
import { invoices } from '../invoices/invoice.ts'
import type { Transaction } from '../store/transaction.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import { textOr } from '../wire/contact.ts'
import { missing } from '../wire/lookup.ts'
import { collect, draftFor } from './bill.ts'
import { stored } from './create-subscription.ts'
import { creditUnused } from './prorate.ts'
import { isOver, subscriptions } from './subscription.ts'
import type { CancellationDetails, Subscription } from './subscription.ts'

export interface CancelSubscription {
  cancellation_details?: { comment?: string; feedback?: string }
  invoice_now?: boolean
  prorate?: boolean
}

/** At once and for good. @throws StripeError 404 when it is over already */
export function cancelSubscription(
  tx: Transaction,
  subscription: Subscription,
  params: CancelSubscription,
  reason: CancellationDetails['reason'] = 'cancellation_requested',
): Subscription {
  if (isOver(subscription)) throw missing(subscriptions, subscription.id, { param: 'id', status: 404 })
  const trialing = subscription.status === 'trialing'
  if (params.prorate === true && !trialing) {
    for (const item of itemsOf(tx, subscription.id)) creditUnused(tx, subscription, item, tx.now)
  }
  const pending = pendingItems(tx, subscription.customer, subscription.currency, subscription.id)
  if (params.invoice_now === true && pending.length > 0) {
    const draft = draftFor(tx, subscription, { reason: 'subscription_update', items: [] })
    collect(tx, draft, 'default_incomplete')
  }
  const details = subscription.cancellation_details
  const canceled = tx.put(subscriptions, {
    ...stored(tx, subscription),
    canceled_at: subscription.canceled_at ?? tx.now,
    cancellation_details: {
      ...details,
      comment: textOr(details.comment, params.cancellation_details?.comment),
      feedback: textOr(details.feedback, params.cancellation_details?.feedback),
      reason,
    },
    ended_at: tx.now,
    paused: null,
    status: 'canceled',
  })
  stopCollecting(tx, subscription)
  tx.emit('customer.subscription.deleted', subscriptions, canceled)
  return canceled
}

/** What was not paid in time never began. */
export function expireSubscription(tx: Transaction, subscription: Subscription): Subscription {
  const expired = tx.update('customer.subscription.updated', subscriptions, {
    ...stored(tx, subscription),
    ended_at: tx.now,
    status: 'incomplete_expired',
  })
  stopCollecting(tx, subscription)
  return expired
}

/**
 * Open invoices are no longer charged by themselves; the first of one that never began is void.
 *
 * @param subscription as it was before it ended
 */
function stopCollecting(tx: Transaction, subscription: Subscription): void {
  for (const { entity } of tx.rows(invoices, 'subscription', subscription.id)) {
    if (entity.status === 'open' && subscription.status === 'incomplete') voidInvoice(tx, entity)
    else if (entity.status === 'open' || entity.status === 'draft') {
      tx.update('invoice.updated', invoices, {
        ...entity,
        auto_advance: false,
        automatically_finalizes_at: null,
        next_payment_attempt: null,
      })
    }
  }
}

/** A deleted customer has no subscriptions any more. */
export function cancelAllOf(tx: Transaction, customer: string): void {
  for (const { entity } of tx.rows(subscriptions, 'customer', customer)) {
    if (!isOver(entity)) cancelSubscription(tx, entity, {})
  }
}
