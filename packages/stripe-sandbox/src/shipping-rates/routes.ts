import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { shippingRates } from './shipping-rate.ts'
import { createShippingRate } from './create-shipping-rate.ts'
import type { CreateShippingRate } from './create-shipping-rate.ts'

interface UpdateShippingRate {
  active?: boolean
  metadata?: MetadataParam
  tax_behavior?: string
}

interface ListShippingRates extends ListParams {
  active?: boolean
  created?: RangeParam
  currency?: string
}

export const shippingRateFamily: Family = {
  kinds: [shippingRates],
  routes: [
    route<CreateShippingRate>(
      'shippingRates.create',
      ['delivery_estimate', 'display_name', 'fixed_amount', 'metadata', 'tax_behavior', 'type'],
      ({ tx, params }) => shippingRates.format(createShippingRate(tx, params), tx),
    ),
    route('shippingRates.retrieve', [], ({ tx, id }) =>
      shippingRates.format(inPath(tx, shippingRates, id, 'shipping_rate'), tx),
    ),
    route<UpdateShippingRate>(
      'shippingRates.update',
      ['active', 'metadata', 'tax_behavior'],
      ({ tx, id, params }) => {
        const rate = inPath(tx, shippingRates, id, 'shipping_rate')
        const updated = tx.put(shippingRates, {
          ...rate,
          active: params.active ?? rate.active,
          metadata: mergeMetadata(rate.metadata, params.metadata),
          tax_behavior: params.tax_behavior ?? rate.tax_behavior,
        })
        return shippingRates.format(updated, tx)
      },
    ),
    route<ListShippingRates>(
      'shippingRates.list',
      ['limit', 'starting_after', 'ending_before', 'active', 'created', 'currency'],
      ({ tx, params, url }) =>
        listPage(tx, shippingRates, {
          url,
          params,
          where: (rate) =>
            inRange(params.created, rate.created) &&
            (params.active === undefined || rate.active === params.active) &&
            (params.currency === undefined || rate.currency === params.currency),
        }),
    ),
  ],
}
