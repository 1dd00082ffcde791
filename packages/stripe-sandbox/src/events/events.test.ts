import { expect, test } from 'vitest'
import { RETURN_URL, pay, refusal, startSandbox } from '../../test/harness.ts'

test('an event tells which request caused it, what it made and what was before', async () => {
  const { stripe } = await startSandbox()
  const created = await stripe.customers.create(
    { name: 'Jane', metadata: { a: '1' } },
    { idempotencyKey: 'key-1' },
  )
  const updated = await stripe.customers.update(created.id, { name: 'Joan', metadata: { b: '2' } })
  const { data } = await stripe.events.list()
  expect(data).toMatchObject([
    {
      type: 'customer.updated',
      api_version: '2026-10-28.endive',
      data: {
        object: { id: created.id, name: 'Joan' },
        previous_attributes: { name: 'Jane', metadata: { b: null } },
      },
      request: { id: updated.lastResponse.requestId },
    },
    {
      type: 'customer.created',
      data: { object: { id: created.id, name: 'Jane', metadata: { a: '1' } } },
      request: { id: created.lastResponse.requestId, idempotency_key: 'key-1' },
    },
  ])
  expect(data[1]?.data).not.toHaveProperty('previous_attributes')
  expect(await stripe.events.retrieve(data[0]?.id ?? '')).toEqual(data[0])
})

test('a payment and its refund leave the trail that Stripe leaves', async () => {
  const { stripe } = await startSandbox()
  const { intent, charge } = await pay(stripe, { capture_method: 'manual' })
  await stripe.paymentIntents.capture(intent.id)
  await stripe.refunds.create({ charge: charge.id, amount: 100 })
  const { data } = await stripe.events.list()
  expect(data.map(({ type }) => type).reverse()).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.amount_capturable_updated',
    'charge.captured',
    'payment_intent.succeeded',
    'refund.created',
    'charge.refunded',
  ])
  expect(data[0]?.data.previous_attributes).toEqual({ amount_refunded: 0 })
})

test('a declined payment tells of the failed charge and the failed payment', async () => {
  const { stripe } = await startSandbox()
  const order = {
    amount: 500,
    currency: 'usd',
    payment_method: 'pm_card_chargeDeclined',
    confirm: true,
    return_url: RETURN_URL,
  }
  await refusal(stripe.paymentIntents.create(order))
  const { data } = await stripe.events.list({ types: ['charge.failed', 'payment_intent.payment_failed'] })
  expect(data.map(({ type }) => type)).toEqual(['payment_intent.payment_failed', 'charge.failed'])
})

test('events are filtered by type', async () => {
  const { stripe } = await startSandbox()
  await pay(stripe)
  expect((await stripe.events.list({ type: 'payment_intent.*' })).data).toHaveLength(2)
  expect((await stripe.events.list({ type: 'payment_intent.created' })).data).toHaveLength(1)
  expect((await stripe.events.list({ delivery_success: false })).data).toEqual([])
  const both = stripe.events.list({ type: 'charge.succeeded', types: ['charge.succeeded'] })
  expect((await refusal(Promise.resolve(both))).statusCode).toBe(400)
})
