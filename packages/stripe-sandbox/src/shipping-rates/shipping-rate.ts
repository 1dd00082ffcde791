import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type DeliveryTime = { readonly unit: string; readonly value: number }

export interface ShippingRate {
  id: string
  created: number
  active: boolean
  amount: number
  currency: string
  delivery_estimate: { readonly maximum: DeliveryTime | null; readonly minimum: DeliveryTime | null } | null
  display_name: string
  metadata: Metadata
  tax_behavior: string
}

export const shippingRates: Kind<ShippingRate> = {
  table: 'shipping_rates',
  type: 'ShippingRate',
  prefix: 'shr_',
  idLength: 24,
  noun: 'shipping rate',
  indexes: [],
  format: (rate, view) => ({
    id: rate.id,
    object: 'shipping_rate',
    active: rate.active,
    created: rate.created,
    delivery_estimate: rate.delivery_estimate,
    display_name: rate.display_name,
    fixed_amount: { amount: rate.amount, currency: rate.currency },
    livemode: view.livemode,
    metadata: rate.metadata,
    tax_behavior: rate.tax_behavior,
    tax_code: null,
    type: 'fixed_amount',
  }),
}
