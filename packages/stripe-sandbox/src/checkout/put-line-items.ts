import { roundHalfUp } from '../decimal.ts'
import { createPrice } from '../prices/create-price.ts'
import type { CreatePrice } from '../prices/create-price.ts'
import { amountOf } from '../prices/price-amount.ts'
import { prices, pricingIn } from '../prices/price.ts'
import type { Price } from '../prices/price.ts'
import { products } from '../products/product.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { lineItems } from './line-item.ts'
import type { LineItem } from './line-item.ts'

export interface LineItemParam {
  adjustable_quantity?: { enabled: boolean; maximum?: number; minimum?: number }
  metadata?: MetadataParam
  price?: string
  price_data?: CreatePrice
  quantity?: number
  tax_rates?: readonly string[]
}

export type Mode = 'payment' | 'setup' | 'subscription'

const MAX_LINE_ITEMS = 100

export interface Sale {
  /** The first price's own unless given. */
  currency: string | undefined
  /** Any unless given. */
  mode?: Mode
  /** Prices made on the way are used again later; else they are for this one sale. */
  reusesPrices: boolean
}

/** Prices the items and stores them. @throws StripeError 400 for prices that do not fit the mode or one another */
export function putLineItems(
  tx: Transaction,
  owner: string,
  { currency, mode, reusesPrices }: Sale,
  given: readonly LineItemParam[],
): LineItem[] {
  if (given.length > MAX_LINE_ITEMS) {
    throw invalidParam('line_items', `You can have at most ${MAX_LINE_ITEMS} line items.`)
  }
  const chosen = given.map((param, position) => ({
    param,
    price: priceOf(tx, param, reusesPrices, `line_items[${position}]`),
  }))
  checkMode(
    mode,
    chosen.map(({ price }) => price),
  )
  const wanted = currency ?? chosen[0]?.price.currency ?? ''
  const items = chosen.map(({ param, price }, position) =>
    lineItem(tx, owner, wanted, param, price, `line_items[${position}]`),
  )
  // Lists show the newest first, and these are read from the top.
  for (const item of items.toReversed()) tx.put(lineItems, item)
  return items
}

/** As given, first to last. */
export function lineItemsOf(tx: Pick<Transaction, 'rows'>, owner: string): LineItem[] {
  return tx
    .rows(lineItems, 'owner', owner)
    .map(({ entity }) => entity)
    .toReversed()
}

function lineItem(
  tx: Transaction,
  owner: string,
  currency: string,
  param: LineItemParam,
  price: Price,
  at: string,
): LineItem {
  const quantity = param.quantity ?? (param.adjustable_quantity?.enabled === true ? 1 : undefined)
  if (quantity === undefined) {
    throw invalidParam(
      `${at}[quantity]`,
      'Quantity is required. Add `quantity` to `line_items[0]`'.replace('line_items[0]', at),
    )
  }
  if (quantity < 1) {
    throw invalidParam(
      `${at}[quantity]`,
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    )
  }
  if (param.tax_rates && param.tax_rates.length > 0)
    throw notInSandbox('tax rates in Checkout', `${at}[tax_rates]`)
  const pricing = pricingIn(price, currency)
  if (!pricing) {
    throw invalidRequest('All prices in a Checkout Session must have the same currency.', {
      param: `${at}[price]`,
    })
  }
  if (pricing.custom_unit_amount) throw notInSandbox('prices that the customer chooses', `${at}[price]`)
  const adjustable = param.adjustable_quantity
  return {
    id: tx.newId(lineItems),
    adjustable_quantity: adjustable
      ? {
          enabled: adjustable.enabled,
          maximum: adjustable.maximum ?? null,
          minimum: adjustable.minimum ?? null,
        }
      : null,
    amount_discount: 0,
    amount_subtotal: subtotalOf(price, currency, quantity),
    currency,
    description: tx.get(products, price.product)?.name ?? '',
    metadata: mergeMetadata({}, param.metadata),
    owner,
    price: price.id,
    product: price.product,
    quantity,
  }
}

/** What a quantity costs in a currency that the price has. */
export function subtotalOf(price: Price, currency: string, quantity: number): number {
  const pricing = pricingIn(price, currency)
  if (!pricing) throw new Error(`${price.id} has no amount in ${currency}`)
  return roundHalfUp(amountOf(price, pricing, quantity))
}

function priceOf(tx: Transaction, param: LineItemParam, reused: boolean, at: string): Price {
  if (param.price !== undefined && param.price_data) {
    throw invalidRequest('You may only specify one of these parameters: price, price_data.', {
      stored: false,
    })
  }
  if (param.price_data) {
    return createPrice(tx, { ...param.price_data, active: reused }, `${at}[price_data]`)
  }
  if (param.price === undefined) {
    throw invalidParam(at, 'You must specify either `price` or `price_data`.', 'parameter_missing')
  }
  const price = inParam(tx, prices, param.price, `${at}[price]`)
  if (price.active) return price
  throw invalidRequest(`The price specified is inactive. This field only accepts active prices.`, {
    param: `${at}[price]`,
  })
}

function checkMode(mode: Mode | undefined, chosen: readonly Price[]): void {
  if (mode === 'payment' && chosen.some(({ recurring }) => recurring !== null)) {
    throw invalidRequest(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time ' +
        'prices.',
      { param: 'line_items' },
    )
  }
  if (mode === 'subscription' && !chosen.some(({ recurring }) => recurring !== null)) {
    throw invalidRequest(
      'You must provide at least one recurring price in `subscription` mode when using prices.',
      { param: 'line_items' },
    )
  }
}
