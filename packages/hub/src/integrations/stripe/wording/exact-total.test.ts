import { expect, test } from 'vitest'
import { exactTotal } from './exact-total.ts'

test.each<[string, Record<string, unknown>, number, number | undefined]>([
  ['whole cents', { unit_amount: 1999 }, 3, 5997],
  ['nothing', { unit_amount: 0 }, 3, 0],
  ['fractions of a cent that add up', { unit_amount: null, unit_amount_decimal: '0.5' }, 4, 2],
  ['fractions that Stripe has to round', { unit_amount: null, unit_amount_decimal: '0.5' }, 3, undefined],
  ['more than a number can hold', { unit_amount: Number.MAX_SAFE_INTEGER }, 2, undefined],
  ['the most that a number can hold', { unit_amount: Number.MAX_SAFE_INTEGER }, 1, Number.MAX_SAFE_INTEGER],
  [
    'packs, the last one begun',
    { unit_amount: 500, transform_quantity: { divide_by: 10, round: 'up' } },
    21,
    1500,
  ],
  ['whole packs', { unit_amount: 500, transform_quantity: { divide_by: 10, round: 'down' } }, 29, 1000],
  [
    'a whole number of packs',
    { unit_amount: 500, transform_quantity: { divide_by: 10, round: 'up' } },
    20,
    1000,
  ],
  ['tiers', { unit_amount: null, billing_scheme: 'tiered' }, 3, undefined],
  ['what the customer chooses', { unit_amount: null, custom_unit_amount: { minimum: 500 } }, 1, undefined],
  ['usage', { unit_amount: 5, recurring: { interval: 'month', usage_type: 'metered' } }, 1, undefined],
  ['no amount at all', {}, 1, undefined],
  ['what is no decimal', { unit_amount_decimal: '1e3' }, 1, undefined],
])('%s', (_, price, quantity, total) => {
  expect(exactTotal(price, quantity)).toBe(total)
})
