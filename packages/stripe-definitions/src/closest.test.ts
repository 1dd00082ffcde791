import { expect, test } from 'vitest'
import { closestOf } from './closest.ts'

const KEYS = ['customer', 'currency', 'payment_method', 'amount']

test.each([
  ['custmer', 'customer'],
  ['cusotmer', 'customer'],
  ['paymentMethod', 'payment_method'],
  ['ammount', 'amount'],
  ['amuont', 'amount'],
])('%s was probably %s', (typed, meant) => {
  expect(closestOf(typed, KEYS)).toBe(meant)
})

test.each(['colour', 'x', '', 'a'.repeat(100_000)])(
  'nothing is suggested for what resembles nothing (%#)',
  (typed) => {
    expect(closestOf(typed, KEYS)).toBeUndefined()
  },
)
