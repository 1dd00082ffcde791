import { formatPlan } from '../prices/plans.ts'
import { prices } from '../prices/price.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import { taxRates } from '../tax-rates/tax-rate.ts'
import type { Metadata } from '../wire/metadata.ts'

export interface SubscriptionItem {
  id: string
  created: number
  current_period_end: number
  current_period_start: number
  deleted: boolean
  discounts: readonly string[]
  metadata: Metadata
  price: string
  quantity: number
  subscription: string
  tax_rates: readonly string[]
}

export const subscriptionItems: Kind<SubscriptionItem> = {
  table: 'subscription_items',
  type: 'SubscriptionItem',
  prefix: 'si_',
  idLength: 14,
  noun: 'subscription item',
  indexes: ['subscription'],
  isDeleted: (item) => item.deleted,
  format: formatItem,
}

/** In the order they were added. */
export function itemsOf(view: View, subscription: string): SubscriptionItem[] {
  return view
    .rows(subscriptionItems, 'subscription', subscription)
    .map(({ entity }) => entity)
    .filter((item) => !item.deleted)
}

function formatItem(item: SubscriptionItem, view: View): JsonObject {
  const price = view.get(prices, item.price)
  if (!price) throw new Error(`a subscription item without a price: ${item.id}`)
  return {
    id: item.id,
    object: 'subscription_item',
    billing_thresholds: null,
    created: item.created,
    current_period_end: item.current_period_end,
    current_period_start: item.current_period_start,
    current_trial: null,
    discounts: item.discounts,
    metadata: item.metadata,
    plan: formatPlan(price, view),
    price: prices.format(price, view),
    // What is metered has no quantity of its own.
    ...(price.recurring?.usage_type === 'metered' ? {} : { quantity: item.quantity }),
    subscription: item.subscription,
    tax_rates: item.tax_rates.flatMap((id) => {
      const rate = view.get(taxRates, id)
      return rate ? [taxRates.format(rate, view)] : []
    }),
  }
}
