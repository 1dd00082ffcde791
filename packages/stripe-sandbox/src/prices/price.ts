import { integerOf } from '../decimal.ts'
import type { Json, JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type Interval = 'day' | 'week' | 'month' | 'year'

export type Recurring = {
  readonly interval: Interval
  readonly interval_count: number
  readonly meter: string | null
  readonly trial_period_days: number | null
  readonly usage_type: 'licensed' | 'metered'
}

/** Amounts are decimals; the last tier has no end. */
export type Tier = {
  readonly flat_amount_decimal: string | null
  readonly unit_amount_decimal: string | null
  readonly up_to: number | null
}

export type CustomUnitAmount = {
  readonly maximum: number | null
  readonly minimum: number | null
  readonly preset: number | null
}

export type TransformQuantity = { readonly divide_by: number; readonly round: 'up' | 'down' }

export type TaxBehavior = 'exclusive' | 'inclusive' | 'unspecified'

/** What a price costs in one currency. */
export type Pricing = {
  readonly custom_unit_amount: CustomUnitAmount | null
  readonly tax_behavior: TaxBehavior
  readonly tiers: readonly Tier[] | null
  readonly unit_amount_decimal: string | null
}

export interface Price extends Pricing {
  id: string
  created: number
  /** Only plans can be deleted; whoever has subscribed to one keeps it. */
  deleted?: true
  active: boolean
  billing_scheme: 'per_unit' | 'tiered'
  currency: string
  currency_options: { readonly [currency: string]: Pricing }
  lookup_key: string | null
  metadata: Metadata
  nickname: string | null
  product: string
  recurring: Recurring | null
  tiers_mode: 'graduated' | 'volume' | null
  transform_quantity: TransformQuantity | null
}

export const prices: Kind<Price> = {
  table: 'prices',
  type: 'Price',
  prefix: 'price_',
  idLength: 24,
  customIdsIn: 'price',
  noun: 'price',
  isDeleted: (price) => price.deleted === true,
  indexes: ['product', 'lookup_key'],
  format: (price, view) => ({
    id: price.id,
    object: 'price',
    active: price.active,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    custom_unit_amount: price.custom_unit_amount,
    livemode: view.livemode,
    lookup_key: price.lookup_key,
    metadata: price.metadata,
    nickname: price.nickname,
    product: price.product,
    recurring: price.recurring,
    tax_behavior: price.tax_behavior,
    tiers_mode: price.tiers_mode,
    transform_quantity: price.transform_quantity,
    type: price.recurring === null ? 'one_time' : 'recurring',
    unit_amount: integerOf(price.unit_amount_decimal),
    unit_amount_decimal: price.unit_amount_decimal,
  }),
  includes: {
    tiers: (price) => formatTiers(price.tiers),
    currency_options: (price) => ({
      [price.currency]: formatOption(price),
      ...Object.fromEntries(
        Object.entries(price.currency_options).map(([code, option]) => [code, formatOption(option)]),
      ),
    }),
  },
}

export function formatTiers(tiers: readonly Tier[] | null): Json {
  return tiers?.map((tier) => ({
    flat_amount: integerOf(tier.flat_amount_decimal),
    flat_amount_decimal: tier.flat_amount_decimal,
    unit_amount: integerOf(tier.unit_amount_decimal),
    unit_amount_decimal: tier.unit_amount_decimal,
    up_to: tier.up_to,
  }))
}

function formatOption(option: Pricing): JsonObject {
  return {
    custom_unit_amount: option.custom_unit_amount,
    tax_behavior: option.tax_behavior,
    unit_amount: integerOf(option.unit_amount_decimal),
    unit_amount_decimal: option.unit_amount_decimal,
  }
}

/** The price in the wanted currency, or undefined where it has none. */
export function pricingIn(price: Price, currency: string): Pricing | undefined {
  return price.currency === currency ? price : price.currency_options[currency]
}
