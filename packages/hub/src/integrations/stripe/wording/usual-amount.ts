import type { Params, Read } from '../../define.ts'
import { listAt, textAt } from '../json.ts'
import { readIfAllowed } from './read-if-allowed.ts'

/** One or two payments are no habit. */
const ENOUGH_CHARGES = 3
const CHARGES_READ = 100

export interface UsualAmount {
  /** In the smallest unit of `currency`; half of the charges are at most this. */
  median: number
  currency: string
  /** Whose: `this customer’s 12 payments`. */
  of: string
}

/** What the customer, or else the account, usually pays in this currency; undefined where too little is known. */
export async function readUsualAmount(
  read: Read,
  currency: string,
  customer?: string,
): Promise<UsualAmount | undefined> {
  const ofCustomer =
    customer === undefined
      ? []
      : amountsIn(await readIfAllowed(read, 'charges.list', { customer, limit: CHARGES_READ }), currency)
  if (ofCustomer.length >= ENOUGH_CHARGES)
    return { ...middle(ofCustomer, currency), of: `this customer’s last ${ofCustomer.length} payments` }
  const ofAccount = amountsIn(await readIfAllowed(read, 'charges.list', { limit: CHARGES_READ }), currency)
  if (ofAccount.length < ENOUGH_CHARGES) return undefined
  return { ...middle(ofAccount, currency), of: `this account’s last ${ofAccount.length} payments` }
}

function amountsIn(list: Params | undefined, currency: string): number[] {
  return listAt(list ?? {}, 'data').flatMap((charge) =>
    charge['paid'] === true &&
    textAt(charge, 'currency') === currency.toLowerCase() &&
    Number.isSafeInteger(charge['amount'])
      ? (charge['amount'] as number)
      : [],
  )
}

function middle(amounts: number[], currency: string): { median: number; currency: string } {
  const sorted = amounts.toSorted((a, b) => a - b)
  return { median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, currency: currency.toLowerCase() }
}
