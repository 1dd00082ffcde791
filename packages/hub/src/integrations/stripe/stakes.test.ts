import { describe, expect, test } from 'vitest'
import { stakesOf } from './stakes.ts'

describe('money', () => {
  test.each([
    [
      'an amount beside its currency',
      { amount: 500, currency: 'EUR' },
      {},
      [{ amount: 500, currency: 'eur' }],
    ],
    [
      'an amount whose currency the tool read',
      { amount: 500 },
      { amount: 'usd' },
      [{ amount: 500, currency: 'usd' }],
    ],
    [
      'what is captured',
      { amount_to_capture: 7 },
      { amount_to_capture: 'usd' },
      [{ amount: 7, currency: 'usd' }],
    ],
    ['what is credited', { amount: -500, currency: 'usd' }, {}, [{ amount: 500, currency: 'usd' }]],
    ['an amount without a currency', { amount: 500 }, {}, 'unknown'],
    ['an amount that is no integer', { amount: '500', currency: 'usd' }, {}, 'unknown'],
    ['no amount', { charge: 'ch_1' }, {}, 'unknown'],
  ])('%s', (_what, sent, currencies, money) => {
    expect(stakesOf(sent, { currencies }, 'money').money).toEqual(money)
  })

  test('a draft or a change without an amount has none at stake, and with an unreadable one it is unknown', () => {
    expect(stakesOf({ name: 'x' }, {}, 'draft').money).toEqual([])
    expect(stakesOf({ name: 'x' }, {}, 'change').money).toEqual([])
    expect(stakesOf({ amount: 500 }, {}, 'change').money).toBe('unknown')
  })

  test('what the tool states counts, even if it is nothing', () => {
    expect(stakesOf({ amount: 1, currency: 'usd' }, { stakes: { money: [] } }, 'money').money).toEqual([])
    expect(stakesOf({}, { stakes: { money: 'unknown' } }, 'draft').money).toBe('unknown')
  })
})

test('the customer is the one the tool states, else the one in the params, else nobody', () => {
  expect(stakesOf({ customer: 'cus_1' }, { stakes: { customer: 'cus_2' } }, 'draft').customer).toBe('cus_2')
  expect(stakesOf({ customer: 'cus_1' }, {}, 'draft').customer).toBe('cus_1')
  expect(stakesOf({ customer_id: 'cus_1' }, {}, 'draft').customer).toBe('cus_1')
  expect(stakesOf({ charge: 'ch_1' }, {}, 'draft').customer).toBeNull()
})

test('every address that leads somewhere is found, however deep, and metadata leads nowhere', () => {
  const sent = {
    success_url: 'https://a.example/',
    cancel_url: '',
    after_completion: { redirect: { url: 'https://b.example/' } },
    flows: [{ return_url: 'https://c.example/' }],
    metadata: { return_url: 'https://d.example/' },
    urlish: 'https://e.example/',
  }
  expect(stakesOf(sent, {}, 'draft').redirects).toEqual([
    'https://a.example/',
    'https://b.example/',
    'https://c.example/',
  ])
})
