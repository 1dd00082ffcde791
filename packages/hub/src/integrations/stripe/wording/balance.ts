import { formatMoney } from '../../../contract/money.ts'
import type { Params, Stakes } from '../../define.ts'
import { integerAt, textAt } from '../json.ts'

/** A customer's balance in words, for its sign says the opposite of what people expect: `$5.00 credit (-500 usd)`. */
export function creditText(balance: number, currency: string | undefined): string {
  if (balance === 0) return 'nothing'
  const amount = Math.abs(balance)
  const word = balance < 0 ? 'credit' : 'owed'
  return currency === undefined
    ? `${amount} in the smallest unit, ${word}`
    : `${formatMoney({ amount, currency })} ${word} (${balance} ${currency})`
}

/** What a customer's balance gives or takes when it becomes `after`; unknown where nobody knows its currency. */
export function balanceAtStake(customer: Params, after: unknown): Stakes['money'] {
  if (typeof after !== 'number') return []
  const amount = Math.abs(after - integerAt(customer, 'balance'))
  if (amount === 0) return []
  const currency = textAt(customer, 'currency')
  return currency === undefined ? 'unknown' : [{ amount, currency }]
}
