import { expect, test } from 'vitest'
import { pay, refusal, startSandbox } from '../../test/harness.ts'

test('charges are listed by customer, payment and group', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const first = await pay(stripe, { customer, transfer_group: 'g1' })
  const second = await pay(stripe)
  expect((await stripe.charges.list()).data.map(({ id }) => id)).toEqual([second.charge.id, first.charge.id])
  expect((await stripe.charges.list({ customer })).data.map(({ id }) => id)).toEqual([first.charge.id])
  expect((await stripe.charges.list({ payment_intent: second.intent.id })).data.map(({ id }) => id)).toEqual([
    second.charge.id,
  ])
  expect((await stripe.charges.list({ transfer_group: 'g1' })).data.map(({ id }) => id)).toEqual([
    first.charge.id,
  ])
  expect((await stripe.charges.list({ customer: 'cus_none' })).data).toEqual([])
})

test('a charge is described, not changed', async () => {
  const { stripe } = await startSandbox()
  const { charge } = await pay(stripe)
  const updated = await stripe.charges.update(charge.id, {
    description: 'Order 7',
    fraud_details: { user_report: 'safe' },
    metadata: { k: 'v' },
    receipt_email: 'jane@example.com',
  })
  expect(updated).toMatchObject({
    description: 'Order 7',
    fraud_details: { user_report: 'safe' },
    metadata: { k: 'v' },
  })
  expect(await stripe.charges.retrieve(charge.id)).toEqual(updated)
  expect((await refusal(stripe.charges.retrieve('ch_none'))).message).toBe("No such charge: 'ch_none'")
})

test('what the sandbox does not do yet is said with a 501 in the shape of Stripe', async () => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.issuing.cards.list())).toMatchObject({
    type: 'StripeAPIError',
    statusCode: 501,
    code: 'sandbox_not_supported',
    message: 'The sandbox does not support issuing.cards.list (GET /v1/issuing/cards) yet.',
  })
})
