import { customers } from '../customers/customer.ts'
import { prices } from '../prices/price.ts'
import type { Transaction } from '../store/transaction.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { updateSubscription } from '../subscriptions/update-subscription.ts'
import type { UpdateSubscription } from '../subscriptions/update-subscription.ts'
import { subscriptionSchedules } from './schedule.ts'
import type { Phase, SubscriptionSchedule } from './schedule.ts'

/** How long before its end a schedule is announced to end. */
const EXPIRING_NOTICE_SECONDS = 7 * 24 * 60 * 60

/** The first phase begins: now there is a subscription. @throws StripeError 400 when there can be none */
export function startSchedule(tx: Transaction, schedule: SubscriptionSchedule): SubscriptionSchedule {
  const [phase] = schedule.phases
  if (!phase) throw new Error(`a schedule without phases: ${schedule.id}`)
  const subscription = createSubscription(
    tx,
    { ...settingsOf(phase), currency: phase.currency, customer: schedule.customer, items: phase.items },
    { schedule: schedule.id },
  )
  return tx.update('subscription_schedule.updated', subscriptionSchedules, {
    ...schedule,
    status: 'active',
    subscription: subscription.id,
  })
}

/** The subscription becomes what the phase says. */
export function applyPhase(tx: Transaction, schedule: SubscriptionSchedule, phase: Phase): void {
  const subscription = runningSubscription(tx, schedule)
  if (!subscription) return
  const present = itemsOf(tx, subscription.id)
  const { proration_behavior } = phase
  const over = present.every((item) => item.current_period_end <= tx.now)
  updateSubscription(tx, subscription, {
    ...settingsOf(phase),
    // Each item becomes the one at its place, so that its period goes on.
    items: [
      ...phase.items.map((item, position) => {
        const id = present[position]?.id
        return id === undefined ? item : { ...item, id }
      }),
      ...present.slice(phase.items.length).map(({ id }) => ({ id, deleted: true })),
    ],
    // Between two periods nothing is left of the one and the other is not paid for yet.
    proration_behavior: over ? 'none' : proration_behavior,
  })
  if (!over) return
  const known = new Set(present.map(({ id }) => id))
  for (const item of itemsOf(tx, subscription.id)) {
    // The renewal that is due at this moment bills what is new as well.
    if (!known.has(item.id))
      tx.put(subscriptionItems, { ...item, current_period_start: tx.now, current_period_end: tx.now })
  }
}

/** What schedules wait for, in the order of what comes first at one moment. */
export function* duesOfSchedules(
  tx: Transaction,
  concerns: (customer: string) => boolean,
): Iterable<{ at: number; run: () => void }> {
  for (const { entity } of tx.rows(subscriptionSchedules, 'status', 'not_started')) {
    const [first] = entity.phases
    if (!first || !concerns(entity.customer)) continue
    const run = () => (canBegin(tx, entity, first) ? startSchedule(tx, entity) : abortSchedule(tx, entity))
    yield { at: first.start_date, run }
  }
  for (const { entity } of tx.rows(subscriptionSchedules, 'status', 'active')) {
    if (concerns(entity.customer)) yield* duesOfActive(tx, entity)
  }
}

/** The subscription goes on without its schedule. */
export function leaveSubscription(tx: Transaction, schedule: SubscriptionSchedule): void {
  const subscription =
    schedule.subscription === null ? undefined : tx.get(subscriptions, schedule.subscription)
  if (subscription) {
    tx.update('customer.subscription.updated', subscriptions, { ...subscription, schedule: null })
  }
}

function* duesOfActive(
  tx: Transaction,
  schedule: SubscriptionSchedule,
): Iterable<{ at: number; run: () => void }> {
  const subscription = runningSubscription(tx, schedule)
  if (!subscription) {
    yield { at: tx.now, run: () => abortSchedule(tx, schedule) }
    return
  }
  const last = schedule.phases.at(-1)
  if (!last) return
  const next = schedule.phases[schedule.phase + 1]
  if (next) yield { at: next.start_date, run: () => enterPhase(tx, schedule, next) }
  if (!schedule.expiring_announced && last.end_date - EXPIRING_NOTICE_SECONDS > schedule.created) {
    yield { at: last.end_date - EXPIRING_NOTICE_SECONDS, run: () => announceEnd(tx, schedule) }
  }
  yield { at: last.end_date, run: () => completeSchedule(tx, schedule) }
}

function enterPhase(tx: Transaction, schedule: SubscriptionSchedule, phase: Phase): void {
  const entered = { ...schedule, phase: schedule.phase + 1 }
  tx.update('subscription_schedule.updated', subscriptionSchedules, entered)
  if (canBegin(tx, entered, phase)) applyPhase(tx, entered, phase)
}

/** Since the phase was planned, its customer or a price may have gone; nobody is there to be told. */
function canBegin(tx: Transaction, schedule: SubscriptionSchedule, phase: Phase): boolean {
  const sold = phase.items.every(({ price }) => tx.get(prices, price)?.active === true)
  return sold && tx.get(customers, schedule.customer)?.deleted === false
}

function announceEnd(tx: Transaction, schedule: SubscriptionSchedule): void {
  const announced = tx.put(subscriptionSchedules, { ...schedule, expiring_announced: true })
  tx.emit('subscription_schedule.expiring', subscriptionSchedules, announced)
}

function completeSchedule(tx: Transaction, schedule: SubscriptionSchedule): void {
  const subscription = runningSubscription(tx, schedule)
  if (schedule.end_behavior === 'cancel' && subscription) cancelSubscription(tx, subscription, {})
  else leaveSubscription(tx, schedule)
  const completed = tx.put(subscriptionSchedules, {
    ...schedule,
    completed_at: tx.now,
    status: 'completed',
  })
  tx.emit('subscription_schedule.completed', subscriptionSchedules, completed)
}

/** The subscription has ended before its schedule: nothing is left to do. */
function abortSchedule(tx: Transaction, schedule: SubscriptionSchedule): void {
  const aborted = tx.put(subscriptionSchedules, { ...schedule, canceled_at: tx.now, status: 'canceled' })
  tx.emit('subscription_schedule.aborted', subscriptionSchedules, aborted)
}

function runningSubscription(tx: Transaction, schedule: SubscriptionSchedule): Subscription | undefined {
  const subscription =
    schedule.subscription === null ? undefined : tx.get(subscriptions, schedule.subscription)
  return subscription && !isOver(subscription) ? subscription : undefined
}

function settingsOf(
  phase: Phase,
): Pick<UpdateSubscription, 'collection_method' | 'default_payment_method' | 'metadata'> {
  const { collection_method: method, default_payment_method: payment } = phase
  return {
    ...(method === null ? {} : { collection_method: method }),
    ...(payment === null ? {} : { default_payment_method: payment }),
    metadata: phase.metadata,
  }
}
