import type { Params } from '../../define.ts'
import { integerAt, isObject, objectAt, textAt } from '../json.ts'

/**
 * What a quantity of a price costs in its smallest unit, where integers say it exactly; undefined for tiers, amounts
 * that the customer chooses, usage, and what Stripe has to round.
 */
export function exactTotal(price: Params, quantity: number): number | undefined {
  const recurring = objectAt(price, 'recurring')
  if (textAt(price, 'billing_scheme') === 'tiered' || isObject(price['custom_unit_amount'])) return undefined
  if (recurring !== undefined && textAt(recurring, 'usage_type') === 'metered') return undefined
  const unit = price['unit_amount']
  const decimal = typeof unit === 'number' ? String(unit) : (textAt(price, 'unit_amount_decimal') ?? '')
  const [, whole, fraction = ''] = /^(\d{1,16})(?:\.(\d{1,12}))?$/.exec(decimal) ?? []
  if (whole === undefined) return undefined
  const scale = 10n ** BigInt(fraction.length)
  const scaled = BigInt(whole + fraction) * BigInt(unitsOf(price, quantity))
  const total = Number(scaled / scale)
  return scaled % scale === 0n && Number.isSafeInteger(total) ? total : undefined
}

/** With `transform_quantity`, packs instead of pieces. */
function unitsOf(price: Params, quantity: number): number {
  const transform = objectAt(price, 'transform_quantity')
  if (transform === undefined) return quantity
  const size = integerAt(transform, 'divide_by')
  const packs = (quantity - (quantity % size)) / size
  return textAt(transform, 'round') === 'up' && quantity % size !== 0 ? packs + 1 : packs
}
