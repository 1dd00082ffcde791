import { pendingItems } from '../invoice-items/attach-item.ts'
import type { Transaction } from '../store/transaction.ts'
import { priceOfItem, recurringOf } from '../subscription-items/read-item.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import { invalidRequest } from '../wire/errors.ts'
import { collect, draftFor } from './bill.ts'
import type { PaymentBehavior } from './bill.ts'
import { beginCycle } from './change-items.ts'
import { stored } from './create-subscription.ts'
import { cycleAround } from './periods.ts'
import { chargeRemaining, creditUnused } from './prorate.ts'
import { subscriptions } from './subscription.ts'
import type { Subscription } from './subscription.ts'

export interface PauseSubscription {
  bill_for?: {
    outstanding_usage_through?: { type: 'none' | 'now' }
    unused_time_from?: { type: 'item_current_period_start' | 'none' | 'now' }
  }
  invoicing_behavior?: 'invoice' | 'pending_invoice_item'
  type?: 'subscription'
}

export interface ResumeSubscription {
  billing_cycle_anchor?: { type: 'now' | 'unchanged' }
  payment_behavior?: 'resume_on_payment_attempt' | 'resume_on_payment_success'
  proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
}

/** Stops the subscription itself, unlike `pause_collection`. @throws StripeError 400 for other statuses, or a schedule */
export function pauseSubscription(
  tx: Transaction,
  subscription: Subscription,
  params: PauseSubscription,
): Subscription {
  if (subscription.status !== 'active' && subscription.status !== 'trialing') {
    throw invalidRequest(
      `Only an active or trialing subscription can be paused. This subscription is ${subscription.status}.`,
    )
  }
  if (subscription.schedule !== null) {
    throw invalidRequest(
      `This subscription is managed by the subscription schedule \`${subscription.schedule}\` and cannot be paused.`,
    )
  }
  const unused = params.bill_for?.unused_time_from?.type ?? 'none'
  if (unused !== 'none' && subscription.status === 'active') {
    for (const item of itemsOf(tx, subscription.id)) {
      creditUnused(tx, subscription, item, unused === 'now' ? tx.now : item.current_period_start)
    }
  }
  const pending = pendingItems(tx, subscription.customer, subscription.currency, subscription.id)
  if (params.invoicing_behavior === 'invoice' && pending.length > 0) {
    const draft = draftFor(tx, subscription, { reason: 'subscription_update', items: [] })
    collect(tx, draft, 'default_incomplete')
  }
  return restSubscription(tx, stored(tx, subscription), 'pause_requested')
}

export function restSubscription(tx: Transaction, subscription: Subscription, why: string): Subscription {
  const paused: Subscription = {
    ...subscription,
    paused: { at: tx.now, why, resumption: null },
    status: 'paused',
  }
  tx.update('customer.subscription.updated', subscriptions, paused)
  tx.emit('customer.subscription.paused', subscriptions, paused)
  return paused
}

/** With something to pay, it runs again once that is paid. @throws StripeError 400 unless paused and charged automatically */
export function resumeSubscription(
  tx: Transaction,
  subscription: Subscription,
  params: ResumeSubscription,
  behavior: PaymentBehavior = 'allow_incomplete',
): Subscription {
  if (subscription.status !== 'paused') {
    throw invalidRequest(
      `Only a paused subscription can be resumed. This subscription is ${subscription.status}. To continue collecting ` +
        'payments that `pause_collection` holds back, unset `pause_collection`.',
    )
  }
  if (subscription.collection_method !== 'charge_automatically') {
    throw invalidRequest('Only subscriptions with `collection_method=charge_automatically` can be resumed.')
  }
  const anew = params.billing_cycle_anchor?.type !== 'unchanged'
  if (anew) beginCycle(tx, subscription, tx.now)
  else continueCycle(tx, subscription, params.proration_behavior !== 'none')
  const timed = tx.put(subscriptions, {
    ...subscription,
    ...(anew ? { billing_cycle_anchor: tx.now } : {}),
    trial_end: subscription.trial_end === null ? null : Math.min(subscription.trial_end, tx.now),
  })
  const pending = pendingItems(tx, timed.customer, timed.currency, timed.id)
  if (!anew && (params.proration_behavior !== 'always_invoice' || pending.length === 0)) return run(tx, timed)
  const draft = draftFor(tx, timed, {
    reason: 'subscription_update',
    items: anew ? itemsOf(tx, timed.id) : [],
  })
  const waiting = stored(tx, timed)
  if (params.payment_behavior === 'resume_on_payment_attempt') run(tx, waiting)
  else if (waiting.paused) {
    tx.put(subscriptions, { ...waiting, paused: { ...waiting.paused, resumption: draft.id } })
  }
  collect(tx, draft, behavior)
  return stored(tx, timed)
}

function run(tx: Transaction, subscription: Subscription): Subscription {
  const resumed: Subscription = { ...subscription, paused: null, status: 'active' }
  tx.update('customer.subscription.updated', subscriptions, resumed)
  tx.emit('customer.subscription.resumed', subscriptions, resumed)
  return resumed
}

function continueCycle(tx: Transaction, subscription: Subscription, prorates: boolean): void {
  const trialing = subscription.trial_end !== null && subscription.trial_end > tx.now
  for (const item of itemsOf(tx, subscription.id)) {
    const period = cycleAround(subscription.billing_cycle_anchor, recurringOf(priceOfItem(tx, item)), tx.now)
    const paidFor = !trialing && period.end === item.current_period_end
    const running = tx.put(subscriptionItems, {
      ...item,
      // A first period that a trial or an anchor cut short stays so.
      current_period_start: Math.max(period.start, item.current_period_start),
      current_period_end: period.end,
    })
    if (prorates && !paidFor) chargeRemaining(tx, subscription, running, tx.now)
  }
}
