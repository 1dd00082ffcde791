import { Stripe } from 'stripe-previous'
import { expect, test } from 'vitest'
import { RETURN_URL, startSandbox } from './harness.ts'

/** The official SDK of the major version before, which sends the API version that it was made for. */
async function startPrevious(): Promise<Stripe> {
  const { url } = await startSandbox()
  const { hostname, port } = new URL(url)
  return new Stripe('sk_test_previous', { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 })
}

test('it pays, refunds and lists, with the parameters of its own version', async () => {
  const stripe = await startPrevious()
  const customer = await stripe.customers.create({ name: 'Pre Vious', email: 'previous@example.com' })
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const intent = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    customer: customer.id,
    payment_method: method.id,
    // Gone from the newest version.
    payment_method_types: ['card'],
    confirm: true,
  })
  expect(intent.status).toBe('succeeded')
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 500 })
  expect(refund.status).toBe('succeeded')
  expect((await stripe.charges.list({ customer: customer.id })).data[0]?.amount_refunded).toBe(500)
  const hold = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'eur',
    payment_method: 'pm_card_visa',
    payment_method_types: ['card'],
    capture_method: 'manual',
    confirm: true,
  })
  expect((await stripe.paymentIntents.capture(hold.id, { amount_to_capture: 400 })).amount_received).toBe(400)
  const declined = stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    payment_method: 'pm_card_chargeDeclined',
    payment_method_types: ['card'],
    confirm: true,
  })
  await expect(declined).rejects.toMatchObject({ code: 'card_declined', statusCode: 402 })
  expect((await stripe.balance.retrieve()).object).toBe('balance')
  expect((await stripe.balanceTransactions.list({ limit: 3 })).data).toHaveLength(3)
  expect((await stripe.events.list({ type: 'charge.refunded' })).data).toHaveLength(1)
})

test('it sells: products, prices, coupons, checkout, subscriptions, invoices, the portal', async () => {
  const stripe = await startPrevious()
  const product = await stripe.products.create({ name: 'Plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 1500,
    recurring: { interval: 'month' },
  })
  const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'once' })
  const customer = await stripe.customers.create({
    email: 'subscriber@example.com',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    discounts: [{ coupon: coupon.id }],
  })
  expect(subscription.status).toBe('active')
  const [invoice] = (await stripe.invoices.list({ subscription: subscription.id })).data
  expect(invoice).toMatchObject({ status: 'paid', total: 1200 })
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: RETURN_URL,
    line_items: [
      { price_data: { currency: 'usd', unit_amount: 700, product_data: { name: 'Mug' } }, quantity: 1 },
    ],
  })
  expect(session.url).toContain('/checkout/')
  expect((await stripe.checkout.sessions.expire(session.id)).status).toBe('expired')
  const portal = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: RETURN_URL })
  expect(portal.url).toContain('/portal/')
  expect((await stripe.subscriptions.cancel(subscription.id)).status).toBe('canceled')
})

test('its own code accepts the webhooks’ signature', async () => {
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'ping' })
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: 'whsec_test' })
  expect(Stripe.webhooks.constructEvent(payload, header, 'whsec_test').id).toBe('evt_1')
})
