import { redeemDiscounts } from '../discounts/redeem.ts'
import type { DiscountParam } from '../discounts/redeem.ts'
import { checkActive } from '../invoice-items/save-item.ts'
import type { PriceData } from '../invoice-items/save-item.ts'
import { createPrice } from '../prices/create-price.ts'
import { pricingIn, prices } from '../prices/price.ts'
import type { Interval, Price, Recurring } from '../prices/price.ts'
import type { Transaction } from '../store/transaction.ts'
import { cycleAround } from '../subscriptions/periods.ts'
import type { Period } from '../subscriptions/periods.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { readTaxRates } from '../tax-rates/routes.ts'
import { invalidParam, invalidRequest, missingParam } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { subscriptionItems } from './subscription-item.ts'
import type { SubscriptionItem } from './subscription-item.ts'

export interface ItemParam {
  clear_usage?: boolean
  deleted?: boolean
  discounts?: readonly DiscountParam[] | ''
  id?: string
  metadata?: MetadataParam
  plan?: string
  price?: string
  price_data?: PriceData & { recurring: { interval: Interval; interval_count?: number } }
  quantity?: number
  tax_rates?: readonly string[] | ''
}

export type ItemOwner = Pick<Subscription, 'id' | 'customer' | 'currency' | 'billing_cycle_anchor'>

/** How often and since when the price is paid. */
export function recurringOf(price: Price): Recurring {
  if (!price.recurring) throw new Error(`not a recurring price: ${price.id}`)
  return price.recurring
}

export function priceOfItem(tx: Pick<Transaction, 'get'>, item: SubscriptionItem): Price {
  const price = tx.get(prices, item.price)
  if (!price) throw new Error(`a subscription item without a price: ${item.id}`)
  return price
}

/** @throws StripeError 400 when it is not there, one-time or archived */
export function readPrice(tx: Transaction, given: ItemParam, param: string): Price | undefined {
  if (given.price_data) return createPrice(tx, { ...given.price_data, active: false }, `${param}[price_data]`)
  const name = given.price === undefined ? 'plan' : 'price'
  const id = given[name]
  if (id === undefined) return undefined
  const price = inParam(tx, prices, id, at(param, name))
  if (!price.recurring) {
    throw invalidParam(
      at(param, name),
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
    )
  }
  checkActive(price, at(param, name))
  return price
}

/** A new item, not stored yet; its period is that of the subscription's cycle. */
export function newItem(
  tx: Transaction,
  owner: ItemOwner,
  given: ItemParam,
  { param, period }: { param: string; period?: Period },
): SubscriptionItem {
  const price = readPrice(tx, given, param)
  if (!price) throw missingParam(at(param, 'price'))
  checkCurrency(price, owner.currency, at(param, 'price'))
  const around = period ?? cycleAround(owner.billing_cycle_anchor, recurringOf(price), tx.now)
  const id = tx.newId(subscriptionItems)
  return {
    id,
    created: tx.now,
    // Before a first anchor the period is the time up to it.
    current_period_start: owner.billing_cycle_anchor > tx.now && !period ? tx.now : around.start,
    current_period_end: around.end,
    deleted: false,
    discounts: redeemDiscounts(tx, given.discounts, [], {
      customer: owner.customer,
      currency: owner.currency,
      subscription_item: id,
    }),
    metadata: mergeMetadata({}, given.metadata),
    price: price.id,
    quantity: readQuantity(price, given, param) ?? 1,
    subscription: owner.id,
    tax_rates: readTaxRates(tx, given.tax_rates, [], at(param, 'tax_rates')),
  }
}

/** The item as the parameters want it; the price may change under the same id. */
export function changedItem(
  tx: Transaction,
  owner: ItemOwner,
  item: SubscriptionItem,
  given: ItemParam,
  param: string,
): SubscriptionItem {
  const price = readPrice(tx, given, param) ?? priceOfItem(tx, item)
  checkCurrency(price, owner.currency, at(param, 'price'))
  return {
    ...item,
    discounts: redeemDiscounts(tx, given.discounts, item.discounts, {
      customer: owner.customer,
      currency: owner.currency,
      subscription_item: item.id,
    }),
    deleted: given.deleted ?? false,
    metadata: mergeMetadata(item.metadata, given.metadata),
    price: price.id,
    quantity: readQuantity(price, given, param) ?? item.quantity,
    tax_rates: readTaxRates(tx, given.tax_rates, item.tax_rates, at(param, 'tax_rates')),
  }
}

/** @throws StripeError 400 when two items would have the same price, or none is left */
export function checkItems(items: readonly SubscriptionItem[]): void {
  const seen = new Set<string>()
  for (const { price } of items) {
    if (seen.has(price)) {
      throw invalidRequest(`Cannot add multiple subscription items with the same plan: ${price}`, {
        param: 'items',
      })
    }
    seen.add(price)
  }
  if (items.length === 0) {
    throw invalidRequest(
      'A subscription must have at least one active plan. To cancel a subscription, please use the cancel API endpoint.',
    )
  }
}

export function at(param: string, name: string): string {
  return param === '' ? name : `${param}[${name}]`
}

function readQuantity(price: Price, given: ItemParam, param: string): number | undefined {
  const { quantity } = given
  if (quantity === undefined) return undefined
  if (price.recurring?.usage_type === 'metered') {
    throw invalidParam(at(param, 'quantity'), 'You cannot set the quantity for metered plans.')
  }
  if (quantity < 0) {
    throw invalidParam(
      at(param, 'quantity'),
      'This value must be greater than or equal to 0.',
      'parameter_invalid_integer',
    )
  }
  return quantity
}

function checkCurrency(price: Price, currency: string, param: string): void {
  if (pricingIn(price, currency)) return
  throw invalidParam(
    param,
    `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
  )
}
