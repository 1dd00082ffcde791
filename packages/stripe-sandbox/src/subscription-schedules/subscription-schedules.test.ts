import { expect, test } from 'vitest'
import { START_SECONDS, idOf, startSandbox } from '../../test/harness.ts'
import type { TestSandbox } from '../../test/harness.ts'

const DAY_SECONDS = 24 * 60 * 60

async function gold({ stripe }: TestSandbox) {
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1500,
    recurring: { interval: 'month' },
    product_data: { name: 'Gold' },
  })
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  return { price: price.id, customer: customer.id }
}

test('a schedule takes its subscription through its phases and lets it go', async () => {
  const t = await startSandbox()
  const { price, customer } = await gold(t)
  const duration = { interval: 'month', interval_count: 1 } as const
  const schedule = await t.stripe.subscriptionSchedules.create({
    customer,
    start_date: 'now',
    phases: [
      { items: [{ price, quantity: 1 }], duration },
      { items: [{ price, quantity: 2 }], duration },
    ],
  })
  expect(schedule).toMatchObject({ status: 'active', current_phase: { start_date: START_SECONDS } })
  const subscription = idOf(schedule.subscription)
  expect(await t.stripe.subscriptions.retrieve(subscription)).toMatchObject({
    schedule: schedule.id,
    status: 'active',
  })
  t.advance(31 * DAY_SECONDS)
  expect((await t.stripe.subscriptions.retrieve(subscription)).items.data[0]?.quantity).toBe(2)
  const invoices = await t.stripe.invoices.list({ subscription })
  expect(invoices.data.map(({ total }) => total)).toEqual([3000, 1500])
  t.advance(31 * DAY_SECONDS)
  expect(await t.stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: 'completed' })
  expect(await t.stripe.subscriptions.retrieve(subscription)).toMatchObject({
    schedule: null,
    status: 'active',
  })
  const told = await t.stripe.events.list({ type: 'subscription_schedule.expiring' })
  expect(told.data).toHaveLength(1)
})

test('a schedule that begins later has no subscription before, and cancels it at the end where it says so', async () => {
  const t = await startSandbox()
  const { price, customer } = await gold(t)
  const schedule = await t.stripe.subscriptionSchedules.create({
    customer,
    start_date: START_SECONDS + DAY_SECONDS,
    end_behavior: 'cancel',
    phases: [{ items: [{ price }], end_date: START_SECONDS + 11 * DAY_SECONDS }],
  })
  expect(schedule).toMatchObject({ status: 'not_started', subscription: null })
  t.advance(2 * DAY_SECONDS)
  const begun = await t.stripe.subscriptionSchedules.retrieve(schedule.id)
  expect(begun.status).toBe('active')
  t.advance(10 * DAY_SECONDS)
  expect((await t.stripe.subscriptions.retrieve(idOf(begun.subscription))).status).toBe('canceled')
})

test('a schedule is aborted when its subscription ends before it', async () => {
  const t = await startSandbox()
  const { price, customer } = await gold(t)
  const schedule = await t.stripe.subscriptionSchedules.create({
    customer,
    phases: [{ items: [{ price }] }],
  })
  await t.stripe.subscriptions.cancel(idOf(schedule.subscription))
  t.advance(1)
  expect((await t.stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe('canceled')
  expect((await t.stripe.events.list({ type: 'subscription_schedule.aborted' })).data).toHaveLength(1)
})
