import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { View } from '../store/kind.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { updateSubscription } from '../subscriptions/update-subscription.ts'
import type { UpdateSubscription } from '../subscriptions/update-subscription.ts'
import { listPage } from '../wire/lists.ts'
import type { ListParams } from '../wire/lists.ts'
import { inParam, inPath, missing } from '../wire/lookup.ts'
import type { ItemParam } from './read-item.ts'
import { itemsOf, subscriptionItems } from './subscription-item.ts'
import type { SubscriptionItem } from './subscription-item.ts'

type ChangeParams = Omit<ItemParam, 'id' | 'deleted'> &
  Pick<UpdateSubscription, 'off_session' | 'payment_behavior' | 'proration_behavior' | 'proration_date'>

interface CreateItem extends ChangeParams {
  subscription: string
}

type DeleteItem = Pick<UpdateSubscription, 'payment_behavior' | 'proration_behavior' | 'proration_date'> & {
  clear_usage?: boolean
}

interface ListItems extends ListParams {
  subscription: string
}

const fields = [
  'discounts',
  'metadata',
  'payment_behavior',
  'plan',
  'price',
  'price_data',
  'proration_behavior',
  'proration_date',
  'quantity',
  'tax_rates',
] as const

/** The same rules as changing the subscription's items there. */
export const subscriptionItemFamily: Family = {
  kinds: [subscriptionItems],
  routes: [
    route<CreateItem>('subscriptionItems.create', [...fields, 'subscription'], ({ tx, params }) => {
      const { subscription: id, ...rest } = params
      const subscription = inParam(tx, subscriptions, id, 'subscription')
      const known = new Set(itemsOf(tx, id).map((item) => item.id))
      updateSubscription(tx, subscription, asUpdate({}, rest))
      const added = itemsOf(tx, id).find((item) => !known.has(item.id))
      if (!added) throw new Error(`no item was added to ${id}`)
      return subscriptionItems.format(added, tx)
    }),
    route('subscriptionItems.retrieve', [], ({ tx, id }) => subscriptionItems.format(livingItem(tx, id), tx)),
    route<ChangeParams>('subscriptionItems.update', [...fields, 'off_session'], ({ tx, id, params }) => {
      updateSubscription(tx, ownerOf(tx, livingItem(tx, id)), asUpdate({ id }, params))
      return subscriptionItems.format(livingItem(tx, id), tx)
    }),
    route<DeleteItem>(
      'subscriptionItems.del',
      ['clear_usage', 'payment_behavior', 'proration_behavior', 'proration_date'],
      ({ tx, id, params }) => {
        updateSubscription(tx, ownerOf(tx, livingItem(tx, id)), asUpdate({ id, deleted: true }, params))
        return { id, object: 'subscription_item', deleted: true }
      },
    ),
    route<ListItems>(
      'subscriptionItems.list',
      ['limit', 'starting_after', 'ending_before', 'subscription'],
      ({ tx, params, url }) =>
        listPage(tx, subscriptionItems, {
          url,
          params,
          rows: tx.rows(
            subscriptionItems,
            'subscription',
            inParam(tx, subscriptions, params.subscription, 'subscription').id,
          ),
        }),
    ),
  ],
}

function asUpdate(item: ItemParam, params: ChangeParams): UpdateSubscription {
  const { off_session, payment_behavior, proration_behavior, proration_date, ...rest } = params
  return {
    items: [{ ...rest, ...item }],
    ...(off_session === undefined ? {} : { off_session }),
    ...(payment_behavior === undefined ? {} : { payment_behavior }),
    ...(proration_behavior === undefined ? {} : { proration_behavior }),
    ...(proration_date === undefined ? {} : { proration_date }),
  }
}

function livingItem(view: View, id: string): SubscriptionItem {
  const item = inPath(view, subscriptionItems, id, 'item')
  if (item.deleted) throw missing(subscriptionItems, id, { param: 'item', status: 404 })
  return item
}

function ownerOf(view: View, item: SubscriptionItem): Subscription {
  const subscription = view.get(subscriptions, item.subscription)
  if (!subscription) throw new Error(`an item without a subscription: ${item.id}`)
  return subscription
}
