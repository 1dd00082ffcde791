import type { Params, Read } from '../../define.ts'
import { listAt, textAt } from '../json.ts'
import { readIfAllowed } from './read-if-allowed.ts'

/** One or two payments are no habit. */
const ENOUGH_CHARGES = 3
const CHARGES_READ = 100

export interface UsualAmount {
  currency: string
  /** In the smallest unit of `currency`; half of the payments are at most this. Undefined where too little is known. */
  median: number | undefined
  /** Whose: `this customer’s last 12 payments`. */
  of: string
  /** The currencies of this customer's payments; empty where there are none. */
  customerPaysIn: string[]
}

/** What the customer, or else the account, usually pays in this currency. */
export async function readUsualAmount(read: Read, currency: string, customer?: string): Promise<UsualAmount> {
  const ofCustomer = customer === undefined ? [] : await readPaid(read, { customer, limit: CHARGES_READ })
  const customerPaysIn = [...new Set(ofCustomer.flatMap((charge) => textAt(charge, 'currency') ?? []))]
  const own = amountsIn(ofCustomer, currency)
  if (own.length >= ENOUGH_CHARGES)
    return { ...middle(own, currency), of: `this customer’s last ${own.length} payments`, customerPaysIn }
  const all = amountsIn(await readPaid(read, { limit: CHARGES_READ }), currency)
  return { ...middle(all, currency), of: `this account’s last ${all.length} payments`, customerPaysIn }
}

async function readPaid(read: Read, params: Params): Promise<Params[]> {
  const list = await readIfAllowed(read, 'charges.list', params)
  return listAt(list ?? {}, 'data').filter((charge) => charge['paid'] === true)
}

function amountsIn(charges: Params[], currency: string): number[] {
  return charges.flatMap((charge) =>
    textAt(charge, 'currency') === currency.toLowerCase() && Number.isSafeInteger(charge['amount'])
      ? (charge['amount'] as number)
      : [],
  )
}

function middle(amounts: number[], currency: string): Pick<UsualAmount, 'median' | 'currency'> {
  const sorted = amounts.toSorted((a, b) => a - b)
  return {
    median: sorted.length < ENOUGH_CHARGES ? undefined : sorted[Math.floor((sorted.length - 1) / 2)],
    currency: currency.toLowerCase(),
  }
}
