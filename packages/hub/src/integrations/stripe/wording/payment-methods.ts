import { cleanLine } from '../../../contract/clean-text.ts'
import type { Params, Read } from '../../define.ts'
import { textAt } from '../json.ts'
import { readMethodOf } from './methods.ts'
import { cardName, methodName } from './names.ts'

/** Stripe's test cards by name: each use of one makes a new payment method, so that there is none to read before. */
const MAGIC = /^pm_card_/

/** `Visa ••4242 (pm_…)` */
export function methodWithId(method: Params): string {
  const id = cleanLine(textAt(method, 'id') ?? 'unknown', 60)
  if (!keepsItsId(method)) return `a new copy of the test card ${id}`
  return cardName(method) === undefined ? methodName(method) : `${methodName(method)} (${id})`
}

/**
 * The payment method that is to be saved for a customer, who may have it already; of a test card by name only the name.
 *
 * @throws Problem where it is saved with somebody else
 */
export async function readMethodFor(read: Read, id: string, customer: string | undefined): Promise<Params> {
  return MAGIC.test(id) ? { id, customer: null } : readMethodOf(read, id, customer)
}

/** Whether its id will be the one it has after the call. */
export function keepsItsId(method: Params): boolean {
  return !MAGIC.test(textAt(method, 'id') ?? '')
}
