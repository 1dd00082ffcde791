import { cleanLine } from '../../../contract/clean-text.ts'
import { formatMoneyBoth } from '../../../contract/money.ts'
import type { Params, Read } from '../../define.ts'
import { idAt, integerAt, objectAt, textAt } from '../json.ts'
import { exactTotal } from './exact-total.ts'
import { holdsOnly } from './holds-only.ts'
import { priceAmount, priceName } from './prices.ts'
import { wrongParam } from './wrong-param.ts'

/** What is told of a line; anything else in it is for whoever approves to read. */
const TOLD = [
  'amount',
  'currency',
  'description',
  'invoice_item',
  'pricing',
  'price_data',
  'quantity',
  'unit_amount_decimal',
]
const TOLD_PRICE_DATA = ['currency', 'product', 'product_data', 'unit_amount', 'unit_amount_decimal']

/** An invoice line or item that is to be made. */
export interface LineCost {
  /** `2 × $10.00 for Gold (price_…)` */
  name: string
  /** In the currency of the invoice; undefined where Stripe has to round, or to choose. */
  amount: number | undefined
}

interface Place {
  read: Read
  /** Of the invoice. */
  currency: string
  /** Where the line stands: `lines[0].`, or nothing. */
  at: string
}

/** The ways to say what an invoice line costs, of which Stripe takes one. */
const COSTS: Record<string, (line: Params, place: Place) => LineCost | Promise<LineCost>> = {
  amount(line, { at }) {
    if (line['quantity'] !== undefined)
      throw wrongParam(`${at}quantity`, `"${at}amount" is the whole amount: it does not go with quantity`)
    return { name: calledBy(line) ?? 'without a description', amount: integerAt(line, 'amount') }
  },
  async invoice_item(line, place) {
    return pendingItem(await place.read('invoiceItems.retrieve', { id: line['invoice_item'] }), place)
  },
  async pricing(line, { read, currency, at }) {
    const id = textAt(objectAt(line, 'pricing') ?? {}, 'price')
    if (id === undefined) throw wrongParam(`${at}pricing.price`, `"${at}pricing" needs a price`)
    const price = await read('prices.retrieve', { id, expand: ['product'] })
    refuseOther(price, `${at}pricing.price`)
    const same = textAt(price, 'currency') === currency
    return named(line, priceName(price), same ? exactTotal(price, quantityOf(line)) : undefined)
  },
  price_data(line, { currency, at }) {
    const price = objectAt(line, 'price_data') ?? {}
    if (textAt(price, 'currency')?.toLowerCase() !== currency)
      throw wrongParam(`${at}price_data.currency`, `"${at}price_data" must be in ${currency}, as the invoice`)
    return named(line, priceAmount(price), exactTotal(price, quantityOf(line)))
  },
  unit_amount_decimal(line, { currency }) {
    const unit = { unit_amount_decimal: line['unit_amount_decimal'], currency }
    return named(line, priceAmount(unit), exactTotal(unit, quantityOf(line)))
  },
}

/** Reads what a new line costs. @throws Problem for what Stripe would refuse */
export async function readLineCost(line: Params, place: Place): Promise<LineCost> {
  const { at } = place
  const given = Object.keys(COSTS).filter((name) => line[name] !== undefined)
  const cost = COSTS[given[0] ?? '']
  if (cost !== undefined && given.length === 1) return cost(line, place)
  throw wrongParam(
    `${at}${given[1] ?? 'amount'}`,
    `Exactly one of ${Object.keys(COSTS)
      .map((name) => at + name)
      .join(', ')}`,
  )
}

function quantityOf(line: Params): number {
  return line['quantity'] === undefined ? 1 : integerAt(line, 'quantity')
}

function calledBy(line: Params): string | undefined {
  const description = textAt(line, 'description')
  return description === undefined ? undefined : cleanLine(description, 120)
}

function named(line: Params, price: string, amount: number | undefined): LineCost {
  const quantity = quantityOf(line)
  const called = calledBy(line)
  return {
    name: `${quantity === 1 ? '' : `${quantity} × `}${price}${called === undefined ? '' : `, “${called}”`}`,
    amount,
  }
}

/** `Setup fee: $20.00 (2000 usd)`; without the amount where it is not known before. */
export function costText({ name, amount }: LineCost, currency: string): string {
  return `${name}: ${amount === undefined ? 'Stripe works out the amount' : formatMoneyBoth({ amount, currency })}`
}

/** Whether the name and the amount tell all of a line. */
export function isTold(line: Params): boolean {
  const { price_data: data, pricing } = line
  return (
    holdsOnly(line, TOLD) &&
    (data === undefined || holdsOnly(data, TOLD_PRICE_DATA)) &&
    (pricing === undefined || holdsOnly(pricing, ['price']))
  )
}

function pendingItem(item: Params, { currency, at }: Place): LineCost {
  const id = textAt(item, 'id') ?? ''
  const on = idAt(item, 'invoice')
  if (on !== undefined) throw wrongParam(`${at}invoice_item`, `${id} is on the invoice ${on} already`)
  if (textAt(item, 'currency') !== currency)
    throw wrongParam(`${at}invoice_item`, `${id} is in another currency than the invoice, ${currency}`)
  const called = calledBy(item)
  return {
    name: `pending ${id}${called === undefined ? '' : `, ${called}`}`,
    amount: integerAt(item, 'amount'),
  }
}

function refuseOther(price: Params, at: string): void {
  const id = textAt(price, 'id') ?? ''
  if (objectAt(price, 'recurring') !== undefined)
    throw wrongParam(at, `${id} is a recurring price: it belongs into a subscription, not on a line`)
  if (price['active'] === false) throw wrongParam(at, `${id} is archived: Stripe takes active prices alone`)
}
