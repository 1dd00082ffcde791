import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts'
import type { CancelSubscription } from '../subscriptions/cancel-subscription.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import { invalidRequest, notInSandbox } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { subscriptionSchedules } from './schedule.ts'
import type { SubscriptionSchedule } from './schedule.ts'

interface CreateSchedule {
  end_behavior?: string
  from_subscription?: string
  metadata?: MetadataParam
}

interface ListSchedules extends ListParams {
  created?: RangeParam
  customer?: string
}

export const subscriptionScheduleFamily: Family = {
  kinds: [subscriptionSchedules],
  routes: [
    route<CreateSchedule>(
      'subscriptionSchedules.create',
      ['end_behavior', 'from_subscription', 'metadata'],
      ({ tx, params }) => subscriptionSchedules.format(createSchedule(tx, params), tx),
    ),
    route('subscriptionSchedules.retrieve', [], ({ tx, id }) =>
      subscriptionSchedules.format(inPath(tx, subscriptionSchedules, id, 'schedule'), tx),
    ),
    route<ListSchedules>(
      'subscriptionSchedules.list',
      ['limit', 'starting_after', 'ending_before', 'created', 'customer'],
      ({ tx, params, url }) =>
        listPage(tx, subscriptionSchedules, {
          url,
          params,
          where: (schedule) =>
            inRange(params.created, schedule.created) &&
            (params.customer === undefined || schedule.customer === params.customer),
        }),
    ),
    route('subscriptionSchedules.release', [], ({ tx, id }) => {
      const schedule = runningSchedule(tx, id, 'released')
      leave(tx, schedule)
      const released: SubscriptionSchedule = {
        ...schedule,
        released_at: tx.now,
        released_subscription: schedule.subscription,
        status: 'released',
        subscription: null,
      }
      tx.put(subscriptionSchedules, released)
      tx.emit('subscription_schedule.released', subscriptionSchedules, released)
      return subscriptionSchedules.format(released, tx)
    }),
    route<CancelSubscription>(
      'subscriptionSchedules.cancel',
      ['invoice_now', 'prorate'],
      ({ tx, id, params }) => {
        const schedule = runningSchedule(tx, id, 'canceled')
        const subscription =
          schedule.subscription === null ? undefined : tx.get(subscriptions, schedule.subscription)
        // Unlike a subscription's own cancellation, a schedule's invoices and prorates unless told not to.
        if (subscription && !isOver(subscription)) {
          const { invoice_now = true, prorate = true } = params
          cancelSubscription(tx, subscription, { invoice_now, prorate })
        }
        const canceled: SubscriptionSchedule = { ...schedule, canceled_at: tx.now, status: 'canceled' }
        tx.put(subscriptionSchedules, canceled)
        tx.emit('subscription_schedule.canceled', subscriptionSchedules, canceled)
        return subscriptionSchedules.format(canceled, tx)
      },
    ),
  ],
}

/** @throws StripeError 400 when the subscription has a schedule already or is over */
function createSchedule(tx: Transaction, params: CreateSchedule): SubscriptionSchedule {
  if (params.from_subscription === undefined) {
    throw notInSandbox('schedules that do not come from a subscription', 'from_subscription')
  }
  const subscription = inParam(tx, subscriptions, params.from_subscription, 'from_subscription')
  if (isOver(subscription) || subscription.schedule !== null) {
    throw invalidRequest(
      isOver(subscription)
        ? 'You cannot create a subscription schedule from a subscription that is over.'
        : `You cannot migrate a subscription that is already attached to a schedule: ${subscription.schedule ?? ''}`,
      { param: 'from_subscription' },
    )
  }
  const items = itemsOf(tx, subscription.id)
  const schedule: SubscriptionSchedule = {
    id: tx.newId(subscriptionSchedules),
    created: tx.now,
    canceled_at: null,
    customer: subscription.customer,
    end_behavior: params.end_behavior ?? 'release',
    metadata: mergeMetadata({}, params.metadata),
    phases: [
      {
        collection_method: subscription.collection_method,
        currency: subscription.currency,
        default_payment_method: subscription.default_payment_method,
        end_date: Math.max(...items.map((item) => item.current_period_end)),
        items: items.map(({ price, quantity, metadata }) => ({ price, quantity, metadata })),
        metadata: subscription.metadata,
        start_date: Math.min(...items.map((item) => item.current_period_start)),
        trial_end: subscription.trial_end,
      },
    ],
    released_at: null,
    released_subscription: null,
    status: 'active',
    subscription: subscription.id,
  }
  tx.put(subscriptionSchedules, schedule)
  tx.emit('subscription_schedule.created', subscriptionSchedules, schedule)
  tx.update('customer.subscription.updated', subscriptions, { ...subscription, schedule: schedule.id })
  return schedule
}

function runningSchedule(tx: Transaction, id: string, participle: string): SubscriptionSchedule {
  const schedule = inPath(tx, subscriptionSchedules, id, 'schedule')
  if (schedule.status === 'active') return schedule
  throw invalidRequest(
    `You cannot have a schedule ${participle} that is in the \`${schedule.status}\` status. Its status must be ` +
      '`not_started` or `active`.',
  )
}

/** The subscription goes on without its schedule. */
function leave(tx: Transaction, schedule: SubscriptionSchedule): void {
  const subscription =
    schedule.subscription === null ? undefined : tx.get(subscriptions, schedule.subscription)
  if (subscription) {
    tx.update('customer.subscription.updated', subscriptions, { ...subscription, schedule: null })
  }
}
