import type { Transaction } from '../store/transaction.ts'
import {
  changedItem,
  checkItems,
  newItem,
  priceOfItem,
  recurringOf,
} from '../subscription-items/read-item.ts'
import type { ItemParam } from '../subscription-items/read-item.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import type { SubscriptionItem } from '../subscription-items/subscription-item.ts'
import { invalidParam } from '../wire/errors.ts'
import { missing } from '../wire/lookup.ts'
import { cycleAround, sameCycle } from './periods.ts'
import { chargeRemaining, creditUnused } from './prorate.ts'
import type { Subscription } from './subscription.ts'

export interface ItemsChange {
  items: readonly ItemParam[]
  /** When the change counts from. */
  from: number
  prorates: boolean
  /** A new cycle for all items begins now. */
  reset: boolean
}

/**
 * Stores the changed items and what they cost or give back for the rest of the period.
 *
 * @returns whether a new cycle has begun, whose first period is to be paid now
 * @throws StripeError 400 for an item that is not the subscription's, and for the last one
 */
export function changeItems(tx: Transaction, subscription: Subscription, change: ItemsChange): boolean {
  const before = new Map(itemsOf(tx, subscription.id).map((item) => [item.id, item]))
  const after = new Map(before)
  for (const [position, given] of change.items.entries()) {
    const param = `items[${position}]`
    const item = wantedItem(tx, subscription, before, given, param)
    if (given.id !== undefined && item.deleted) after.delete(item.id)
    else after.set(item.id, item)
    tx.put(subscriptionItems, item)
  }
  checkItems([...after.values()])
  const trialing = subscription.trial_end !== null && subscription.trial_end > tx.now
  const recycled = [...after.values()].some((item) => {
    const old = before.get(item.id)
    return old && !sameCycle(recurringOf(priceOfItem(tx, old)), recurringOf(priceOfItem(tx, item)))
  })
  const reset = change.reset || (recycled && !trialing)
  if (change.prorates && !trialing) prorate(tx, subscription, { before, after, from: change.from, reset })
  if (reset) beginCycle(tx, subscription, tx.now)
  return reset
}

/** All items begin a whole period now. */
export function beginCycle(tx: Transaction, subscription: Subscription, anchor: number): void {
  for (const item of itemsOf(tx, subscription.id)) {
    const period = cycleAround(anchor, recurringOf(priceOfItem(tx, item)), tx.now)
    tx.put(subscriptionItems, {
      ...item,
      current_period_start: period.start,
      current_period_end: period.end,
    })
  }
}

function wantedItem(
  tx: Transaction,
  subscription: Subscription,
  before: ReadonlyMap<string, SubscriptionItem>,
  given: ItemParam,
  param: string,
): SubscriptionItem {
  if (given.id === undefined) {
    if (given.deleted === true)
      throw invalidParam(`${param}[deleted]`, 'You must pass the id of the item to delete.')
    const trialing = subscription.trial_end !== null && subscription.trial_end > tx.now
    const [first] = before.values()
    return newItem(tx, subscription, given, {
      param,
      ...(trialing && first
        ? { period: { start: first.current_period_start, end: first.current_period_end } }
        : {}),
    })
  }
  const item = before.get(given.id)
  if (!item) throw missing(subscriptionItems, given.id, { param: `${param}[id]` })
  return changedItem(tx, subscription, item, given, param)
}

interface Difference {
  before: ReadonlyMap<string, SubscriptionItem>
  after: ReadonlyMap<string, SubscriptionItem>
  from: number
  reset: boolean
}

function prorate(tx: Transaction, subscription: Subscription, difference: Difference): void {
  const { before, after, from, reset } = difference
  for (const old of before.values()) {
    const item = after.get(old.id)
    if (reset || !item || isOther(old, item)) creditUnused(tx, subscription, old, from)
  }
  // A new cycle is paid for in full instead.
  if (reset) return
  for (const item of after.values()) {
    const old = before.get(item.id)
    if (!old || isOther(old, item)) chargeRemaining(tx, subscription, item, from)
  }
}

function isOther(left: SubscriptionItem, right: SubscriptionItem): boolean {
  return left.price !== right.price || left.quantity !== right.quantity
}
