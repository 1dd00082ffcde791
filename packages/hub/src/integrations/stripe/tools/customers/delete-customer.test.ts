import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, VISA, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const SUBSCRIPTION = {
  id: 'sub_1QpTx4mZc7kW1rB',
  object: 'subscription',
  status: 'active',
  items: {
    data: [{ quantity: 1, price: { unit_amount: 2000, currency: 'usd', recurring: { interval: 'month' } } }],
  },
}
const account: Account = {
  'customers.retrieve': { ...JANE, balance: 0 },
  'subscriptions.list': { data: [SUBSCRIPTION] },
  'customers.listPaymentMethods': { data: [VISA] },
  'invoices.list': { data: [] },
}
const remove = (changes: Account = {}) =>
  plan(stripe, 'stripe_delete_customer', { customer_id: JANE.id }, { ...account, ...changes })

test('each subscription and payment method is a row of its own that can be checked afterwards', async () => {
  const { description, request } = await remove()
  expect(request).toEqual({ method: 'DELETE', path: `/v1/customers/${JANE.id}`, body: '' })
  expect(description.changes).toEqual([
    { what: 'Customer', before: 'exists', after: 'deleted', check: { path: 'deleted', value: true } },
    {
      what: `Subscription ${SUBSCRIPTION.id}`,
      before: 'active, $20.00 per month',
      after: 'canceled at once, without a refund',
      check: {
        path: 'status',
        value: 'canceled',
        read: { operation: 'subscriptions.retrieve', params: { id: SUBSCRIPTION.id } },
      },
    },
    {
      what: `Payment method ${VISA.id}`,
      before: 'Visa ••4242',
      after: 'removed',
      check: {
        path: 'customer',
        value: null,
        read: { operation: 'paymentMethods.retrieve', params: { id: VISA.id } },
      },
    },
  ])
})

test('a subscription that is over does not end again; a new one makes the preview stale', async () => {
  const over: Params = { ...SUBSCRIPTION, status: 'incomplete_expired' }
  const first = await remove({ 'subscriptions.list': { data: [over] } })
  expect(first.description.summary).toContain('no active subscription')
  expect((await remove()).facts).not.toEqual(first.facts)
})

test('what the key may not read is said, not passed over; without subscriptions nothing is promised', async () => {
  const blind = await remove({ 'customers.listPaymentMethods': undefined })
  expect(blind.description.summary).toContain('and its payment methods')
  expect(blind.description.warnings.join(' ')).toContain('may not read payment methods')
  await expect(remove({ 'subscriptions.list': undefined })).rejects.toMatchObject({
    code: 'object_not_found',
  })
})

test('of more than a person reads, the first are shown and the rest is counted', async () => {
  const data = Array.from({ length: 100 }, (_, index) => ({ ...SUBSCRIPTION, id: `sub_${index}` }))
  const { description } = await remove({ 'subscriptions.list': { data } })
  expect(description.summary).toContain('at least 100 active subscriptions')
  expect(description.changes.filter(({ what }) => what.startsWith('Subscription'))).toHaveLength(20)
  expect(description.warnings.join(' ')).toContain('Not all')
})
