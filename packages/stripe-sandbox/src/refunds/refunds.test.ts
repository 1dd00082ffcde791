import { expect, test } from 'vitest'
import { pay, refusal, startSandbox } from '../../test/harness.ts'

test('a refund without an amount gives back all that is left', async () => {
  const { stripe } = await startSandbox()
  const { intent, charge } = await pay(stripe)
  const first = await stripe.refunds.create({
    charge: charge.id,
    amount: 2000,
    reason: 'duplicate',
    metadata: { k: 'v' },
  })
  expect(first).toMatchObject({
    amount: 2000,
    status: 'succeeded',
    reason: 'duplicate',
    payment_intent: intent.id,
    currency: 'usd',
  })
  expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 2000, refunded: false })
  const second = await stripe.refunds.create({
    payment_intent: intent.id,
    expand: ['charge', 'balance_transaction'],
  })
  expect(second).toMatchObject({
    amount: 3000,
    charge: { amount_refunded: 5000, refunded: true },
    balance_transaction: { amount: -3000, fee: 0, net: -3000, type: 'refund', source: second.id },
  })
  expect((await stripe.refunds.list({ charge: charge.id })).data.map(({ id }) => id)).toEqual([
    second.id,
    first.id,
  ])
  expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(2)
  const expanded = await stripe.charges.retrieve(charge.id, { expand: ['refunds'] })
  expect(expanded.refunds?.data.map(({ id }) => id)).toEqual([second.id, first.id])
  expect(await refusal(stripe.refunds.create({ charge: charge.id }))).toMatchObject({
    statusCode: 400,
    code: 'charge_already_refunded',
    message: `Charge ${charge.id} has already been refunded.`,
  })
})

test('more than what is left is refused, with both amounts in words', async () => {
  const { stripe } = await startSandbox()
  const { charge } = await pay(stripe)
  const whole = await refusal(stripe.refunds.create({ charge: charge.id, amount: 5001 }))
  expect(whole).toMatchObject({
    statusCode: 400,
    param: 'amount',
    message: 'Refund amount ($50.01) is greater than charge amount ($50.00)',
  })
  await stripe.refunds.create({ charge: charge.id, amount: 1000 })
  expect((await refusal(stripe.refunds.create({ charge: charge.id, amount: 4500 }))).message).toBe(
    'Refund amount ($45.00) is greater than unrefunded amount on charge ($40.00)',
  )
  expect((await stripe.charges.retrieve(charge.id)).amount_refunded).toBe(1000)
})

test('only captured money is refunded', async () => {
  const { stripe } = await startSandbox()
  const { intent, charge } = await pay(stripe, { capture_method: 'manual' })
  expect((await refusal(stripe.refunds.create({ charge: charge.id }))).message).toMatch(
    /has not been captured\. Cancel its PaymentIntent/,
  )
  await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 3000 })
  expect((await refusal(stripe.refunds.create({ charge: charge.id, amount: 3001 }))).param).toBe('amount')
  expect((await stripe.refunds.create({ charge: charge.id })).amount).toBe(3000)
  const open = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  expect((await refusal(stripe.refunds.create({ payment_intent: open.id }))).message).toBe(
    `This PaymentIntent (${open.id}) does not have a successful charge to refund.`,
  )
})

test.each([
  [{}, 'One of the following params should be provided for this request: payment_intent or charge.'],
  [
    { charge: 'ch_1', payment_intent: 'pi_1' },
    'You may only specify one of these parameters: charge, payment_intent.',
  ],
  [{ charge: 'ch_none' }, "No such charge: 'ch_none'"],
  [{ charge: 'ch_none', amount: 0 }, 'This value must be greater than or equal to 1.'],
])('a refund must name one payment: %j', async (params, message) => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.refunds.create(params))).toMatchObject({ statusCode: 400, message })
})

test('a refund takes metadata later, and cannot be canceled', async () => {
  const { stripe } = await startSandbox()
  const { charge } = await pay(stripe)
  const { id } = await stripe.refunds.create({ charge: charge.id })
  expect((await stripe.refunds.update(id, { metadata: { k: 'v' } })).metadata).toEqual({ k: 'v' })
  expect((await stripe.refunds.retrieve(id)).metadata).toEqual({ k: 'v' })
  expect((await refusal(stripe.refunds.cancel(id))).statusCode).toBe(400)
})

test('yen have no cents: amounts, fees and words', async () => {
  const { stripe } = await startSandbox()
  const { charge } = await pay(stripe, { amount: 1200, currency: 'jpy' })
  const { data } = await stripe.balanceTransactions.list({ currency: 'jpy' })
  // 2.9 % of ¥1,200 is ¥34.8, and ¥30 more.
  expect(data).toMatchObject([{ amount: 1200, fee: 65, net: 1135, currency: 'jpy' }])
  expect((await refusal(stripe.refunds.create({ charge: charge.id, amount: 1201 }))).message).toBe(
    'Refund amount (¥1,201) is greater than charge amount (¥1,200)',
  )
  expect((await stripe.refunds.create({ charge: charge.id, amount: 200 })).amount).toBe(200)
})
