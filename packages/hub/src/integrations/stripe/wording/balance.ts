import { formatMoney } from '../../../contract/money.ts'

/** A customer's balance in words, for its sign says the opposite of what people expect: `$5.00 credit (-500 usd)`. */
export function creditText(balance: number, currency: string | undefined): string {
  if (balance === 0) return 'nothing'
  const amount = Math.abs(balance)
  const word = balance < 0 ? 'credit' : 'owed'
  return currency === undefined
    ? `${amount} in the smallest unit, ${word}`
    : `${formatMoney({ amount, currency })} ${word} (${balance} ${currency})`
}
