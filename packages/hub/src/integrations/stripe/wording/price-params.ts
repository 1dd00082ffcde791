import { cleanLine } from '../../../contract/clean-text.ts'
import { formatMoney, type Money } from '../../../contract/money.ts'
import type { Params } from '../../define.ts'
import { isObject, objectAt, textAt } from '../json.ts'
import { priceAmount } from './prices.ts'
import { wrongParam } from './wrong-param.ts'

/** The ways to say what one unit costs, of which Stripe takes one. */
const UNIT_AMOUNTS = ['unit_amount', 'unit_amount_decimal', 'custom_unit_amount']

/** Stripe bills at least every three years. */
const MAX_INTERVALS: Record<string, number> = { day: 1095, week: 156, month: 36, year: 3 }

/** Of every price, once it is made. */
export const NEVER_CHANGES =
  'What a price costs never changes, and it cannot be deleted: for another amount make another price, and archive this one.'

/** What Stripe would refuse about a price that is to be made; `at` is where it stands, `line_items[0].price_data.`. */
export function refuseWrongPrice(price: Params, at = ''): void {
  const tiered = textAt(price, 'billing_scheme') === 'tiered'
  const given = UNIT_AMOUNTS.filter((name) => price[name] !== undefined)
  if (!tiered && given.length !== 1)
    throw wrongParam(`${at}unit_amount`, `Exactly one of ${UNIT_AMOUNTS.map((name) => at + name).join(', ')}`)
  const amount = price['unit_amount']
  if (typeof amount === 'number' && amount < 0)
    throw wrongParam(`${at}unit_amount`, `"${at}unit_amount" must not be negative`)
  const decimal = textAt(price, 'unit_amount_decimal')
  if (decimal !== undefined && !/^\d{1,15}(?:\.\d{1,12})?$/.test(decimal))
    throw wrongParam(
      `${at}unit_amount_decimal`,
      `"${at}unit_amount_decimal" must be a decimal in the smallest unit with up to 12 places, such as "0.5"`,
    )
  const recurring = objectAt(price, 'recurring')
  if (recurring === undefined) return
  if (price['custom_unit_amount'] !== undefined)
    throw wrongParam(
      `${at}custom_unit_amount`,
      'An amount that the customer chooses is for one-time prices only',
    )
  const interval = textAt(recurring, 'interval') ?? ''
  const count = recurring['interval_count']
  const max = MAX_INTERVALS[interval]
  if (typeof count === 'number' && max !== undefined && (count < 1 || count > max))
    throw wrongParam(`${at}recurring.interval_count`, `Stripe bills every 1 to ${max} ${interval}s`)
}

/** The amount of one unit, where there is one in whole smallest units. */
export function unitAmount(price: Params): Money | undefined {
  const amount = price['unit_amount']
  const currency = textAt(price, 'currency')
  return typeof amount === 'number' && currency !== undefined ? { amount, currency } : undefined
}

/** What a price that is to be made costs: `$20.00 per month`, `the customer chooses: from $5.00`. */
export function newPriceText(price: Params): string {
  return price['custom_unit_amount'] === undefined ? priceAmount(price) : customAmountText(price)
}

function customAmountText(price: Params): string {
  const custom = objectAt(price, 'custom_unit_amount')
  const currency = textAt(price, 'currency') ?? ''
  const part = (name: string, word: string): string[] => {
    const amount = custom?.[name]
    return typeof amount === 'number' ? [`${word} ${formatMoney({ amount, currency })}`] : []
  }
  const bounds = [...part('minimum', 'from'), ...part('maximum', 'up to'), ...part('preset', 'at first')]
  return bounds.length === 0
    ? 'the customer chooses the amount'
    : `the customer chooses: ${bounds.join(', ')}`
}

/** `up to 10: $5.00 each`, `from there: $4.00 each and $10.00 flat` */
export function tierText(tier: Params, currency: string): string {
  const upTo = tier['up_to']
  const where = typeof upTo === 'number' ? `up to ${upTo}` : 'from there on'
  const money = (name: string): string | undefined => {
    const amount = tier[name]
    if (typeof amount === 'number') return formatMoney({ amount, currency })
    const decimal = textAt(tier, `${name}_decimal`)
    return decimal === undefined
      ? undefined
      : `${cleanLine(decimal, 30)} ${cleanLine(currency, 12).toUpperCase()} in its smallest unit`
  }
  const each = money('unit_amount')
  const flat = money('flat_amount')
  const costs = [each && `${each} each`, flat && `${flat} flat`].filter(Boolean).join(' and ')
  return `${where}: ${costs === '' ? 'no amount' : costs}`
}

/** Names the product that a price is for, or that is made with it. */
export function newProductName(price: Params): string | undefined {
  const data = price['product_data']
  const name = isObject(data) ? textAt(data, 'name') : undefined
  return name === undefined ? undefined : cleanLine(name, 60)
}
