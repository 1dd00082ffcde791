import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts'
import type { CancelSubscription } from '../subscriptions/cancel-subscription.ts'
import { createSchedule, updateSchedule } from './save-schedule.ts'
import type { CreateSchedule, UpdateSchedule } from './save-schedule.ts'
import { leaveSubscription } from './run-schedule.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { subscriptionSchedules } from './schedule.ts'
import type { SubscriptionSchedule } from './schedule.ts'

interface ListSchedules extends ListParams {
  created?: RangeParam
  customer?: string
}

export const subscriptionScheduleFamily: Family = {
  kinds: [subscriptionSchedules],
  routes: [
    route<CreateSchedule>(
      'subscriptionSchedules.create',
      ['customer', 'end_behavior', 'from_subscription', 'metadata', 'phases', 'start_date'],
      ({ tx, params }) => subscriptionSchedules.format(createSchedule(tx, params), tx),
    ),
    route<UpdateSchedule>(
      'subscriptionSchedules.update',
      ['end_behavior', 'metadata', 'phases', 'proration_behavior'],
      ({ tx, id, params }) =>
        subscriptionSchedules.format(updateSchedule(tx, runningSchedule(tx, id, 'updated'), params), tx),
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
      leaveSubscription(tx, schedule)
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

function runningSchedule(tx: Transaction, id: string, participle: string): SubscriptionSchedule {
  const schedule = inPath(tx, subscriptionSchedules, id, 'schedule')
  if (schedule.status === 'active' || schedule.status === 'not_started') return schedule
  throw invalidRequest(
    `You cannot have a schedule ${participle} that is in the \`${schedule.status}\` status. Its status must be ` +
      '`not_started` or `active`.',
  )
}
