import { cleanLine } from '../../../contract/clean-text.ts'
import { formatMoney } from '../../../contract/money.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { idAt, listAt, objectAt, textAt } from '../json.ts'
import { exactTotal } from './exact-total.ts'
import { holdsOnly } from './holds-only.ts'
import { newProductName, refuseWrongPrice } from './price-params.ts'
import { priceAmount } from './prices.ts'
import { wrongParam } from './wrong-param.ts'

/** What a preview tells of a line, and of a price that is made with it. */
const TOLD_OF_LINE = ['price', 'price_data', 'quantity', 'adjustable_quantity']
const TOLD_OF_PRICE_DATA = [
  'currency',
  'unit_amount',
  'unit_amount_decimal',
  'product',
  'product_data',
  'recurring',
]

/** One thing to buy, as the page will show it. */
export interface CheckoutLine {
  product: string
  /** The price in the currency of the session. */
  price: Params
  /** `2 × $20.00 per month (price_…) = $40.00` */
  text: string
  recurring: Params | undefined
  /** In the smallest unit; undefined where Stripe has to round, or it is not known yet. */
  total: number | undefined
}

/** What was read about the prices and products of the lines, by id. */
export type Catalogue = ReadonlyMap<string, Params>

/** Reads the prices of the lines, and the products of prices that are made with them. */
export async function readCatalogue(params: Params, read: Read): Promise<Catalogue> {
  const found = new Map<string, Params>()
  for (const line of listAt(params, 'line_items')) {
    const price = textAt(line, 'price')
    const product = textAt(objectAt(line, 'price_data') ?? {}, 'product')
    if (price !== undefined && !found.has(price)) {
      const expand = ['product', ...(params['currency'] === undefined ? [] : ['currency_options'])]
      found.set(price, await read('prices.retrieve', { id: price, expand }))
    }
    if (product !== undefined && !found.has(product))
      found.set(product, await read('products.retrieve', { id: product }))
  }
  return found
}

/** @throws Problem for lines that Stripe would refuse */
export function linesOf(params: Params, catalogue: Catalogue): CheckoutLine[] {
  const lines = listAt(params, 'line_items')
  const first = lines[0]
  const currency = (textAt(params, 'currency') ?? currencyOf(first, catalogue)).toLowerCase()
  return lines.map((line, index) => lineOf(line, `line_items[${index}]`, currency, catalogue))
}

/** Whether the lines hold nothing that their texts leave out. */
export function linesAreTold(params: Params): boolean {
  return listAt(params, 'line_items').every((line) => {
    const made = objectAt(line, 'price_data')
    return (
      holdsOnly(line, TOLD_OF_LINE) &&
      (made === undefined ||
        (holdsOnly(made, TOLD_OF_PRICE_DATA) && holdsOnly(made['product_data'] ?? {}, ['name'])))
    )
  })
}

/** The sum of lines that are all known; undefined else. */
export function sumOf(lines: readonly CheckoutLine[]): number | undefined {
  let sum = 0
  for (const { total } of lines) {
    if (total === undefined) return undefined
    sum += total
  }
  return Number.isSafeInteger(sum) && lines.length > 0 ? sum : undefined
}

/** What the subscription that starts will cost: `$40.00 per month`, one for each rhythm. */
export function renewalTexts(lines: readonly CheckoutLine[]): string[] {
  const rhythms = Map.groupBy(
    lines.filter(({ recurring }) => recurring !== undefined),
    ({ recurring }) => JSON.stringify([recurring?.['interval'], recurring?.['interval_count'] ?? 1]),
  )
  return [...rhythms.values()].map((same) => {
    const [line] = same
    const total = sumOf(same)
    if (line === undefined || total === undefined) return same.map(({ text }) => text).join(' + ')
    return priceAmount({
      ...line.price,
      unit_amount: total,
      billing_scheme: 'per_unit',
      custom_unit_amount: null,
    })
  })
}

function lineOf(line: Params, at: string, currency: string, catalogue: Catalogue): CheckoutLine {
  const id = textAt(line, 'price')
  const made = objectAt(line, 'price_data')
  if ((id === undefined) === (made === undefined))
    throw wrongParam(at, `"${at}" needs either price or price_data`)
  const price =
    made === undefined ? existingPrice(catalogue.get(id ?? '') ?? {}, at, currency) : newPrice(made, at)
  if (textAt(price, 'currency')?.toLowerCase() !== currency)
    throw wrongParam(at, `"${at}" is not in ${cleanLine(currency, 12).toUpperCase()}, as the other lines are`)
  const quantity = quantityOf(line, price, at)
  const total = quantity === undefined ? undefined : exactTotal(price, quantity)
  const of = id === undefined ? '' : ` (${cleanLine(id, 60)})`
  const times = quantity === undefined ? 'usage at ' : `${quantity} × `
  const sum = total === undefined ? '' : ` = ${formatMoney({ amount: total, currency })}`
  return {
    product: productOf(price, made, catalogue),
    price,
    text: `${times}${priceAmount(price)}${of}${sum}${adjustable(line)}`,
    recurring: objectAt(price, 'recurring'),
    total,
  }
}

function newPrice(made: Params, at: string): Params {
  refuseWrongPrice(made, `${at}.price_data.`)
  if ((made['product'] === undefined) === (made['product_data'] === undefined))
    throw wrongParam(`${at}.price_data.product`, `"${at}.price_data" needs either product or product_data`)
  return made
}

/** The price as it is in this currency. */
function existingPrice(price: Params, at: string, currency: string): Params {
  const product = objectAt(price, 'product')
  if (price['active'] === false || product?.['active'] === false) {
    const what = price['active'] === false ? 'price' : 'product of this price'
    throw new Problem(
      'invalid_state',
      `The ${what} in ${at} (${textAt(price, 'id') ?? ''}) is archived and cannot be bought.`,
      {
        nextStep:
          'Choose an active price with stripe_list_prices, or ask whether to sell it again with stripe_update_product.',
      },
    )
  }
  const option = objectAt(objectAt(price, 'currency_options') ?? {}, currency)
  return option === undefined ? price : { ...price, ...option, currency }
}

function quantityOf(line: Params, price: Params, at: string): number | undefined {
  const given = line['quantity']
  const metered = textAt(objectAt(price, 'recurring') ?? {}, 'usage_type') === 'metered'
  if (metered) {
    if (given !== undefined)
      throw wrongParam(`${at}.quantity`, `"${at}" is billed by usage: leave quantity out`)
    return undefined
  }
  if (typeof given !== 'number' || given < 1)
    throw wrongParam(`${at}.quantity`, `"${at}" needs a quantity of at least 1`)
  return given
}

function adjustable(line: Params): string {
  const adjust = objectAt(line, 'adjustable_quantity')
  if (adjust?.['enabled'] !== true) return ''
  const bounds = (['minimum', 'maximum'] as const).flatMap((name) =>
    typeof adjust[name] === 'number' ? [`${name} ${adjust[name]}`] : [],
  )
  return `; the customer may change the quantity${bounds.length === 0 ? '' : ` (${bounds.join(', ')})`}`
}

function productOf(price: Params, made: Params | undefined, catalogue: Catalogue): string {
  const product = objectAt(price, 'product') ?? catalogue.get(idAt(price, 'product') ?? '')
  const name = textAt(product ?? {}, 'name') ?? (made === undefined ? undefined : newProductName(made))
  return cleanLine(name ?? idAt(price, 'product') ?? 'a product', 60)
}

function currencyOf(line: Params | undefined, catalogue: Catalogue): string {
  if (line === undefined) return ''
  const price = objectAt(line, 'price_data') ?? catalogue.get(textAt(line, 'price') ?? '')
  return textAt(price ?? {}, 'currency') ?? ''
}
