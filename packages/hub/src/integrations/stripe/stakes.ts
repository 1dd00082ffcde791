import type { Effect } from '../../contract/effects.ts'
import type { Money } from '../../contract/money.ts'
import type { Params, Stakes } from '../define.ts'
import type { Prepared } from './define-tool.ts'
import { isObject, textAt } from './json.ts'

/** The parameters that name what moves. Prices and lines are told by the tools that know what becomes of them. */
const AMOUNTS = ['amount', 'amount_to_capture']

/** It holds whatever its author likes: an address in it leads nobody anywhere. */
const NOTES = 'metadata'

/** What a write puts at stake: as its tool states it, and else as the params that will be sent tell it. */
export function stakesOf(
  sent: Params,
  prepared: Pick<Prepared, 'currencies' | 'stakes'>,
  effect: Effect,
): Stakes {
  return {
    money: prepared.stakes?.money ?? moneyOf(sent, prepared.currencies ?? {}, effect),
    customer: prepared.stakes?.customer ?? textAt(sent, 'customer') ?? textAt(sent, 'customer_id') ?? null,
    // Never stated: a tool that forgot one would let it past every list of allowed places.
    redirects: redirectsIn(sent),
  }
}

function moneyOf(sent: Params, currencies: Record<string, string>, effect: Effect): Stakes['money'] {
  const money: Money[] = []
  for (const name of AMOUNTS) {
    if (sent[name] === undefined) continue
    const amount = sent[name]
    const currency = textAt(sent, 'currency') ?? currencies[name]
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || currency === undefined)
      return 'unknown'
    // What is credited counts like what is charged: a cap is on what moves, whichever way.
    money.push({ amount: Math.abs(amount), currency: currency.toLowerCase() })
  }
  return money.length === 0 && effect === 'money' ? 'unknown' : money
}

/** Every `…_url` and `url`, however deep; an empty one clears the address and leads nowhere. */
function redirectsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(redirectsIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, part]) => {
    if (name === NOTES) return []
    if (typeof part !== 'string') return redirectsIn(part)
    return part !== '' && (name === 'url' || name.endsWith('_url')) ? [part] : []
  })
}
