import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { pay, startSandbox } from '../../test/harness.ts'

const BEFORE_BASIL = { 'stripe-version': '2024-06-20' }
const BEFORE_CLOVER = { 'stripe-version': '2025-08-27.basil' }

async function withCustomer(stripe: Stripe) {
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const product = await stripe.products.create({ name: 'Cup' })
  const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 700 })
  return { customer: customer.id, price: price.id }
}

test('an invoice item and its invoice, as before basil', async () => {
  const { stripe, request } = await startSandbox()
  const { customer, price } = await withCustomer(stripe)
  const item = await request('POST', '/v1/invoiceitems', {
    body: `customer=${customer}&price=${price}`,
    headers: BEFORE_BASIL,
  })
  expect(item.body).toMatchObject({ object: 'invoiceitem', amount: 700, price: { id: price } })
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  const paid = await stripe.invoices.pay(draft.id)
  const { body } = await request('GET', `/v1/invoices/${paid.id}`, { headers: BEFORE_BASIL })
  expect(body).toMatchObject({
    paid: true,
    payment_intent: expect.stringMatching(/^pi_/),
    charge: expect.stringMatching(/^ch_/),
    subscription: null,
  })
  const charge = await request('GET', `/v1/charges/${String(body.charge)}`, { headers: BEFORE_BASIL })
  expect(charge.body.invoice).toBe(paid.id)
  expect(await stripe.invoices.retrieve(paid.id)).not.toHaveProperty('paid')
})

test('a payment without an invoice says so, as before basil', async () => {
  const { stripe, request } = await startSandbox()
  const { intent } = await pay(stripe)
  const { body } = await request('GET', '/v1/payment_intents', { headers: BEFORE_BASIL })
  expect(body.data).toMatchObject([{ id: intent.id, invoice: null }])
})

test('a promotion code takes and shows its coupon, as before clover', async () => {
  const { stripe, request } = await startSandbox()
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'once' })
  const old = await request('POST', '/v1/promotion_codes', {
    body: `coupon=${coupon.id}`,
    headers: BEFORE_CLOVER,
  })
  expect(old.body).toMatchObject({ object: 'promotion_code', coupon: { id: coupon.id, percent_off: 10 } })
  const without = await request('POST', '/v1/promotion_codes', {
    body: 'active=true',
    headers: BEFORE_CLOVER,
  })
  expect(without.body.error).toMatchObject({ code: 'parameter_missing', param: 'coupon' })
  const present = await request('POST', '/v1/promotion_codes', { body: `coupon=${coupon.id}` })
  expect(present.status).toBe(400)
  expect(await stripe.promotionCodes.retrieve(String(old.body.id))).not.toHaveProperty('coupon')
})
