import { expect, test } from 'vitest'
import { START_SECONDS, pay, startSandbox } from '../../test/harness.ts'

const TWO_DAYS = 2 * 86_400

test('a payment is pending for two days and then available, less the fee', async () => {
  const { stripe, advance } = await startSandbox()
  const { charge } = await pay(stripe, { amount: 10_000, description: 'Order 7' })
  const [listed] = (await stripe.balanceTransactions.list({ source: charge.id })).data
  expect(charge.balance_transaction).toBe(listed?.id)
  const transaction = await stripe.balanceTransactions.retrieve(listed?.id ?? '')
  expect(transaction).toMatchObject({
    amount: 10_000,
    fee: 320,
    net: 9680,
    fee_details: [{ amount: 320, currency: 'usd', type: 'stripe_fee' }],
    status: 'pending',
    available_on: START_SECONDS + TWO_DAYS,
    source: charge.id,
    type: 'charge',
    description: 'Order 7',
  })
  expect(await stripe.balance.retrieve()).toMatchObject({
    available: [{ amount: 0, currency: 'usd' }],
    pending: [{ amount: 9680, currency: 'usd', source_types: { card: 9680 } }],
  })
  advance(TWO_DAYS)
  expect((await stripe.balanceTransactions.retrieve(transaction.id)).status).toBe('available')
  expect(await stripe.balance.retrieve()).toMatchObject({
    available: [{ amount: 9680 }],
    pending: [{ amount: 0 }],
  })
})

test('the bypassPending card pays at once', async () => {
  const { stripe } = await startSandbox()
  await pay(stripe, { amount: 1000, payment_method: 'pm_card_bypassPending' })
  expect(await stripe.balance.retrieve()).toMatchObject({
    available: [{ amount: 941 }],
    pending: [{ amount: 0 }],
  })
})

test('a refund comes out of where the money is; the fee stays with Stripe', async () => {
  const { stripe, advance } = await startSandbox()
  const { charge } = await pay(stripe, { amount: 1000 })
  await stripe.refunds.create({ charge: charge.id, amount: 400 })
  expect(await stripe.balance.retrieve()).toMatchObject({
    available: [{ amount: 0 }],
    pending: [{ amount: 541 }],
  })
  advance(TWO_DAYS)
  await stripe.refunds.create({ charge: charge.id, amount: 600 })
  expect(await stripe.balance.retrieve()).toMatchObject({
    available: [{ amount: -59 }],
    pending: [{ amount: 0 }],
  })
})

test('each currency has a balance of its own', async () => {
  const { stripe } = await startSandbox()
  await pay(stripe, { amount: 1000, currency: 'eur' })
  await pay(stripe, { amount: 1000, currency: 'gbp' })
  const { pending } = await stripe.balance.retrieve()
  expect(pending.map(({ amount, currency }) => [currency, amount])).toEqual([
    ['usd', 0],
    ['eur', 946],
    ['gbp', 951],
  ])
})

test('balance transactions are filtered and expanded', async () => {
  const { stripe } = await startSandbox()
  const { charge } = await pay(stripe)
  const refund = await stripe.refunds.create({ charge: charge.id })
  const types = async (params: object) =>
    (await stripe.balanceTransactions.list(params)).data.map(({ type }) => type)
  expect(await types({})).toEqual(['refund', 'charge'])
  expect(await types({ type: 'charge' })).toEqual(['charge'])
  expect(await types({ source: refund.id })).toEqual(['refund'])
  expect(await types({ currency: 'eur' })).toEqual([])
  const { data } = await stripe.balanceTransactions.list({ expand: ['data.source'] })
  expect(data.map(({ source }) => (typeof source === 'string' ? source : source?.object))).toEqual([
    'refund',
    'charge',
  ])
})
