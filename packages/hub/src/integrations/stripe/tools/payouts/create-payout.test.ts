import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { openTestStripe, plan, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const BANK = {
  id: 'ba_1QpTx4mZc7kW1rB',
  object: 'bank_account',
  bank_name: 'First Bank',
  currency: 'usd',
  default_for_currency: true,
  last4: '6789',
}
const BALANCE = {
  object: 'balance',
  available: [
    { amount: 700, currency: 'eur' },
    { amount: 50_000, currency: 'usd', source_types: { card: 40_000, bank_account: 10_000 } },
  ],
}
const OWN = { 'accounts.retrieveCurrent': { external_accounts: { data: [BANK], has_more: false } } }

const payOut = (params: Params = {}, account: Account = OWN) =>
  plan(
    stripe,
    'stripe_create_payout',
    { amount: 10_000, currency: 'usd', ...params },
    { 'balance.retrieve': BALANCE, ...account },
  )

test('the balance of the right currency is the one that shrinks', async () => {
  const { description, sent } = await payOut()
  expect(sent).toEqual({ amount: '10000', currency: 'usd', method: 'standard', destination: BANK.id })
  expect(description.changes).toContainEqual({
    what: 'Available balance',
    before: '$500.00',
    after: '$400.00 (40000 usd)',
    check: {
      path: 'available.1.amount',
      value: 40_000,
      read: { operation: 'balance.retrieve', params: {} },
    },
  })
})

test('where Stripe does not show the bank accounts, an earlier payout tells, or the preview says that nothing does', async () => {
  const earlier = {
    'payouts.list': { data: [{ destination: { ...BANK, currency: 'eur' } }, { destination: BANK }] },
  }
  const told = await payOut({}, earlier)
  expect(told.description.summary).toContain(`to First Bank ••6789 (${BANK.id})`)
  expect(told.sent['destination']).toBe(BANK.id)
  const unknown = await payOut({}, {})
  expect(unknown.description.summary).toContain('to the default bank account for USD')
  expect(unknown.description.warnings.join(' ')).toContain('look at it in the Stripe Dashboard')
  expect(unknown.sent).not.toHaveProperty('destination')
})

test('only the part of the balance that such a payout may use counts', async () => {
  const instant = { ...BALANCE, instant_available: [{ amount: 9000, currency: 'usd' }] }
  await expect(payOut({ method: 'instant' }, { ...OWN, 'balance.retrieve': instant })).rejects.toMatchObject({
    code: 'insufficient_funds',
    message: expect.stringContaining('Only $90.00'),
  })
  await expect(payOut({ source_type: 'bank_account', amount: 10_001 })).rejects.toMatchObject({
    code: 'insufficient_funds',
  })
  await expect(payOut({ source_type: 'fpx' })).rejects.toMatchObject({
    message: expect.stringContaining('Only $0.00'),
  })
  expect((await payOut({ source_type: 'bank_account' })).description.uninterpreted).toEqual([])
})

test('what comes and goes in the balance does not make the preview stale', async () => {
  const first = await payOut()
  const richer = { ...BALANCE, available: [{ amount: 90_000, currency: 'usd' }] }
  const second = await payOut({}, { ...OWN, 'balance.retrieve': richer })
  expect(second.facts).toEqual(first.facts)
  expect(second.request).toEqual(first.request)
})

test('another bank account makes it stale', async () => {
  const other = { external_accounts: { data: [{ ...BANK, id: 'ba_2Other' }], has_more: false } }
  const changed = await payOut({}, { 'accounts.retrieveCurrent': other })
  expect(changed.facts).not.toEqual((await payOut()).facts)
})
