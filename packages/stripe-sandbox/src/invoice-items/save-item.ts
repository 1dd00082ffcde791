import { checkCurrency } from '../customer-balance/change-balance.ts'
import { customers } from '../customers/customer.ts'
import { canonicalDecimal, isDecimal, ratioOf, roundHalfUp, times, whole } from '../decimal.ts'
import { redeemDiscounts } from '../discounts/redeem.ts'
import type { DiscountParam } from '../discounts/redeem.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { createPrice } from '../prices/create-price.ts'
import { amountOf } from '../prices/price-amount.ts'
import { pricingIn, prices } from '../prices/price.ts'
import type { Price } from '../prices/price.ts'
import { products } from '../products/product.ts'
import { createProduct } from '../products/save-product.ts'
import type { CreateProduct } from '../products/save-product.ts'
import type { Transaction } from '../store/transaction.ts'
import { readTaxRates } from '../tax-rates/routes.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { invoiceItems } from './invoice-item.ts'
import type { InvoiceItem } from './invoice-item.ts'

export interface PriceData {
  currency: string
  product?: string
  product_data?: CreateProduct
  tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified'
  unit_amount?: number
  unit_amount_decimal?: string
}

export interface ItemParams {
  amount?: number
  description?: string
  discountable?: boolean
  discounts?: readonly DiscountParam[] | ''
  metadata?: MetadataParam
  period?: { start: number; end: number }
  price_data?: PriceData
  pricing?: { price?: string }
  quantity?: number
  tax_rates?: readonly string[] | ''
  unit_amount_decimal?: string
}

/** Where the new item belongs. */
export type ItemPlace = Pick<InvoiceItem, 'customer' | 'invoice' | 'subscription'> & { currency?: string }

/** @throws StripeError 400 for wrong fields, a recurring or inactive price, or another currency than the customer's */
export function createItem(tx: Transaction, params: ItemParams, place: ItemPlace): InvoiceItem {
  const customer = inParam(tx, customers, place.customer, 'customer')
  const currency = currencyOf(tx, params, place, customer.currency)
  checkCurrency(customer, currency)
  const id = tx.newId(invoiceItems)
  const cost = costOf(tx, params, currency)
  if (!cost) {
    throw invalidRequest(
      'One of the following params should be provided for this request: amount, pricing, price_data or unit_amount_decimal.',
      { code: 'parameter_missing', stored: false },
    )
  }
  const item: InvoiceItem = {
    ...cost,
    id,
    currency,
    customer: customer.id,
    date: tx.now,
    deleted: false,
    description: textOr(cost.description, params.description),
    discountable: params.discountable ?? cost.amount >= 0,
    discounts: redeemDiscounts(tx, params.discounts, [], {
      customer: customer.id,
      currency,
      invoice_item: id,
    }),
    invoice: place.invoice,
    metadata: mergeMetadata({}, params.metadata),
    period: params.period ?? { start: tx.now, end: tx.now },
    proration: false,
    subscription: place.subscription,
    subscription_item: null,
    tax_rates: readTaxRates(tx, params.tax_rates, [], 'tax_rates'),
  }
  tx.put(invoiceItems, item)
  tx.emit('invoiceitem.created', invoiceItems, item)
  if (customer.currency === null) tx.put(customers, { ...customer, currency })
  return item
}

/** @throws StripeError 400 for wrong fields */
export function updateItem(tx: Transaction, item: InvoiceItem, params: ItemParams): InvoiceItem {
  const cost = costOf(tx, params, item.currency, item)
  const { description: _description, ...changes } = cost ?? {}
  return tx.put(invoiceItems, {
    ...item,
    ...changes,
    description: textOr(item.description, params.description),
    discountable: params.discountable ?? item.discountable,
    discounts: redeemDiscounts(tx, params.discounts, item.discounts, {
      customer: item.customer,
      currency: item.currency,
      invoice_item: item.id,
    }),
    metadata: mergeMetadata(item.metadata, params.metadata),
    period: params.period ?? item.period,
    tax_rates: readTaxRates(tx, params.tax_rates, item.tax_rates, 'tax_rates'),
  })
}

type Cost = Pick<InvoiceItem, 'amount' | 'price' | 'product' | 'quantity' | 'unit_amount_decimal'> & {
  description: string | null
}

/** What the item costs by the given parameters, or undefined where they say nothing about it. */
export function costOf(
  tx: Transaction,
  params: ItemParams,
  currency: string,
  present?: InvoiceItem,
): Cost | undefined {
  const quantity = params.quantity ?? present?.quantity ?? 1
  if (quantity < 0) {
    throw invalidParam(
      'quantity',
      'This value must be greater than or equal to 0.',
      'parameter_invalid_integer',
    )
  }
  if (params.amount !== undefined) {
    if (params.quantity !== undefined && params.quantity !== 1) {
      throw invalidParam('quantity', 'You cannot specify both `amount` and `quantity`.')
    }
    return withoutPrice(params.amount, 1, String(params.amount))
  }
  if (params.unit_amount_decimal !== undefined) return byUnit(params.unit_amount_decimal, quantity)
  const id = params.pricing?.price ?? (params.price_data ? undefined : present?.price)
  const price = params.price_data
    ? priceFrom(tx, params.price_data)
    : id == null
      ? undefined
      : priceOf(tx, id)
  if (price && (params.pricing || params.price_data || params.quantity !== undefined)) {
    return priced(tx, price, currency, quantity)
  }
  if (params.quantity === undefined || !present) return undefined
  return present.unit_amount_decimal === null ? undefined : byUnit(present.unit_amount_decimal, quantity)
}

function byUnit(decimal: string, quantity: number): Cost {
  if (!isDecimal(decimal))
    throw invalidParam('unit_amount_decimal', `Invalid decimal: ${decimal.slice(0, 30)}`)
  return withoutPrice(
    roundHalfUp(times(ratioOf(decimal), whole(quantity))),
    quantity,
    canonicalDecimal(decimal),
  )
}

function withoutPrice(amount: number, quantity: number, unit: string): Cost {
  return { amount, description: null, price: null, product: null, quantity, unit_amount_decimal: unit }
}

function priced(tx: Transaction, price: Price, currency: string, quantity: number): Cost {
  const pricing = pricingIn(price, currency)
  if (!pricing) {
    throw invalidParam(
      'pricing[price]',
      `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
    )
  }
  return {
    amount: roundHalfUp(amountOf(price, pricing, quantity)),
    description: tx.get(products, price.product)?.name ?? null,
    price: price.id,
    product: price.product,
    quantity,
    unit_amount_decimal: pricing.unit_amount_decimal,
  }
}

function priceOf(tx: Transaction, id: string): Price {
  const price = inParam(tx, prices, id, 'pricing[price]')
  checkOneTime(price, 'pricing[price]')
  return price
}

/** @throws StripeError 400 for a price that is recurring or inactive */
export function checkOneTime(price: Price, param: string): void {
  if (price.recurring) {
    throw invalidParam(
      param,
      'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    )
  }
  checkActive(price, param)
}

export function checkActive(price: Price, param: string): void {
  if (!price.active) {
    throw invalidParam(param, 'The price specified is inactive. This field only accepts active prices.')
  }
}

/** An inline price is kept, inactive. */
function priceFrom(tx: Transaction, data: PriceData): Price {
  const { product_data: productData, ...rest } = data
  const product = productData ? createProduct(tx, productData).id : data.product
  return createPrice(
    tx,
    { ...rest, active: false, ...(product === undefined ? {} : { product }) },
    'price_data',
  )
}

function currencyOf(
  tx: Transaction,
  params: ItemParams,
  place: ItemPlace,
  customersOwn: string | null,
): string {
  if (place.currency !== undefined) return readCurrency(place.currency)
  if (params.price_data) return readCurrency(params.price_data.currency)
  const price = params.pricing?.price === undefined ? undefined : tx.get(prices, params.pricing.price)
  const wanted = customersOwn ?? price?.currency ?? 'usd'
  return price && !pricingIn(price, wanted) ? price.currency : wanted
}
