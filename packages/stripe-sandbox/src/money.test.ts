import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chargeFee, currencyCodes, decimalsOf, formatAmount, isCurrency, minimumAmount } from './money.ts'

test.each([
  [1000, 'usd', 59],
  [50, 'usd', 31],
  [17, 'usd', 17],
  [1000, 'eur', 54],
  [1000, 'jpy', 59],
  [10_000, 'kwd', 590],
])('the fee of %i %s is %i', (amount, currency, fee) => {
  expect(chargeFee(amount, currency)).toBe(fee)
})

test('a fee is an integer between nothing and the whole payment', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 99_999_999 }),
      fc.constantFrom(...currencyCodes()),
      (amount, currency) => {
        const fee = chargeFee(amount, currency)
        expect(Number.isInteger(fee)).toBe(true)
        expect(fee).toBeGreaterThan(0)
        expect(fee).toBeLessThanOrEqual(amount)
      },
    ),
  )
})

test.each([
  [1000, 'usd', '$10.00'],
  [5, 'eur', '€0.05'],
  [123_456_789, 'usd', '$1,234,567.89'],
  [1_234_567, 'jpy', '¥1,234,567'],
  [1250, 'sek', '12.50 SEK'],
  [1500, 'kwd', '1.500 KWD'],
  [-250, 'gbp', '-£2.50'],
])('%i %s reads %s', (amount, currency, text) => {
  expect(formatAmount(amount, currency)).toBe(text)
})

test('currencies are known by their lower-case codes, once each', () => {
  expect(new Set(currencyCodes()).size).toBe(currencyCodes().length)
  expect(isCurrency('usd')).toBe(true)
  expect(isCurrency('USD')).toBe(false)
  expect(isCurrency('xxx')).toBe(false)
  expect([decimalsOf('usd'), decimalsOf('jpy'), decimalsOf('bhd')]).toEqual([2, 0, 3])
  expect(minimumAmount('huf')).toBe(17_500)
})
