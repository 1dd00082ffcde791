import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import type { CancelSubscription } from './cancel-subscription.ts'
import { createSubscription } from './create-subscription.ts'
import type { CreateSubscription } from './create-subscription.ts'
import { pauseSubscription, resumeSubscription } from './pause-subscription.ts'
import type { PauseSubscription, ResumeSubscription } from './pause-subscription.ts'
import { subscriptions } from './subscription.ts'
import { updateSubscription } from './update-subscription.ts'
import type { UpdateSubscription } from './update-subscription.ts'

interface ListSubscriptions extends ListParams {
  collection_method?: string
  created?: RangeParam
  current_period_end?: RangeParam
  current_period_start?: RangeParam
  customer?: string
  plan?: string
  price?: string
  status?: string
  test_clock?: string
}

const fields = [
  'add_invoice_items',
  'cancel_at',
  'cancel_at_period_end',
  'collection_method',
  'days_until_due',
  'default_payment_method',
  'default_tax_rates',
  'description',
  'discounts',
  'items',
  'metadata',
  'off_session',
  'payment_behavior',
  'payment_settings',
  'proration_behavior',
  'trial_end',
  'trial_from_plan',
  'trial_settings',
  'billing_cycle_anchor',
] as const
const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'collection_method',
  'created',
  'current_period_end',
  'current_period_start',
  'customer',
  'plan',
  'price',
  'status',
  'test_clock',
] as const

export const subscriptionFamily: Family = {
  kinds: [subscriptions],
  routes: [
    route<CreateSubscription>(
      'subscriptions.create',
      [...fields, 'billing_mode', 'currency', 'customer', 'trial_period_days'],
      ({ tx, params }) => subscriptions.format(createSubscription(tx, params), tx),
    ),
    route('subscriptions.retrieve', [], ({ tx, id }) =>
      subscriptions.format(inPath(tx, subscriptions, id, 'id'), tx),
    ),
    route<UpdateSubscription>(
      'subscriptions.update',
      [...fields, 'cancellation_details', 'pause_collection', 'proration_date'],
      ({ tx, id, params }) =>
        subscriptions.format(updateSubscription(tx, inPath(tx, subscriptions, id, 'id'), params), tx),
    ),
    route<CancelSubscription>(
      'subscriptions.cancel',
      ['cancellation_details', 'invoice_now', 'prorate'],
      ({ tx, id, params }) =>
        subscriptions.format(cancelSubscription(tx, inPath(tx, subscriptions, id, 'id'), params), tx),
    ),
    route<PauseSubscription>(
      'subscriptions.pause',
      ['bill_for', 'invoicing_behavior', 'type'],
      ({ tx, id, params }) =>
        subscriptions.format(pauseSubscription(tx, inPath(tx, subscriptions, id, 'id'), params), tx),
    ),
    route<ResumeSubscription>(
      'subscriptions.resume',
      ['billing_cycle_anchor', 'payment_behavior', 'proration_behavior'],
      ({ tx, id, params }) =>
        subscriptions.format(resumeSubscription(tx, inPath(tx, subscriptions, id, 'id'), params), tx),
    ),
    route<ListSubscriptions>('subscriptions.list', listed, ({ tx, params, url }) => {
      const { collection_method: method, customer } = params
      const price = params.price ?? params.plan
      return listPage(tx, subscriptions, {
        url,
        params,
        ...(customer === undefined ? {} : { rows: tx.rows(subscriptions, 'customer', customer) }),
        where: (subscription) => {
          const items = itemsOf(tx, subscription.id)
          return (
            hasStatus(subscription.status, params.status) &&
            inRange(params.created, subscription.created) &&
            (method === undefined || subscription.collection_method === method) &&
            (price === undefined || items.some((item) => item.price === price)) &&
            items.some(
              (item) =>
                inRange(params.current_period_end, item.current_period_end) &&
                inRange(params.current_period_start, item.current_period_start),
            )
          )
        },
      })
    }),
  ],
}

/** What is canceled is only listed when asked for. */
function hasStatus(status: string, wanted: string | undefined): boolean {
  switch (wanted) {
    case undefined:
      return status !== 'canceled'
    case 'all':
      return true
    case 'ended':
      return status === 'canceled' || status === 'incomplete_expired'
    default:
      return status === wanted
  }
}
