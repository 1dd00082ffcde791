import { expect, test } from 'vitest'
import { START_SECONDS, refusal } from '../../test/harness.ts'
import { DAY, withCustomer, invoiceOf, itemOf, amounts } from './test-subscription.ts'

test('a subscription is paid at once and its periods live on its items', async () => {
  const { stripe, price, subscribe } = await withCustomer()
  const gold = await price(1500)
  const subscription = await subscribe([{ price: gold, quantity: 2 }], { metadata: { a: 'b' } })
  expect(subscription).toMatchObject({
    status: 'active',
    billing_mode: { type: 'flexible' },
    billing_cycle_anchor: START_SECONDS,
    items: {
      data: [
        { quantity: 2, current_period_start: START_SECONDS, current_period_end: START_SECONDS + 30 * DAY },
      ],
    },
  })
  expect(subscription).not.toHaveProperty('current_period_end')
  expect(invoiceOf(subscription)).toMatchObject({
    status: 'paid',
    amount_paid: 3000,
    billing_reason: 'subscription_create',
    parent: { subscription_details: { subscription: subscription.id, metadata: { a: 'b' } } },
    lines: { data: [{ description: '2 × Gold (at $15.00 / month)', amount: 3000 }] },
  })
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type)
  expect(types).toContain('customer.subscription.created')
  expect((await stripe.subscriptionItems.list({ subscription: subscription.id })).data).toHaveLength(1)
})

test('default_incomplete waits for the client to confirm', async () => {
  const { stripe, price, subscribe } = await withCustomer(null)
  const subscription = await subscribe([{ price: await price(1500) }], {
    payment_behavior: 'default_incomplete',
    payment_settings: { save_default_payment_method: 'on_subscription' },
    expand: ['latest_invoice.confirmation_secret'],
  })
  expect(subscription.status).toBe('incomplete')
  const secret = invoiceOf(subscription).confirmation_secret?.client_secret ?? ''
  await stripe.paymentIntents.confirm(secret.split('_secret_')[0] ?? '', { payment_method: 'pm_card_visa' })
  const active = await stripe.subscriptions.retrieve(subscription.id)
  expect(active.status).toBe('active')
  expect(active.default_payment_method).toMatch(/^pm_/)
})

test('a declined first payment: incomplete, or nothing at all with error_if_incomplete', async () => {
  const { stripe, price, subscribe, customer } = await withCustomer('pm_card_chargeCustomerFail')
  const gold = await price(1500)
  const subscription = await subscribe([{ price: gold }])
  expect(subscription.status).toBe('incomplete')
  expect(invoiceOf(subscription)).toMatchObject({ status: 'open', attempt_count: 1 })
  const error = await refusal(subscribe([{ price: gold }], { payment_behavior: 'error_if_incomplete' }))
  expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' })
  expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1)
  await stripe.invoices.pay(invoiceOf(subscription).id, { payment_method: 'pm_card_visa' })
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
})

test('authentication leaves it incomplete, or says so', async () => {
  const { price, subscribe } = await withCustomer('pm_card_authenticationRequired')
  const gold = await price(1500)
  expect((await subscribe([{ price: gold }])).status).toBe('incomplete')
  expect(
    (await refusal(subscribe([{ price: gold }], { payment_behavior: 'error_if_incomplete' }))).code,
  ).toBe('subscription_payment_intent_requires_action')
})

test('wrong items and nothing to pay with, in the recorded words', async () => {
  const { stripe, price, subscribe } = await withCustomer(null)
  expect(await refusal(subscribe([{ price: 'invalid' }]))).toMatchObject({
    message: "No such price: 'invalid'",
    param: 'items[0][price]',
  })
  const gold = await price(1500)
  const unpaid = await refusal(subscribe([{ price: gold }]))
  expect(unpaid).toMatchObject({ statusCode: 400, code: 'resource_missing' })
  expect(unpaid.message).toContain('This customer has no attached payment source or default payment method.')
  const once = await stripe.prices.create({ currency: 'usd', unit_amount: 5, product_data: { name: 'x' } })
  expect((await refusal(subscribe([{ price: once.id }]))).message).toContain('type=recurring')
  expect((await refusal(subscribe([{ price: gold }, { price: gold }]))).statusCode).toBe(400)
  expect(
    (await refusal(subscribe([{ price: gold }], { collection_method: 'send_invoice' }))).statusCode,
  ).toBe(400)
})

test('a trial costs nothing and needs no card', async () => {
  const { price, subscribe } = await withCustomer(null)
  const trial = await subscribe([{ price: await price(1500) }], { trial_period_days: 14 })
  expect(trial).toMatchObject({
    status: 'trialing',
    trial_end: START_SECONDS + 14 * DAY,
    items: { data: [{ current_period_end: START_SECONDS + 14 * DAY }] },
    latest_invoice: { status: 'paid', total: 0 },
  })
})

test('swapping a price needs the item id, and prorates to the second', async () => {
  const { stripe, price, subscribe, advance } = await withCustomer()
  const [gold, silver] = [await price(3000), await price(1000)]
  const subscription = await subscribe([{ price: gold }])
  advance(10 * DAY + 1)
  const two = await stripe.subscriptions.update(subscription.id, { items: [{ price: silver }] })
  expect(two.items.data).toHaveLength(2)
  const pending = (await stripe.invoiceItems.list({ pending: true })).data
  const rest = 20 * DAY - 1
  const share = (amount: number) => Math.round((amount * rest) / (30 * DAY))
  expect(pending).toMatchObject([
    { amount: share(1000), proration: true, description: 'Remaining time on Gold after 11 Nov 2026' },
  ])
  const platinum = await price(6000)
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), price: platinum }],
    proration_behavior: 'always_invoice',
    expand: ['latest_invoice'],
  })
  expect(amounts(invoiceOf(updated)).toSorted((a, b) => a - b)).toEqual([
    -share(3000),
    share(1000),
    share(6000),
  ])
  expect(invoiceOf(updated)).toMatchObject({ status: 'paid', billing_reason: 'subscription_update' })
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), quantity: 5 }],
    proration_behavior: 'none',
  })
  expect((await stripe.invoiceItems.list({ pending: true })).data).toEqual([])
})

test('another interval or an anchor of now begins a new cycle that is paid at once', async () => {
  const { stripe, price, subscribe, advance } = await withCustomer()
  const subscription = await subscribe([{ price: await price(3000) }])
  advance(15 * DAY)
  const yearly = await price(24_000, { recurring: { interval: 'year' } })
  const changed = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: itemOf(subscription), price: yearly }],
    expand: ['latest_invoice'],
  })
  expect(invoiceOf(changed)).toMatchObject({ status: 'paid', total: 24_000 - 1500 })
  expect(changed.billing_cycle_anchor).toBe(START_SECONDS + 15 * DAY)
  advance(73 * DAY)
  const again = await stripe.subscriptions.update(subscription.id, {
    billing_cycle_anchor: { type: 'now' },
    expand: ['latest_invoice'],
  })
  expect(invoiceOf(again).total).toBe(24_000 - 19_200)
})

test('items are added and removed, the last one never, the same price never twice', async () => {
  const { stripe, price, subscribe } = await withCustomer()
  const [gold, silver] = [await price(3000), await price(1000)]
  const { id: subscription, items } = await subscribe([{ price: gold }])
  expect((await refusal(stripe.subscriptionItems.create({ subscription, price: gold }))).statusCode).toBe(400)
  const added = await stripe.subscriptionItems.create({ subscription, price: silver, quantity: 2 })
  expect(added).toMatchObject({ quantity: 2, subscription })
  expect(await stripe.subscriptionItems.update(added.id, { quantity: 3 })).toMatchObject({ quantity: 3 })
  expect(await stripe.subscriptionItems.del(added.id, { proration_behavior: 'none' })).toMatchObject({
    deleted: true,
  })
  expect((await refusal(stripe.subscriptionItems.retrieve(added.id))).statusCode).toBe(404)
  expect((await refusal(stripe.subscriptionItems.del(items.data[0]?.id ?? ''))).statusCode).toBe(400)
})

test('discounts, taxes and a deleted coupon that goes on', async () => {
  const { stripe, price, subscribe } = await withCustomer()
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' })
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id } })
  const tax = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 20 })
  const subscription = await subscribe([{ price: await price(3000) }], {
    discounts: [{ promotion_code: code.id }],
    default_tax_rates: [tax.id],
    expand: ['latest_invoice', 'discounts'],
  })
  expect(invoiceOf(subscription).total).toBe(1800)
  expect(subscription.discounts[0]).toMatchObject({ promotion_code: code.id, source: { coupon: coupon.id } })
  expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1)
  await stripe.coupons.del(coupon.id)
  expect((await stripe.subscriptions.retrieve(subscription.id)).discounts).toHaveLength(1)
})

test('tiers and packs are priced exactly', async () => {
  const { price, subscribe } = await withCustomer()
  const tiers = [
    { up_to: 10, unit_amount: 100 },
    { up_to: 'inf' as const, unit_amount: 50, flat_amount: 10 },
  ]
  const graduated = await price(0, {
    unit_amount: undefined as never,
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers,
  })
  const volume = await price(0, {
    unit_amount: undefined as never,
    billing_scheme: 'tiered',
    tiers_mode: 'volume',
    tiers,
  })
  const packs = await price(700, { transform_quantity: { divide_by: 5, round: 'up' } })
  const subscription = await subscribe([
    { price: graduated, quantity: 12 },
    { price: volume, quantity: 12 },
    { price: packs, quantity: 12 },
  ])
  expect(amounts(invoiceOf(subscription))).toEqual([1110, 610, 2100])
})

test('pending_if_incomplete changes nothing until it is paid, and drops the change after 23 hours', async () => {
  const { stripe, price, subscribe, customer, advance } = await withCustomer()
  const [gold, silver] = [await price(3000), await price(9000)]
  const { id, items } = await subscribe([{ price: gold }])
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  const change = {
    items: [{ id: items.data[0]?.id ?? '', price: silver }],
    payment_behavior: 'pending_if_incomplete' as const,
    proration_behavior: 'always_invoice' as const,
    expand: ['latest_invoice'],
  }
  const update = () => stripe.subscriptions.update(id, change)
  const waiting = await update()
  expect(waiting).toMatchObject({
    status: 'active',
    items: { data: [{ price: { id: gold } }] },
    pending_update: { subscription_items: [{ price: { id: silver } }] },
    latest_invoice: { status: 'open' },
  })
  advance(23 * 3600)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ pending_update: null, status: 'active' })
  expect((await stripe.invoices.retrieve(invoiceOf(waiting).id)).status).toBe('void')
  const again = await update()
  await stripe.invoices.pay(invoiceOf(again).id, { payment_method: 'pm_card_visa' })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    pending_update: null,
    items: { data: [{ price: { id: silver } }] },
  })
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type)
  expect(types).toContain('customer.subscription.pending_update_applied')
  expect(types).toContain('customer.subscription.pending_update_expired')
})

test('a promotion code may want a first purchase of some size', async () => {
  const { stripe, price, subscribe } = await withCustomer()
  const { id: coupon } = await stripe.coupons.create({ percent_off: 50 })
  const { id: promotion_code } = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon },
    restrictions: { first_time_transaction: true, minimum_amount: 2000, minimum_amount_currency: 'usd' },
  })
  const discounts = [{ promotion_code }]
  const [small, large] = [await price(1000), await price(2000)]
  expect((await refusal(subscribe([{ price: small }], { discounts }))).message).toContain('minimum amount')
  expect(invoiceOf(await subscribe([{ price: large }], { discounts })).total).toBe(1000)
  expect((await refusal(subscribe([{ price: large }], { discounts }))).message).toContain(
    'prior transactions',
  )
})

test('a deferred first cycle is paid for in part, up to its anchor', async () => {
  const { price, subscribe } = await withCustomer()
  const anchored = await subscribe([{ price: await price(3000) }], {
    billing_cycle_anchor: START_SECONDS + 15 * DAY,
  })
  expect(anchored.items.data[0]?.current_period_end).toBe(START_SECONDS + 15 * DAY)
  // From 16 October to 16 November are 31 days.
  expect(invoiceOf(anchored).total).toBe(Math.round((3000 * 15) / 31))
})
