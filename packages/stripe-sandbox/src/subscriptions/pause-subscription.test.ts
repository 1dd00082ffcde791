import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { START_SECONDS, startSandbox } from '../../test/harness.ts'

const DAY = 86_400

async function subscribe(stripe: Stripe, params: Partial<Stripe.SubscriptionCreateParams>) {
  const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const [method] = (await stripe.customers.listPaymentMethods(customer)).data
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 3000,
    recurring: { interval: 'month' },
    product_data: { name: 'Gold' },
  })
  return stripe.subscriptions.create({
    customer,
    default_payment_method: method?.id ?? '',
    items: [{ price: price.id }],
    ...params,
  })
}

/** Pauses and resumes in the same period, and tells the period then and what is asked for it. */
async function pauseAndResume(stripe: Stripe, { id }: Stripe.Subscription) {
  await stripe.subscriptions.pause(id, { type: 'subscription' })
  const resumed = await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } })
  const { current_period_start: start, current_period_end: end } = resumed.items.data[0] ?? {}
  const pending = await stripe.invoiceItems.list({ pending: true })
  return { period: { start, end }, asked: pending.data.map(({ amount }) => amount) }
}

test('resumed in its trial, a subscription does not begin before it began, and pays for the rest', async () => {
  const { stripe } = await startSandbox()
  const subscription = await subscribe(stripe, { trial_period_days: 3 })
  expect(await pauseAndResume(stripe, subscription)).toEqual({
    period: { start: START_SECONDS, end: START_SECONDS + 3 * DAY },
    // Three of the 31 days before the 4th of November.
    asked: [290],
  })
})

test('resumed in a first period that an anchor cut short, a subscription does not pay for it again', async () => {
  const { stripe } = await startSandbox()
  const anchor = START_SECONDS + 10 * DAY
  const subscription = await subscribe(stripe, { billing_cycle_anchor: anchor })
  expect(await pauseAndResume(stripe, subscription)).toEqual({
    period: { start: START_SECONDS, end: anchor },
    asked: [],
  })
})

test('a change in a first period that an anchor cut short is priced by the whole cycle', async () => {
  const { stripe } = await startSandbox()
  const subscription = await subscribe(stripe, { billing_cycle_anchor: START_SECONDS + 10 * DAY })
  const [item] = subscription.items.data
  await stripe.subscriptions.update(subscription.id, { items: [{ id: item?.id ?? '', quantity: 2 }] })
  const pending = await stripe.invoiceItems.list({ pending: true })
  const tenDays = (3000 * 10) / 31
  expect(pending.data.map(({ amount }) => amount)).toEqual([Math.round(2 * tenDays), -Math.round(tenDays)])
})

test('an invoice that is kept as a draft, or whose subscription ends, tells that it goes no further', async () => {
  const { stripe, advance } = await startSandbox()
  const subscription = await subscribe(stripe, {})
  await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'keep_as_draft' } })
  const { id } = await subscribe(stripe, {})
  advance(30 * DAY)
  await stripe.subscriptions.cancel(id)
  for (const of of [subscription.id, id]) {
    const [invoice] = (await stripe.invoices.list({ subscription: of, status: 'draft' })).data
    const { data } = await stripe.events.list({ type: 'invoice.*' })
    const last = data.find((event) => (event.data.object as { id?: string }).id === invoice?.id)
    const stopped = { auto_advance: false, automatically_finalizes_at: null }
    expect(invoice).toMatchObject(stopped)
    expect(last?.data.object).toMatchObject(stopped)
  }
})

test('what a pause gives back and a resumption costs can be previewed, and changes nothing', async () => {
  const { stripe } = await startSandbox()
  const subscription = await subscribe(stripe, {})
  const preview = (details: Stripe.InvoiceCreatePreviewParams.SubscriptionDetails) =>
    stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: details })
  const credited = await preview({
    pause: { type: 'subscription', bill_for: { unused_time_from: { type: 'now' } } },
  })
  expect(credited).toMatchObject({ total: -3000, amount_due: 0 })
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')

  await stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
  expect(await preview({ resume_at: 'now' })).toMatchObject({ total: 3000, amount_due: 3000, amount_paid: 0 })
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('paused')
  expect(await stripe.invoiceItems.list({ pending: true })).toMatchObject({ data: [] })
})
