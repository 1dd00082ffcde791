import { formatMoney, type Money } from '../../../contract/money.ts'
import type { Params } from '../../define.ts'
import { integerAt, objectAt } from '../json.ts'
import { formatDate } from './dates.ts'
import { wrongParam } from './wrong-param.ts'

/** How much of what the bank holds is captured: all of it, unless `name` says less. */
export function capturedOf(hold: Money, params: Params, name: string): number {
  if (params[name] === undefined) return hold.amount
  const amount = integerAt(params, name)
  if (amount <= hold.amount) return amount
  throw wrongParam(
    name,
    `Only ${formatMoney(hold)} are held; ${formatMoney({ ...hold, amount })} was asked for`,
  )
}

/** What becomes of the part of a hold that is not captured. */
export function releases(rest: Money): { warnings: string[]; irreversible: string } {
  if (rest.amount === 0) return { warnings: [], irreversible: '' }
  return {
    warnings: [`${formatMoney(rest)} are released to the customer and cannot be captured later.`],
    irreversible: 'What is released cannot be held again.',
  }
}

/** Until when the bank holds the money of a charge that is not captured. */
export function heldUntil(charge: Params | undefined): string[] {
  const end = objectAt(objectAt(charge ?? {}, 'payment_method_details') ?? {}, 'card')?.['capture_before']
  return typeof end === 'number' ? [`The bank holds the money until ${formatDate(end)}.`] : []
}
