import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { START_SECONDS, idOf, refusal, startSandbox } from '../../test/harness.ts'
import { openPage, sendForm } from '../../test/pages.ts'

const SUCCESS = 'https://example.com/thanks?session={CHECKOUT_SESSION_ID}'
const card = { number: '4242 4242 4242 4242', expiry: '12 / 30', cvc: '123' }
const buyer = { email: 'jane@example.com', name: 'Jane Doe', ...card, action: 'pay' }

function order(amount = 2000): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    success_url: SUCCESS,
    cancel_url: 'https://example.com/cart',
    line_items: [
      {
        price_data: { currency: 'usd', unit_amount: amount, product_data: { name: 'Mug <big>' } },
        quantity: 2,
      },
    ],
  }
}

test('a session is opened, paid on its page and leads back to the shop', async () => {
  const { stripe, url } = await startSandbox()
  const session = await stripe.checkout.sessions.create({
    ...order(),
    metadata: { order: '7' },
    client_reference_id: 'cart-7',
    payment_intent_data: { description: 'Order 7', metadata: { order: '7' } },
  })
  expect(session).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    amount_total: 4000,
    currency: 'usd',
    ui_mode: 'hosted_page',
    customer_creation: 'if_required',
    expires_at: START_SECONDS + 86_400,
    payment_intent: null,
  })
  expect(session.id).toMatch(/^cs_test_[A-Za-z0-9]{58}$/)
  expect(session.url?.startsWith(`${url}/checkout/acct_`)).toBe(true)
  const page = await openPage(session.url ?? '')
  expect(page.text).toContain('Mug &lt;big&gt;')
  expect(page.text).toContain('Pay $40.00')
  expect(page.text).not.toMatch(/<script|style=|onclick/)
  const answer = await sendForm(page, buyer)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe(`https://example.com/thanks?session=${session.id}`)
  const done = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent.latest_charge', 'line_items'],
  })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    customer: null,
    customer_details: { email: 'jane@example.com', name: 'Jane Doe' },
    payment_intent: {
      status: 'succeeded',
      amount: 4000,
      description: 'Order 7',
      metadata: { order: '7' },
      latest_charge: { billing_details: { email: 'jane@example.com' } },
    },
    line_items: { data: [{ quantity: 2, amount_total: 4000, description: 'Mug <big>' }] },
  })
  const [event] = (await stripe.events.list({ type: 'checkout.session.*' })).data
  expect(event).toMatchObject({ type: 'checkout.session.completed', data: { object: { id: session.id } } })
  expect(JSON.stringify((await stripe.events.list({ limit: 100 })).data)).not.toMatch(/4242\s?4242/)
  expect((await sendForm(page, buyer)).text).toContain('Thank you')
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('a declined card can be tried again with another one', async () => {
  const { stripe } = await startSandbox()
  const session = await stripe.checkout.sessions.create(order())
  const page = await openPage(session.url ?? '')
  const declined = await sendForm(page, { ...buyer, number: '4000000000000002' })
  expect(declined.status).toBe(402)
  expect(declined.text).toContain('role="alert">Your card was declined.')
  expect((await stripe.charges.list()).data).toMatchObject([{ status: 'failed' }])
  const wrong = await sendForm(page, { ...buyer, number: '4111' })
  expect(wrong.status).toBe(400)
  expect(wrong.text).toContain('Your card number is incorrect.')
  expect((await sendForm(page, { ...buyer, expiry: '12 / 20' })).text).toContain('expiration year')
  expect((await sendForm(page, { ...buyer, email: '' })).text).toContain('email is incomplete')
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
  expect((await sendForm(page, buyer)).status).toBe(303)
  expect((await stripe.paymentIntents.list()).data).toMatchObject([{ status: 'succeeded' }])
})

test('a 3-D Secure card goes by its bank and comes back to a finished session', async () => {
  const { stripe } = await startSandbox()
  const session = await stripe.checkout.sessions.create(order())
  const page = await openPage(session.url ?? '')
  const challenged = await sendForm(page, { ...buyer, number: '4000002760003184' })
  const bank = await openPage(challenged.headers.get('location') ?? '')
  expect(bank.text).toContain('Confirm that it is you')
  const failed = await sendForm(bank, { outcome: 'fail' })
  expect((await openPage(failed.headers.get('location') ?? '')).text).toContain('Pay $40.00')
  const again = await sendForm(page, { ...buyer, number: '4000002760003184' })
  const passed = await sendForm(await openPage(again.headers.get('location') ?? ''), { outcome: 'complete' })
  // Whether or not anybody comes back.
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('complete')
  const back = await openPage(passed.headers.get('location') ?? '')
  expect(back.headers.get('location')).toBe(`https://example.com/thanks?session=${session.id}`)
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
  })
})

test('a page acts on its own session only', async () => {
  const { stripe } = await startSandbox()
  const [first, second] = [
    await stripe.checkout.sessions.create(order()),
    await stripe.checkout.sessions.create(order()),
  ]
  const page = await openPage(first.url ?? '')
  const swapped = { ...page, address: second.url ?? '' }
  expect((await sendForm(swapped, buyer)).status).toBe(403)
  expect((await openPage(`${first.url?.slice(0, -1)}!`)).status).toBe(404)
  expect((await openPage((first.url ?? '').replace(/acct_[A-Za-z0-9]+/, 'acct_other'))).status).toBe(404)
})

test('sessions expire, by themselves and when they are told to', async () => {
  const { stripe, advance } = await startSandbox()
  const first = await stripe.checkout.sessions.create({ ...order(), expires_at: START_SECONDS + 1800 })
  const second = await stripe.checkout.sessions.create(order())
  const page = await openPage(first.url ?? '')
  advance(1800)
  expect((await openPage(first.url ?? '')).text).toContain('expired')
  expect((await sendForm(page, buyer)).text).toContain('expired')
  expect(await stripe.checkout.sessions.retrieve(first.id)).toMatchObject({ status: 'expired', url: null })
  expect((await stripe.checkout.sessions.expire(second.id)).status).toBe('expired')
  expect((await refusal(stripe.checkout.sessions.expire(second.id))).message).toBe(
    'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of expired.',
  )
  expect((await stripe.events.list({ type: 'checkout.session.expired' })).data).toHaveLength(2)
  expect((await stripe.checkout.sessions.list({ status: 'expired' })).data).toHaveLength(2)
  const soon = stripe.checkout.sessions.create({ ...order(), expires_at: START_SECONDS + 2000 })
  expect(await refusal(soon)).toMatchObject({ statusCode: 400, param: 'expires_at' })
})

test('a saved card belongs to a customer made for it', async () => {
  const { stripe } = await startSandbox()
  const session = await stripe.checkout.sessions.create({
    mode: 'setup',
    currency: 'usd',
    success_url: SUCCESS,
    setup_intent_data: { metadata: { k: 'v' } },
  })
  expect(session).toMatchObject({ payment_status: 'no_payment_required', customer_creation: 'always' })
  await sendForm(await openPage(session.url ?? ''), buyer)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent', 'customer'] })
  expect(done).toMatchObject({
    status: 'complete',
    setup_intent: { status: 'succeeded', metadata: { k: 'v' } },
    customer: { email: 'jane@example.com', name: 'Jane Doe' },
  })
  const customer = typeof done.customer === 'object' ? (done.customer?.id ?? '') : ''
  expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1)
})

test('coupons and codes lower the price, and are counted once it is paid', async () => {
  const { stripe } = await startSandbox()
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' })
  const session = await stripe.checkout.sessions.create({ ...order(), discounts: [{ coupon: coupon.id }] })
  expect(session).toMatchObject({
    amount_subtotal: 4000,
    amount_total: 3000,
    total_details: { amount_discount: 1000 },
    discounts: [{ coupon: coupon.id, promotion_code: null }],
  })
  expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(0)
  await sendForm(await openPage(session.url ?? ''), buyer)
  expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1)

  const all = await stripe.coupons.create({ percent_off: 100, duration: 'once' })
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: all.id }, code: 'FREE' })
  const free = await stripe.checkout.sessions.create({ ...order(), allow_promotion_codes: true })
  const page = await openPage(free.url ?? '')
  expect((await sendForm(page, { action: 'code', code: 'NOPE' })).text).toContain('This code is invalid.')
  expect((await sendForm(page, { action: 'code', code: 'free' })).status).toBe(303)
  expect((await openPage(free.url ?? '')).text).toContain('Complete order')
  await sendForm(page, { email: 'jane@example.com', action: 'pay' })
  expect(await stripe.checkout.sessions.retrieve(free.id)).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    amount_total: 0,
    payment_intent: null,
  })
})

test('an embedded session has a secret instead of an address', async () => {
  const { stripe } = await startSandbox()
  const { success_url: _, cancel_url: __, ...rest } = order()
  const session = await stripe.checkout.sessions.create({
    ...rest,
    ui_mode: 'embedded_page',
    return_url: SUCCESS,
  })
  expect(session).toMatchObject({ url: null, redirect_on_completion: 'always' })
  expect(session.client_secret).toMatch(new RegExp(`^${session.id}_secret_`))
  const embedded = stripe.checkout.sessions.create({ ...order(), ui_mode: 'embedded_page' })
  expect((await refusal(embedded)).param).toBe('success_url')
})

test("a customer's own details are used, and the card may be kept", async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create({ email: 'joe@example.com' })
  const session = await stripe.checkout.sessions.create({
    ...order(),
    customer,
    payment_intent_data: { setup_future_usage: 'off_session', capture_method: 'manual' },
  })
  const page = await openPage(session.url ?? '')
  expect(page.text).toContain('joe@example.com')
  await sendForm(page, { ...card, action: 'pay' })
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'unpaid',
    customer,
    payment_intent: { status: 'requires_capture', customer },
  })
  expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1)
  expect((await stripe.checkout.sessions.list({ customer })).data).toHaveLength(1)
})

test('a subscription starts on the page, also by way of the bank and after a decline', async () => {
  const { stripe } = await startSandbox()
  const subscribe = () =>
    stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url: SUCCESS,
      line_items: [
        {
          price_data: {
            currency: 'usd',
            unit_amount: 1500,
            recurring: { interval: 'month' },
            product_data: { name: 'Plan' },
          },
          quantity: 1,
        },
      ],
      subscription_data: { metadata: { k: 'v' } },
    })
  const session = await subscribe()
  expect(session).toMatchObject({ mode: 'subscription', amount_total: 1500, customer_creation: 'always' })
  const page = await openPage(session.url ?? '')
  expect((await sendForm(page, { ...buyer, number: '4000000000000341' })).status).toBe(402)
  expect((await sendForm(page, buyer)).status).toBe(303)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    subscription: { status: 'active', metadata: { k: 'v' } },
    invoice: { status: 'paid', amount_paid: 1500 },
  })
  expect((await stripe.events.list({ type: 'customer.subscription.created' })).data).toHaveLength(1)

  const second = await subscribe()
  const challenged = await sendForm(await openPage(second.url ?? ''), {
    ...buyer,
    number: '4000002760003184',
  })
  const bank = await openPage(challenged.headers.get('location') ?? '')
  const passed = await sendForm(bank, { outcome: 'complete' })
  expect((await openPage(passed.headers.get('location') ?? '')).status).toBe(303)
  expect(await stripe.checkout.sessions.retrieve(second.id, { expand: ['subscription'] })).toMatchObject({
    status: 'complete',
    subscription: { status: 'active' },
  })
})

test('what contradicts itself is refused in words that help', async () => {
  const { stripe } = await startSandbox()
  const create = (params: Stripe.Checkout.SessionCreateParams) =>
    refusal(stripe.checkout.sessions.create(params))
  const { success_url: _, ...homeless } = order()
  expect(await create(homeless)).toMatchObject({ statusCode: 400, param: 'success_url' })
  expect(await create({ ...order(), success_url: 'javascript:alert(1)' })).toMatchObject({
    code: 'url_invalid',
  })
  expect(await create({ mode: 'payment', success_url: SUCCESS })).toMatchObject({ param: 'line_items' })
  const price_data = { currency: 'usd', unit_amount: 500, product_data: { name: 'Plan' } }
  const recurring = { ...price_data, recurring: { interval: 'month' } } as const
  expect(
    (await create({ ...order(), line_items: [{ price_data: recurring, quantity: 1 }] })).message,
  ).toContain('You specified `payment` mode but passed a recurring price')
  expect((await create({ ...order(), line_items: [{ price: 'price_none', quantity: 1 }] })).message).toBe(
    "No such price: 'price_none'",
  )
  expect((await create({ ...order(), line_items: [{ price_data }] })).param).toBe('line_items[0][quantity]')
  expect((await create(order(10))).code).toBe('amount_too_small')
  expect((await create({ ...order(), automatic_tax: { enabled: true } })).statusCode).toBe(501)
  expect((await stripe.products.list()).data).toEqual([])
})

test('line items are listed in the order of the order', async () => {
  const { stripe } = await startSandbox()
  const item = (name: string) => ({
    price_data: { currency: 'usd', unit_amount: 500, product_data: { name } },
    quantity: 1,
  })
  const session = await stripe.checkout.sessions.create({ ...order(), line_items: [item('A'), item('B')] })
  const { data } = await stripe.checkout.sessions.listLineItems(session.id)
  expect(data.map(({ description }) => description)).toEqual(['A', 'B'])
  expect((await stripe.checkout.sessions.update(session.id, { metadata: { k: 'v' } })).metadata).toEqual({
    k: 'v',
  })
})

test('shipping is part of the price, and chosen on the page', async () => {
  const { stripe } = await startSandbox()
  const slow = await stripe.shippingRates.create({
    display_name: 'Slow',
    fixed_amount: { amount: 500, currency: 'usd' },
  })
  const fast = { display_name: 'Fast', fixed_amount: { amount: 1500, currency: 'usd' } }
  const session = await stripe.checkout.sessions.create({
    ...order(),
    shipping_options: [{ shipping_rate: slow.id }, { shipping_rate_data: fast }],
  })
  expect(session).toMatchObject({
    amount_subtotal: 4000,
    amount_total: 4500,
    shipping_cost: { amount_total: 500, shipping_rate: slow.id },
    total_details: { amount_discount: 0, amount_shipping: 500 },
  })
  const page = await openPage(session.url ?? '')
  expect(page.text).toMatch(/Fast,\s+\$15\.00/)
  const rate = idOf(session.shipping_options[1]?.shipping_rate)
  await sendForm(page, { action: 'shipping', shipping_rate: rate })
  await sendForm(page, buyer)
  const done = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent', 'shipping_cost.shipping_rate'],
  })
  expect(done).toMatchObject({
    amount_total: 5500,
    payment_intent: { amount_received: 5500 },
    shipping_cost: { shipping_rate: { display_name: 'Fast' } },
  })
  const foreign = { display_name: 'Euro', fixed_amount: { amount: 500, currency: 'eur' } }
  const wrong = stripe.checkout.sessions.create({
    ...order(),
    shipping_options: [{ shipping_rate_data: foreign }],
  })
  expect((await refusal(wrong)).param).toBe('shipping_options[0]')
})
