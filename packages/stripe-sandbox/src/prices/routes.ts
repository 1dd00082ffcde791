import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { textOr } from '../wire/contact.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { claimLookupKey, createPrice } from './create-price.ts'
import type { CreatePrice } from './create-price.ts'
import { planRoutes } from './plans.ts'
import { prices } from './price.ts'
import type { TaxBehavior } from './price.ts'

interface UpdatePrice {
  active?: boolean
  lookup_key?: string
  metadata?: MetadataParam
  nickname?: string
  tax_behavior?: TaxBehavior
  transfer_lookup_key?: boolean
}

interface ListPrices extends ListParams {
  active?: boolean
  created?: RangeParam
  currency?: string
  lookup_keys?: readonly string[]
  product?: string
  recurring?: { interval?: string; meter?: string; usage_type?: string }
  type?: 'one_time' | 'recurring'
}

const creatable = [
  'active',
  'billing_scheme',
  'currency',
  'currency_options',
  'custom_unit_amount',
  'lookup_key',
  'metadata',
  'nickname',
  'product',
  'product_data',
  'recurring',
  'tax_behavior',
  'tiers',
  'tiers_mode',
  'transfer_lookup_key',
  'transform_quantity',
  'unit_amount',
  'unit_amount_decimal',
] as const
// What a price costs never changes.
const changeable = [
  'active',
  'lookup_key',
  'metadata',
  'nickname',
  'tax_behavior',
  'transfer_lookup_key',
] as const
const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'active',
  'created',
  'currency',
  'lookup_keys',
  'product',
  'recurring',
  'type',
] as const

export const priceFamily: Family = {
  kinds: [prices],
  routes: [
    route<CreatePrice>('prices.create', creatable, ({ tx, params }) =>
      prices.format(createPrice(tx, params), tx),
    ),
    route('prices.retrieve', [], ({ tx, id }) => prices.format(inPath(tx, prices, id, 'price'), tx)),
    route<UpdatePrice>('prices.update', changeable, ({ tx, id, params }) => {
      const price = inPath(tx, prices, id, 'price')
      const key = claimLookupKey(tx, params.lookup_key, params.transfer_lookup_key, id)
      const updated = tx.update('price.updated', prices, {
        ...price,
        active: params.active ?? price.active,
        lookup_key: params.lookup_key === undefined ? price.lookup_key : (key ?? null),
        metadata: mergeMetadata(price.metadata, params.metadata),
        nickname: textOr(price.nickname, params.nickname),
        tax_behavior: params.tax_behavior ?? price.tax_behavior,
      })
      return prices.format(updated, tx)
    }),
    route<ListPrices>('prices.list', listed, ({ tx, params, url }) => {
      const { active, currency, lookup_keys: keys, product, recurring, type } = params
      return listPage(tx, prices, {
        url,
        params,
        ...(product === undefined ? {} : { rows: tx.rows(prices, 'product', product) }),
        where: (price) =>
          inRange(params.created, price.created) &&
          (active === undefined || price.active === active) &&
          (currency === undefined || price.currency === currency) &&
          (keys === undefined || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
          (type === undefined || (price.recurring === null) === (type === 'one_time')) &&
          (recurring === undefined ||
            (price.recurring !== null &&
              (recurring.interval ?? price.recurring.interval) === price.recurring.interval &&
              (recurring.meter ?? price.recurring.meter) === price.recurring.meter &&
              (recurring.usage_type ?? price.recurring.usage_type) === price.recurring.usage_type)),
      })
    }),
    ...planRoutes,
  ],
}
