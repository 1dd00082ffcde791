import { expect, test } from 'vitest'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'

const DAY = 24 * 60 * 60
const FROZEN = 1_700_000_000

test('a clock stands until it is advanced, and is on its way before it is ready', async () => {
  const { stripe, advance } = await startSandbox()
  const { testClocks } = stripe.testHelpers
  const clock = await testClocks.create({ frozen_time: FROZEN, name: 'Renewals' })
  expect(clock).toMatchObject({
    object: 'test_helpers.test_clock',
    created: START_SECONDS,
    deletes_after: START_SECONDS + 30 * DAY,
    frozen_time: FROZEN,
    name: 'Renewals',
    status: 'ready',
    status_details: {},
  })
  advance(DAY)
  expect(await testClocks.retrieve(clock.id)).toMatchObject({ frozen_time: FROZEN })
  expect(await testClocks.advance(clock.id, { frozen_time: FROZEN + DAY })).toMatchObject({
    frozen_time: FROZEN,
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: FROZEN + DAY } },
  })
  expect(await testClocks.retrieve(clock.id)).toMatchObject({ frozen_time: FROZEN + DAY, status: 'ready' })
  expect((await testClocks.list()).data.map(({ id }) => id)).toEqual([clock.id])
  const { data } = await stripe.events.list()
  expect(data.map(({ type }) => type).reverse()).toEqual([
    'test_helpers.test_clock.created',
    'test_helpers.test_clock.advancing',
    'test_helpers.test_clock.ready',
  ])
})

test('what happens to its customers happens in its time, and to others in their own', async () => {
  const { stripe } = await startSandbox()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: FROZEN })
  const customer = await stripe.customers.create(
    { test_clock: clock.id, payment_method: 'pm_card_visa' },
    { idempotencyKey: 'key-1' },
  )
  expect(customer).toMatchObject({ created: FROZEN, test_clock: clock.id })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: FROZEN + 5 * DAY })
  const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    customer: customer.id,
    ...(card ? { payment_method: card.id } : {}),
  })
  expect(intent.created).toBe(FROZEN + 5 * DAY)
  // A parameter is not needed to know whose it is.
  const paid = await stripe.paymentIntents.confirm(intent.id, {
    return_url: 'https://example.com',
    expand: ['latest_charge'],
  })
  expect(paid.latest_charge).toMatchObject({ created: FROZEN + 5 * DAY })
  expect((await stripe.refunds.create({ payment_intent: intent.id })).created).toBe(FROZEN + 5 * DAY)
  expect((await stripe.customers.create()).created).toBe(START_SECONDS)
  // The memory of a request lives in the sandbox's own time.
  const again = await stripe.customers.create(
    { test_clock: clock.id, payment_method: 'pm_card_visa' },
    { idempotencyKey: 'key-1' },
  )
  expect(again.id).toBe(customer.id)
})

test('customers on a clock are listed only when asked for', async () => {
  const { stripe } = await startSandbox()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: FROZEN })
  const on = await stripe.customers.create({ test_clock: clock.id })
  const off = await stripe.customers.create()
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([off.id])
  expect((await stripe.customers.list({ test_clock: clock.id })).data.map(({ id }) => id)).toEqual([on.id])
})

test('so are their payments, and those of one customer are listed all the same', async () => {
  const { stripe } = await startSandbox()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: FROZEN })
  const on = await stripe.customers.create({ test_clock: clock.id })
  const payment = { amount: 500, currency: 'usd' }
  const onClock = await stripe.paymentIntents.create({ ...payment, customer: on.id })
  const other = await stripe.paymentIntents.create(payment)
  expect((await stripe.paymentIntents.list()).data.map(({ id }) => id)).toEqual([other.id])
  const ofCustomer = await stripe.paymentIntents.list({ customer: on.id })
  expect(ofCustomer.data.map(({ id }) => id)).toEqual([onClock.id])
})

test('a deleted clock takes its customers along', async () => {
  const { stripe } = await startSandbox()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: FROZEN })
  const customer = await stripe.customers.create({ test_clock: clock.id })
  expect(await stripe.testHelpers.testClocks.del(clock.id)).toMatchObject({ id: clock.id, deleted: true })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
  expect(await refusal(stripe.testHelpers.testClocks.retrieve(clock.id))).toMatchObject({ statusCode: 404 })
  expect(await refusal(stripe.customers.create({ test_clock: clock.id }))).toMatchObject({
    param: 'test_clock',
  })
})

test('an existing customer can be put on a clock, once', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create()
  const params = { frozen_time: FROZEN, customer: id }
  const clock = await stripe.testHelpers.testClocks.create(params)
  expect(await stripe.customers.retrieve(id)).toMatchObject({ test_clock: clock.id })
  expect(await refusal(stripe.testHelpers.testClocks.create(params))).toMatchObject({ param: 'customer' })
})

test('a clock goes neither back nor too far, and is not for live mode', async () => {
  const { stripe, client } = await startSandbox({ liveKeys: true })
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: FROZEN })
  for (const time of [FROZEN, FROZEN - 1, FROZEN + 3 * 366 * DAY]) {
    const error = await refusal(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: time }))
    expect(error).toMatchObject({ statusCode: 400, param: 'frozen_time' })
  }
  const live = client('sk_live_alice').testHelpers.testClocks.create({ frozen_time: FROZEN })
  expect((await refusal(live)).statusCode).toBe(400)
})
