import {
  CURRENCIES,
  currencyDecimals,
  decimalAmount,
  parseMoney,
} from '../packages/hub/src/contract/money.ts'
import type { Figures } from './run.ts'

/** A prime, so that the steps through the amounts meet every ending. */
const STEP = 9_973

/** Amounts from the smallest to the largest that Stripe takes in every currency: written out, read back, compared. */
export function convertAll(amountsPerCurrency: number): { conversions: number; errors: string[] } {
  const errors: string[] = []
  let conversions = 0
  for (const currency of CURRENCIES) {
    for (let index = 0; index < amountsPerCurrency; index += 1) {
      const amount = (index * STEP) % 10 ** 12
      const text = decimalAmount({ amount, currency })
      const parsed = parseMoney(text, currency)
      conversions += 1
      const isRight = isTaken(amount, currency) ? parsed.ok && parsed.amount === amount : !parsed.ok
      if (!isRight) errors.push(`${amount} ${currency} as ${text}`)
    }
  }
  return { conversions, errors }
}

/** Whether Stripe takes the amount: the last of three decimals is 0, and two currencies have whole units only. */
function isTaken(amount: number, currency: string): boolean {
  if (currencyDecimals(currency) === 3) return amount % 10 === 0
  return currency === 'isk' || currency === 'ugx' ? amount % 100 === 0 : true
}

/** A million amounts in every currency of Stripe, there and back. */
export function conversion(): Promise<Figures> {
  const started = performance.now()
  const { conversions, errors } = convertAll(1_000_000)
  const seconds = (performance.now() - started) / 1000
  return Promise.resolve({
    currencies: CURRENCIES.length,
    conversions,
    errors: errors.length,
    conversionsPerSecond: Math.round(conversions / seconds),
  })
}
