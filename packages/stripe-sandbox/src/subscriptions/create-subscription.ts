import { customers, livingCustomer } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { roundHalfUp } from '../decimal.ts'
import { redeemDiscounts } from '../discounts/redeem.ts'
import { defaultMethod, nothingToPayWith } from '../invoices/pay-invoice.ts'
import { sum } from '../invoices/totals.ts'
import { createItem } from '../invoice-items/save-item.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { pricingIn } from '../prices/price.ts'
import type { Transaction } from '../store/transaction.ts'
import { checkItems, newItem, readPrice, recurringOf } from '../subscription-items/read-item.ts'
import type { ItemParam } from '../subscription-items/read-item.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import { invalidParam, invalidRequest, missingParam } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { collect, draftFor } from './bill.ts'
import { cycleAround } from './periods.ts'
import { costOfItem } from './prorate.ts'
import { cancellation, withSettings } from './settings.ts'
import type { SubscriptionParams } from './settings.ts'
import { subscriptions } from './subscription.ts'
import type { Subscription } from './subscription.ts'

export interface CreateSubscription extends SubscriptionParams {
  billing_cycle_anchor?: number
  billing_mode?: { type: 'classic' | 'flexible' }
  currency?: string
  customer?: string
  trial_period_days?: number
}

const DAY_SECONDS = 24 * 60 * 60

/** @throws StripeError 400 for wrong fields or nothing to pay with, 402 with `error_if_incomplete` */
export function createSubscription(
  tx: Transaction,
  params: CreateSubscription,
  { schedule = null }: { schedule?: string | null } = {},
): Subscription {
  if (params.customer === undefined) throw missingParam('customer')
  const customer = livingCustomer(tx, inParam(tx, customers, params.customer, 'customer').id)
  if (!params.items || params.items.length === 0) throw missingParam('items')
  if (params.payment_behavior === 'pending_if_incomplete') {
    throw invalidParam(
      'payment_behavior',
      '`pending_if_incomplete` can only be used when updating a subscription.',
    )
  }
  const currency = currencyOf(tx, params, params.items, customer)
  const trialEnd = trialEndOf(tx, params, params.items)
  const anchor = trialEnd ?? anchorOf(tx, params)
  const blank = blankSubscription(tx, { customer: customer.id, currency, anchor, trialEnd })
  const bare = tx.put(subscriptions, {
    ...blank,
    billing_mode: params.billing_mode?.type ?? 'flexible',
    schedule,
  })
  for (const [position, given] of params.items.entries()) {
    const period = trialEnd === null ? undefined : { start: tx.now, end: trialEnd }
    const item = newItem(tx, bare, given, {
      param: `items[${position}]`,
      ...(period === undefined ? {} : { period }),
    })
    tx.put(subscriptionItems, item)
  }
  const items = itemsOf(tx, bare.id)
  checkItems(items)
  const settled = withSettings(tx, bare, params)
  const subscription = tx.put(subscriptions, {
    ...settled,
    ...cancellation(tx, settled, params),
    discounts: redeemDiscounts(tx, params.discounts, [], {
      customer: customer.id,
      currency,
      amount: sum(items.map((item) => roundHalfUp(costOfItem(tx, item, currency)))),
      subscription: bare.id,
    }),
  })
  if (customer.currency === null) tx.put(customers, { ...customer, currency })
  addExtras(tx, subscription, params)
  return begin(tx, subscription, params, anchor > tx.now && trialEnd === null)
}

/** The first invoice, and what becomes of the subscription when it is or is not paid. */
function begin(
  tx: Transaction,
  subscription: Subscription,
  params: CreateSubscription,
  untilAnchor: boolean,
): Subscription {
  const free = untilAnchor && params.proration_behavior === 'none'
  const draft = draftFor(tx, subscription, {
    reason: 'subscription_create',
    items: free ? [] : itemsOf(tx, subscription.id),
    ...(untilAnchor ? { from: tx.now } : {}),
  })
  const behavior = params.payment_behavior ?? 'allow_incomplete'
  // Nobody is there when a schedule begins: its invoice waits an hour as a draft, as those of renewals do.
  const scheduled = subscription.schedule !== null
  const charged =
    !scheduled && subscription.collection_method === 'charge_automatically' && draft.amount_due > 0
  if (charged && behavior !== 'default_incomplete' && !defaultMethod(tx, draft)) throw nothingToPayWith()
  const trialing = subscription.trial_end !== null && subscription.trial_end > tx.now
  const created = tx.put(subscriptions, {
    ...stored(tx, subscription),
    status: charged ? 'incomplete' : trialing ? 'trialing' : 'active',
  })
  tx.emit('customer.subscription.created', subscriptions, created)
  if (!scheduled) collect(tx, draft, behavior)
  return stored(tx, subscription)
}

export function stored(tx: Transaction, subscription: Subscription): Subscription {
  return tx.get(subscriptions, subscription.id) ?? subscription
}

/** One-time things on the next invoice. */
export function addExtras(
  tx: Transaction,
  subscription: Subscription,
  params: Pick<SubscriptionParams, 'add_invoice_items'>,
): void {
  for (const { price, ...extra } of params.add_invoice_items ?? []) {
    const { customer, currency, id } = subscription
    createItem(
      tx,
      { ...extra, ...(price === undefined ? {} : { pricing: { price } }) },
      { customer, currency, invoice: null, subscription: id },
    )
  }
}

function blankSubscription(
  tx: Transaction,
  given: { customer: string; currency: string; anchor: number; trialEnd: number | null },
): Subscription {
  return {
    id: tx.newId(subscriptions),
    created: tx.now,
    billing_cycle_anchor: given.anchor,
    billing_mode: 'flexible',
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    currency: given.currency,
    customer: given.customer,
    days_until_due: null,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    latest_invoice: null,
    metadata: {},
    pause_collection: null,
    paused: null,
    pending: null,
    save_default_payment_method: 'off',
    schedule: null,
    start_date: tx.now,
    status: 'active',
    trial_end: given.trialEnd,
    trial_end_announced: false,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: given.trialEnd === null ? null : tx.now,
    upcoming_announced: null,
  }
}

function currencyOf(
  tx: Transaction,
  params: CreateSubscription,
  items: readonly ItemParam[],
  customer: Customer,
): string {
  if (params.currency !== undefined) return readCurrency(params.currency)
  const [first] = items
  if (first?.price_data) return readCurrency(first.price_data.currency)
  const price = first && readPrice(tx, first, 'items[0]')
  if (!price) throw missingParam('items[0][price]')
  return customer.currency !== null && pricingIn(price, customer.currency)
    ? customer.currency
    : price.currency
}

function trialEndOf(tx: Transaction, params: CreateSubscription, items: readonly ItemParam[]): number | null {
  if (params.trial_end !== undefined && params.trial_period_days !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: trial_end, trial_period_days.', {
      stored: false,
    })
  }
  if (params.trial_end === 'now') return null
  if (params.trial_end !== undefined) {
    if (params.trial_end <= tx.now) {
      throw invalidParam('trial_end', 'Invalid timestamp: must be an integer Unix timestamp in the future.')
    }
    return params.trial_end
  }
  const ofPrice =
    params.trial_from_plan === true
      ? items.map((item, position) => readPrice(tx, item, `items[${position}]`)?.recurring?.trial_period_days)
      : []
  const days = params.trial_period_days ?? Math.max(0, ...ofPrice.map((one) => one ?? 0))
  return days > 0 ? tx.now + days * DAY_SECONDS : null
}

/** A first period that ends at a moment in the future, and no later than after one cycle. */
function anchorOf(tx: Transaction, params: CreateSubscription): number {
  const anchor = params.billing_cycle_anchor
  if (anchor === undefined) return tx.now
  const price = params.items?.[0] && readPrice(tx, params.items[0], 'items[0]')
  const latest = price ? cycleAround(tx.now, recurringOf(price), tx.now).end : anchor
  if (anchor < tx.now || anchor > latest) {
    throw invalidParam(
      'billing_cycle_anchor',
      'billing_cycle_anchor cannot be in the past, or later than the next natural billing date.',
    )
  }
  return anchor
}
