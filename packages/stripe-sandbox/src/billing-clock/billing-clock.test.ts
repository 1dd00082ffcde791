import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'

const DAY = 86_400
const HOUR = 3600

async function subscribed(params: object = {}, card: string | null = 'pm_card_visa') {
  const started = await startSandbox()
  const { stripe } = started
  const customer = await stripe.customers.create({
    email: 'jane@example.com',
    ...(card === null ? {} : { payment_method: card, invoice_settings: { default_payment_method: card } }),
  })
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 3000,
    recurring: { interval: 'month' },
    product_data: { name: 'Gold' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    ...params,
  })
  const invoices = async (): Promise<Stripe.Invoice[]> =>
    (await stripe.invoices.list({ subscription: subscription.id, limit: 100 })).data
  const read = () => stripe.subscriptions.retrieve(subscription.id)
  const events = async (type: string) => (await stripe.events.list({ type, limit: 100 })).data
  return { ...started, customer: customer.id, price: price.id, id: subscription.id, invoices, read, events }
}

test('a renewal is a draft for an hour, then finalized and paid', async () => {
  const { advance, invoices, read, events } = await subscribed()
  advance(30 * DAY)
  const [draft] = await invoices()
  expect(draft).toMatchObject({
    status: 'draft',
    billing_reason: 'subscription_cycle',
    auto_advance: true,
    automatically_finalizes_at: START_SECONDS + 30 * DAY + HOUR,
    period_start: START_SECONDS,
    period_end: START_SECONDS + 30 * DAY,
  })
  expect((await read()).items.data[0]).toMatchObject({
    current_period_start: START_SECONDS + 30 * DAY,
    current_period_end: START_SECONDS + 61 * DAY,
  })
  advance(HOUR)
  expect((await invoices())[0]).toMatchObject({ status: 'paid', amount_paid: 3000 })
  expect(await events('invoice.upcoming')).toMatchObject([{ created: START_SECONDS + 23 * DAY }])
})

test('a year of periods is caught up in order, without a gap', async () => {
  const { advance, invoices, read, stripe, customer } = await subscribed()
  advance(365 * DAY + HOUR)
  const all = (await invoices()).toReversed()
  expect(all).toHaveLength(13)
  expect(all.every(({ status, amount_paid: paid }) => status === 'paid' && paid === 3000)).toBe(true)
  const periods = all.map(({ lines }) => lines.data[0]?.period)
  for (const [position, period] of periods.entries()) {
    if (position > 0) expect(period?.start).toBe(periods[position - 1]?.end)
  }
  expect((await read()).status).toBe('active')
  expect((await stripe.charges.list({ customer, limit: 100 })).data).toHaveLength(13)
})

test('a trial is announced three days before it ends, then paid for', async () => {
  const { advance, invoices, read, events } = await subscribed({ trial_period_days: 14 })
  advance(11 * DAY)
  expect(await events('customer.subscription.trial_will_end')).toMatchObject([
    { created: START_SECONDS + 11 * DAY },
  ])
  advance(3 * DAY + HOUR)
  expect(await read()).toMatchObject({ status: 'active', billing_cycle_anchor: START_SECONDS + 14 * DAY })
  expect((await invoices()).map(({ total }) => total)).toEqual([3000, 0])
})

test.each([
  ['cancel', 'canceled'],
  ['pause', 'paused'],
  ['create_invoice', 'past_due'],
] as const)('a trial that ends without a card: %s', async (missing_payment_method, status) => {
  const { advance, read } = await subscribed(
    { trial_period_days: 14, trial_settings: { end_behavior: { missing_payment_method } } },
    null,
  )
  advance(14 * DAY + HOUR)
  expect((await read()).status).toBe(status)
})

test('declined renewals are tried again, and after the last the subscription ends', async () => {
  const { stripe, customer, advance, read, invoices, events } = await subscribed()
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  advance(30 * DAY + HOUR)
  expect((await read()).status).toBe('past_due')
  expect((await invoices())[0]).toMatchObject({
    status: 'open',
    attempt_count: 1,
    next_payment_attempt: START_SECONDS + 33 * DAY + HOUR,
  })
  advance(14 * DAY)
  expect((await read()).status).toBe('past_due')
  advance(2 * DAY)
  expect(await read()).toMatchObject({
    status: 'canceled',
    ended_at: START_SECONDS + 45 * DAY + HOUR,
    cancellation_details: { reason: 'payment_failed' },
  })
  expect(await events('invoice.payment_failed')).toHaveLength(4)
})

test('a better card ends the dunning', async () => {
  const { stripe, customer, advance, read } = await subscribed()
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  advance(31 * DAY)
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: good.id } })
  expect((await read()).status).toBe('past_due')
  advance(3 * DAY)
  expect((await read()).status).toBe('active')
})

test('what is not paid within 23 hours never began', async () => {
  const { advance, read, invoices } = await subscribed({ payment_behavior: 'default_incomplete' }, null)
  advance(23 * HOUR - 1)
  expect((await read()).status).toBe('incomplete')
  advance(1)
  expect((await read()).status).toBe('incomplete_expired')
  expect((await invoices())[0]?.status).toBe('void')
})

test('at the end of its period a canceled subscription ends without another invoice', async () => {
  const { stripe, id, advance, read, invoices } = await subscribed()
  await stripe.subscriptions.update(id, { cancel_at_period_end: true })
  advance(31 * DAY)
  expect(await read()).toMatchObject({ status: 'canceled', ended_at: START_SECONDS + 30 * DAY })
  expect(await invoices()).toHaveLength(1)
})

test.each([
  ['void', 'void'],
  ['mark_uncollectible', 'uncollectible'],
  ['keep_as_draft', 'draft'],
] as const)('while collection is paused, invoices are made and not paid: %s', async (behavior, status) => {
  const { stripe, id, advance, read, invoices } = await subscribed()
  await stripe.subscriptions.update(id, {
    pause_collection: { behavior, resumes_at: START_SECONDS + 40 * DAY },
  })
  advance(30 * DAY + HOUR)
  expect((await invoices())[0]?.status).toBe(status)
  advance(10 * DAY)
  expect(await read()).toMatchObject({ status: 'active', pause_collection: null })
})

test('sent invoices are due after their days, then the subscription is past due', async () => {
  const { advance, read, invoices } = await subscribed(
    { collection_method: 'send_invoice', days_until_due: 7 },
    null,
  )
  expect((await invoices())[0]?.status).toBe('draft')
  advance(HOUR)
  expect((await invoices())[0]).toMatchObject({ status: 'open', due_date: START_SECONDS + 7 * DAY })
  advance(7 * DAY)
  expect((await read()).status).toBe('past_due')
})

test('a one-off draft with auto_advance is finalized and charged after an hour', async () => {
  const { stripe, customer, advance } = await subscribed()
  const { id } = await stripe.invoices.create({ customer, auto_advance: true })
  await stripe.invoiceItems.create({ customer, invoice: id, amount: 900, currency: 'usd' })
  advance(HOUR)
  expect((await stripe.invoices.retrieve(id)).status).toBe('paid')
})

test('a once coupon is good for one invoice, a repeating one for its months', async () => {
  const { stripe, advance, customer, price } = await subscribed()
  const once = await stripe.coupons.create({ percent_off: 50 })
  const twice = await stripe.coupons.create({
    amount_off: 100,
    currency: 'usd',
    duration: 'repeating',
    duration_in_months: 2,
  })
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price }],
    discounts: [{ coupon: once.id }, { coupon: twice.id }],
  })
  advance(92 * DAY)
  const all = (await stripe.invoices.list({ subscription: id })).data
  expect(all.map(({ total }) => total)).toEqual([3000, 3000, 2900, 1400])
})

test('a preview shows what will be, and stores nothing', async () => {
  const { stripe, id, advance, price, customer } = await subscribed()
  advance(15 * DAY)
  const before = (await stripe.events.list()).data[0]?.id
  const gold = (await stripe.subscriptions.retrieve(id)).items.data[0]?.id ?? ''
  const once = { idempotencyKey: 'preview' }
  const plain = await stripe.invoices.createPreview({ subscription: id }, once)
  expect(plain.total).toBe(3000)
  expect(await stripe.invoices.createPreview({ subscription: id }, once)).toEqual(plain)
  const change = { items: [{ id: gold, quantity: 2 }] }
  const next = await stripe.invoices.createPreview({ subscription: id, subscription_details: change })
  expect(next.total).toBe(6000 + 1500)
  expect(next.id).toMatch(/^upcoming_in_/)
  const now = await stripe.invoices.createPreview({
    subscription: id,
    subscription_details: { ...change, proration_behavior: 'always_invoice' },
  })
  expect(now.total).toBe(1500)
  const fresh = await stripe.invoices.createPreview({
    customer,
    subscription_details: { items: [{ price, quantity: 3 }] },
    discounts: [{ coupon: (await stripe.coupons.create({ percent_off: 10 })).id }],
  })
  expect(fresh.total).toBe(8100)
  await stripe.subscriptions.update(id, { cancel_at_period_end: true })
  expect(await refusal(stripe.invoices.createPreview({ subscription: id }))).toMatchObject({
    code: 'invoice_upcoming_none',
  })
  const types = (await stripe.events.list({ ending_before: before ?? '' })).data.map(({ type }) => type)
  expect(types.toSorted()).toEqual(['coupon.created', 'customer.subscription.updated'])
  expect(await refusal(stripe.invoices.retrieve(next.id))).toMatchObject({ statusCode: 404 })
})

test('a schedule made from a subscription shows on it until it is released', async () => {
  const { stripe, id } = await subscribed()
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id })
  expect(schedule).toMatchObject({
    status: 'active',
    subscription: id,
    phases: [{ items: [{ quantity: 1 }] }],
  })
  const read = await stripe.subscriptions.retrieve(id, { expand: ['schedule'] })
  expect(read.schedule).toEqual(schedule)
  expect((await refusal(stripe.subscriptions.pause(id))).statusCode).toBe(400)
  expect(await stripe.subscriptionSchedules.release(schedule.id)).toMatchObject({ released_subscription: id })
  expect((await stripe.subscriptions.retrieve(id)).schedule).toBeNull()
  const again = await stripe.subscriptionSchedules.create({ from_subscription: id })
  expect(await stripe.subscriptionSchedules.cancel(again.id)).toMatchObject({ status: 'canceled' })
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled')
  expect((await stripe.subscriptionSchedules.list()).data).toHaveLength(2)
})
