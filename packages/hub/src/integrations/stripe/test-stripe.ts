import { Problem } from '../../contract/problem.ts'
import type { Integration, Params, PlannedWrite } from '../define.ts'
import { createStripe } from './stripe.ts'

/** The integration without a wire: whatever sends fails the test. For tests alone. */
export function openTestStripe(): Promise<Integration> {
  return createStripe({
    send: () => Promise.reject(new Error('a plan sends nothing')),
    close: () => Promise.resolve(),
  })
}

/** What the fake account holds, by operation; it answers the same whatever is asked for, unless a function decides. */
export type Account = Record<string, Params | ((asked: Params) => Params) | undefined>

export interface Planned extends PlannedWrite {
  reads: string[]
  /** What the bytes say, as anything but our own code reads them. */
  sent: Record<string, string>
}

/** Checks the params and plans the write over the objects of `account`. */
export async function plan(
  stripe: Integration,
  tool: string,
  params: Params,
  account: Account = {},
): Promise<Planned> {
  const reads: string[] = []
  const card = stripe.tool(tool)
  const planned = await stripe.planWrite(card, stripe.checkParams(card, params), (operation, asked) => {
    const { method, path } = stripe.encodeRead(operation, asked)
    reads.push(`${method} ${decodeURIComponent(path)}`)
    const found = account[operation]
    if (method !== 'GET' && operation !== 'invoices.createPreview') throw new Error('a plan changes nothing')
    if (found === undefined)
      return Promise.reject(new Problem('object_not_found', `nothing for ${operation}`))
    return Promise.resolve(structuredClone(typeof found === 'function' ? found(asked) : found))
  })
  return { ...planned, reads, sent: Object.fromEntries(new URLSearchParams(planned.request.body)) }
}

export const JANE = {
  id: 'cus_QpTx4mZc7kW1rB',
  object: 'customer',
  name: 'Jane Doe',
  email: 'jane@example.com',
  currency: 'usd',
  livemode: false,
}

export const VISA = {
  id: 'pm_1MtwBwQpTx4mZc7kUEgbFdYF',
  object: 'payment_method',
  type: 'card',
  customer: JANE.id,
  card: { brand: 'visa', last4: '4242', exp_month: 8, exp_year: 2030 },
}

/** A captured charge of $50.00, with the customer expanded as a plan asks for it. */
export const CHARGE = {
  id: 'ch_3MmlLrQpTx4mZc7k0snN0B15',
  object: 'charge',
  amount: 5000,
  amount_captured: 5000,
  amount_refunded: 0,
  captured: true,
  currency: 'usd',
  customer: JANE,
  disputed: false,
  paid: true,
  refunded: false,
  status: 'succeeded',
  payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242' } },
}

export const INTENT = {
  id: 'pi_3MtwBwQpTx4mZc7k28a3tqPa',
  object: 'payment_intent',
  amount: 5000,
  capture_method: 'automatic',
  currency: 'usd',
  customer: JANE,
  description: 'Order 7',
  latest_charge: null,
  payment_method: VISA,
  status: 'requires_confirmation',
}
