import { expect, test } from 'vitest'
import type { Stripe } from 'stripe'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'

const DAY = 24 * 60 * 60

async function subscribed(stripe: Stripe, testClock?: string) {
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
    ...(testClock === undefined ? {} : { test_clock: testClock }),
  })
  const product = await stripe.products.create({ name: 'Plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
  })
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
  return async () =>
    (await stripe.invoices.list({ customer: customer.id })).data.map(({ status, billing_reason: reason }) => [
      reason,
      status,
    ])
}

const FIRST = ['subscription_create', 'paid']
const NEXT = ['subscription_cycle', 'paid']

test('a test clock renews the subscriptions of its customers, and nobody else', async () => {
  const { stripe } = await startSandbox()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_SECONDS })
  const onClock = await subscribed(stripe, clock.id)
  const ofSandbox = await subscribed(stripe)
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START_SECONDS + 31 * DAY })
  expect(await onClock()).toEqual([NEXT, FIRST])
  expect(await ofSandbox()).toEqual([FIRST])
  const subscriptions = await stripe.subscriptions.list({ test_clock: clock.id })
  expect(subscriptions.data).toMatchObject([{ test_clock: clock.id }])
  expect((await stripe.subscriptions.list()).data).toMatchObject([{ test_clock: null }])
  const tooFar = stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START_SECONDS + 95 * DAY })
  expect(await refusal(tooFar)).toMatchObject({ statusCode: 400, param: 'frozen_time' })
})

test("the sandbox's own clock renews all the others, before the next request or at once", async () => {
  const { stripe, sandbox, advance } = await startSandbox()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_SECONDS })
  const onClock = await subscribed(stripe, clock.id)
  const ofSandbox = await subscribed(stripe)
  advance(31 * DAY)
  expect(await ofSandbox()).toEqual([NEXT, FIRST])
  sandbox.advance({ seconds: 62 * DAY })
  expect(await ofSandbox()).toEqual([NEXT, NEXT, NEXT, FIRST])
  expect(await onClock()).toEqual([FIRST])
})
