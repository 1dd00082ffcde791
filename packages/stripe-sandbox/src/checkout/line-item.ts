import { prices } from '../prices/price.ts'
import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

/** One thing to buy, in a checkout session or a payment link. */
export interface LineItem {
  id: string
  adjustable_quantity: {
    readonly enabled: boolean
    readonly maximum: number | null
    readonly minimum: number | null
  } | null
  amount_discount: number
  amount_subtotal: number
  currency: string
  /** The product's name at the time. */
  description: string
  metadata: Metadata
  /** The session or link. */
  owner: string
  price: string
  product: string
  quantity: number
}

export const lineItems: Kind<LineItem> = {
  table: 'line_items',
  type: 'LineItem',
  prefix: 'li_',
  idLength: 24,
  noun: 'line item',
  indexes: ['owner'],
  format: (item, view) => {
    const price = view.get(prices, item.price)
    return {
      id: item.id,
      object: 'item',
      adjustable_quantity: item.adjustable_quantity,
      amount_discount: item.amount_discount,
      amount_subtotal: item.amount_subtotal,
      amount_tax: 0,
      amount_total: item.amount_subtotal - item.amount_discount,
      currency: item.currency,
      description: item.description,
      metadata: item.metadata,
      price: price ? prices.format(price, view) : null,
      quantity: item.quantity,
    }
  },
}
