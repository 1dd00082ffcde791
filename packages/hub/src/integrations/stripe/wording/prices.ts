import { cleanLine } from '../../../contract/clean-text.ts'
import { formatMoney } from '../../../contract/money.ts'
import type { Params } from '../../define.ts'
import { isObject, objectAt, textAt } from '../json.ts'

/** `$20.00 per month for Pro plan (price_…)`; the product's name shows where it was expanded. */
export function priceName(price: Params): string {
  const id = textAt(price, 'id') ?? 'a price'
  const product = objectAt(price, 'product')
  const name = product === undefined ? undefined : textAt(product, 'name')
  const of = name === undefined ? '' : ` for ${cleanLine(name, 60)}`
  return `${priceAmount(price)}${of} (${id})`
}

/** `$20.00 per month`, `$0.50 per 100 per month`, `tiered`, `the customer chooses`. */
export function priceAmount(price: Params): string {
  const every = interval(objectAt(price, 'recurring'))
  if (isObject(price['custom_unit_amount'])) return `the customer chooses${every}`
  if (textAt(price, 'billing_scheme') === 'tiered') return `tiered${every}`
  const currency = textAt(price, 'currency') ?? ''
  const amount = price['unit_amount']
  if (typeof amount === 'number' && Number.isSafeInteger(amount))
    return `${formatMoney({ amount, currency })}${every}`
  const decimal = textAt(price, 'unit_amount_decimal')
  return `${decimal ?? 'an unknown amount of'} ${currency.toUpperCase()} in its smallest unit${every}`
}

function interval(recurring: Params | undefined): string {
  if (recurring === undefined) return ''
  const count = recurring['interval_count']
  const unit = textAt(recurring, 'interval') ?? 'period'
  return count === 1 || count === undefined
    ? ` per ${unit}`
    : ` every ${typeof count === 'number' ? count : 'some'} ${unit}s`
}
