import { expect, test } from 'vitest'
import { START_SECONDS, refusal } from '../../test/harness.ts'
import { DAY, withCustomer, invoiceOf } from './test-subscription.ts'

test('canceling now ends it; canceled ones are hidden unless asked for', async () => {
  const { stripe, price, subscribe, advance } = await withCustomer()
  const { id } = await subscribe([{ price: await price(3000) }])
  advance(15 * DAY)
  const canceled = await stripe.subscriptions.cancel(id, {
    prorate: true,
    invoice_now: true,
    expand: ['latest_invoice'],
  })
  expect(canceled).toMatchObject({ status: 'canceled', ended_at: START_SECONDS + 15 * DAY })
  expect(invoiceOf(canceled)).toMatchObject({ total: -1500, status: 'paid', ending_balance: -1500 })
  expect((await stripe.subscriptions.list()).data).toEqual([])
  for (const status of ['all', 'canceled', 'ended'] as const) {
    expect((await stripe.subscriptions.list({ status })).data).toHaveLength(1)
  }
  expect((await refusal(stripe.subscriptions.cancel(id))).statusCode).toBe(404)
  expect((await refusal(stripe.subscriptions.update(id, { description: 'x' }))).statusCode).toBe(400)
})

test('canceling at the end of the period can be taken back', async () => {
  const { stripe, price, subscribe } = await withCustomer()
  const { id } = await subscribe([{ price: await price(3000) }])
  const end = START_SECONDS + 30 * DAY
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({
    status: 'active',
    cancel_at: end,
    cancel_at_period_end: true,
  })
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({
    cancel_at: null,
    canceled_at: null,
  })
  expect(await stripe.subscriptions.update(id, { cancel_at: 'min_period_end' })).toMatchObject({
    cancel_at: end,
  })
})

test('two sorts of pause: collection only, or the subscription itself', async () => {
  const { stripe, price, subscribe, advance } = await withCustomer()
  const { id } = await subscribe([{ price: await price(3000) }])
  expect((await refusal(stripe.subscriptions.resume(id))).statusCode).toBe(400)
  expect(await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } })).toMatchObject({
    status: 'active',
    pause_collection: { behavior: 'void' },
  })
  expect((await stripe.subscriptions.update(id, { pause_collection: '' })).pause_collection).toBeNull()
  expect(await stripe.subscriptions.pause(id)).toMatchObject({
    status: 'paused',
    status_details: { paused: { subscription: { type: 'pause_requested' } } },
  })
  advance(60 * DAY)
  const resumed = await stripe.subscriptions.resume(id, { expand: ['latest_invoice'] })
  expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: START_SECONDS + 60 * DAY })
  expect(invoiceOf(resumed)).toMatchObject({ total: 3000, status: 'paid' })
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type)
  expect(types).toContain('customer.subscription.paused')
  expect(types).toContain('customer.subscription.resumed')
})

test('deleting a customer cancels its subscriptions', async () => {
  const { stripe, price, subscribe, customer } = await withCustomer()
  const { id } = await subscribe([{ price: await price(3000) }])
  expect((await stripe.customers.retrieve(customer, { expand: ['subscriptions'] })) as object).toMatchObject({
    subscriptions: { data: [{ id }] },
  })
  await stripe.customers.del(customer)
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled')
  expect((await stripe.events.list({ type: 'customer.subscription.deleted' })).data).toHaveLength(1)
})

test('voiding the first invoice of what never began ends it', async () => {
  const { stripe, price, subscribe } = await withCustomer('pm_card_chargeCustomerFail')
  const subscription = await subscribe([{ price: await price(1500) }])
  await stripe.invoices.voidInvoice(invoiceOf(subscription).id)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('incomplete_expired')
})

test('a resumption that is not paid waits, and its invoice is void after 23 hours', async () => {
  const { stripe, price, subscribe, customer, advance } = await withCustomer()
  const { id } = await subscribe([{ price: await price(3000) }])
  advance(10 * DAY)
  await stripe.subscriptions.pause(id, {
    bill_for: { unused_time_from: { type: 'now' } },
    invoicing_behavior: 'pending_invoice_item',
  })
  expect((await stripe.invoiceItems.list({ pending: true })).data).toMatchObject([{ amount: -2000 }])
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  const resumed = await stripe.subscriptions.resume(id, { expand: ['latest_invoice'] })
  expect(resumed).toMatchObject({ status: 'paused', latest_invoice: { status: 'open', total: 1000 } })
  advance(23 * 3600)
  expect((await stripe.invoices.retrieve(invoiceOf(resumed).id)).status).toBe('void')
  const now = await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_attempt' })
  expect(now.status).toBe('past_due')
})

test('canceling what is incomplete voids its invoice and tells of one end only', async () => {
  const { stripe, price, subscribe } = await withCustomer('pm_card_chargeCustomerFail')
  const subscription = await subscribe([{ price: await price(1500) }])
  expect((await stripe.subscriptions.cancel(subscription.id)).status).toBe('canceled')
  expect((await stripe.invoices.retrieve(invoiceOf(subscription).id)).status).toBe('void')
  expect((await stripe.events.list({ type: 'customer.subscription.updated' })).data).toEqual([])
})
