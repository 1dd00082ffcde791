import { redeemDiscounts } from '../discounts/redeem.ts'
import { pendingItems } from '../invoice-items/attach-item.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { defaultMethod } from '../invoices/pay-invoice.ts'
import type { Transaction } from '../store/transaction.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { collect, draftFor } from './bill.ts'
import type { PaymentBehavior } from './bill.ts'
import { changeItems } from './change-items.ts'
import { addExtras, stored } from './create-subscription.ts'
import { creditUnused } from './prorate.ts'
import { endTrial } from './renew-subscription.ts'
import { postponeUpdate, snapshotOf } from './pending-update.ts'
import { cancellation, withSettings } from './settings.ts'
import type { SubscriptionParams } from './settings.ts'
import { isOver, subscriptions } from './subscription.ts'
import type { Subscription } from './subscription.ts'

export interface UpdateSubscription extends SubscriptionParams {
  billing_cycle_anchor?: { type: 'now' | 'unchanged' }
  proration_date?: number
}

const AFTER_THE_END = new Set(['cancellation_details', 'metadata', 'expand'])

/** @throws StripeError 400 for wrong fields, 402 with `error_if_incomplete` */
export function updateSubscription(
  tx: Transaction,
  subscription: Subscription,
  params: UpdateSubscription,
): Subscription {
  if (isOver(subscription) && Object.keys(params).some((name) => !AFTER_THE_END.has(name))) {
    throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.')
  }
  if (params.payment_behavior === 'pending_if_incomplete') checkPostponable(params)
  const before = snapshotOf(tx, subscription)
  const was = subscriptions.format(subscription, tx)
  const from = prorationDate(tx, subscription, params)
  const settled = tx.put(subscriptions, withSettings(tx, subscription, params))
  if (params.trial_end === 'now' && restsAfterTrial(tx, settled)) {
    endTrial(tx, { ...settled, trial_end: tx.now })
    return stored(tx, settled)
  }
  const discounted = tx.put(subscriptions, {
    ...settled,
    discounts: redeemDiscounts(tx, params.discounts, settled.discounts, {
      customer: settled.customer,
      currency: settled.currency,
      subscription: settled.id,
    }),
  })
  addExtras(tx, discounted, params)
  const timed = changeTrial(tx, discounted, params, from)
  const begun = changeItems(tx, timed.subscription, {
    items: params.items ?? [],
    from,
    prorates: params.proration_behavior !== 'none',
    reset: timed.begins || params.billing_cycle_anchor?.type === 'now',
  })
  const anchored = { ...timed.subscription, ...(begun ? { billing_cycle_anchor: tx.now } : {}) }
  const changed = tx.put(subscriptions, { ...anchored, ...cancellation(tx, anchored, params) })
  const draft = draftOfChange(tx, changed, params, begun)
  if (draft && params.payment_behavior === 'pending_if_incomplete') {
    postponeUpdate(tx, before, draft)
    collect(tx, draft, 'allow_incomplete')
    const now = stored(tx, changed)
    if (now.pending) tx.update('customer.subscription.updated', subscriptions, now, was)
    return now
  }
  tx.update('customer.subscription.updated', subscriptions, stored(tx, changed), was)
  if (draft) collectChange(tx, changed, draft, params.payment_behavior ?? 'allow_incomplete')
  return stored(tx, changed)
}

/** Whether the trial's end finds nothing to pay with, and the settings want no invoice then. */
function restsAfterTrial(tx: Transaction, subscription: Subscription): boolean {
  const { customer, default_payment_method, id } = subscription
  return (
    subscription.status === 'trialing' &&
    subscription.collection_method === 'charge_automatically' &&
    subscription.trial_settings.end_behavior.missing_payment_method !== 'create_invoice' &&
    !defaultMethod(tx, { customer, default_payment_method, subscription: id })
  )
}

/** What a change costs now: a new cycle always, prorations with `always_invoice`. */
function draftOfChange(
  tx: Transaction,
  subscription: Subscription,
  params: UpdateSubscription,
  begun: boolean,
): Invoice | undefined {
  const pending = pendingItems(tx, subscription.customer, subscription.currency, subscription.id)
  const asked = params.proration_behavior === 'always_invoice' || params.add_invoice_items !== undefined
  if (!begun && !(asked && pending.length > 0)) return undefined
  return draftFor(tx, subscription, {
    reason: 'subscription_update',
    items: begun ? itemsOf(tx, subscription.id) : [],
  })
}

function collectChange(
  tx: Transaction,
  subscription: Subscription,
  draft: Invoice,
  behavior: PaymentBehavior,
): void {
  const invoice = collect(tx, draft, behavior)
  const now = stored(tx, subscription)
  if (behavior === 'default_incomplete' && invoice.status === 'open' && now.status === 'active') {
    tx.update('customer.subscription.updated', subscriptions, { ...now, status: 'past_due' })
  }
}

const POSTPONABLE = new Set([
  'add_invoice_items',
  'billing_cycle_anchor',
  'expand',
  'items',
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
  'trial_from_plan',
])

/** @throws StripeError 400 for what cannot wait for a payment */
function checkPostponable(params: UpdateSubscription): void {
  const other = Object.keys(params).find((name) => !POSTPONABLE.has(name))
  if (other === undefined) return
  throw invalidParam(other, `You cannot pass \`${other}\` with \`payment_behavior=pending_if_incomplete\`.`)
}

/** @returns whether the first period to be paid begins now */
function changeTrial(
  tx: Transaction,
  subscription: Subscription,
  params: UpdateSubscription,
  from: number,
): { subscription: Subscription; begins: boolean } {
  const given = params.trial_end
  if (given === undefined) return { subscription, begins: false }
  const trialing = subscription.trial_end !== null && subscription.trial_end > tx.now
  if (given === 'now') {
    if (!trialing) return { subscription, begins: false }
    const ended: Subscription = { ...subscription, status: 'active', trial_end: tx.now }
    return { subscription: tx.put(subscriptions, ended), begins: true }
  }
  if (given <= tx.now) {
    throw invalidParam('trial_end', 'Invalid timestamp: must be an integer Unix timestamp in the future.')
  }
  for (const item of itemsOf(tx, subscription.id)) {
    if (!trialing && params.proration_behavior !== 'none') creditUnused(tx, subscription, item, from)
    const start = trialing ? item.current_period_start : tx.now
    tx.put(subscriptionItems, { ...item, current_period_start: start, current_period_end: given })
  }
  const longer: Subscription = {
    ...subscription,
    billing_cycle_anchor: given,
    status: 'trialing',
    trial_end: given,
    trial_end_announced: false,
    trial_start: trialing ? subscription.trial_start : tx.now,
  }
  return { subscription: tx.put(subscriptions, longer), begins: false }
}

function prorationDate(tx: Transaction, subscription: Subscription, params: UpdateSubscription): number {
  const given = params.proration_date
  if (given === undefined) return tx.now
  const items = itemsOf(tx, subscription.id)
  if (items.some((item) => given < item.current_period_start || given > item.current_period_end)) {
    throw invalidParam(
      'proration_date',
      'Cannot specify `proration_date` outside of current subscription period.',
    )
  }
  return given
}
