import { cleanLine } from '../contract/clean-text.ts'
import { formatMoney, type Money } from '../contract/money.ts'
import type { Stakes } from '../integrations/define.ts'
import type { Limits } from './document.ts'
import type { Matched } from './match.ts'

/** A write that was let out: what velocities count, and unless it was refused, caps. */
export interface Usage extends Matched {
  /** Milliseconds since the epoch. */
  at: number
  customer: string | null
  money: Stakes['money']
  /** The allowance that let it through, if one did. */
  allowance: string | null
  /** The provider refused it: no money moved. */
  isRefused: boolean
}

/** Why `spent` is more than `limits` allow, or undefined. What is not known is more than any limit. */
export function overLimits(limits: Limits, spent: ReadonlyArray<Stakes['money']>): string | undefined {
  const sums = new Map<string, number>()
  for (const money of spent) {
    if (money === 'unknown') return 'the hub cannot tell how much money moves'
    for (const { amount, currency } of money) {
      if (!Number.isSafeInteger(amount) || amount < 0) return 'the hub cannot tell how much money moves'
      sums.set(currency, (sums.get(currency) ?? 0) + amount)
    }
  }
  for (const [currency, amount] of sums) {
    const limit = Object.hasOwn(limits, currency) ? limits[currency] : undefined
    if (limit === undefined) return `no limit is given for ${cleanLine(currency, 12).toUpperCase()}`
    if (amount > limit) return `${shown(amount, currency)} of ${shown(limit, currency)}`
  }
  return undefined
}

function shown(amount: number, currency: string): string {
  const money: Money = { amount, currency }
  return formatMoney(money)
}
