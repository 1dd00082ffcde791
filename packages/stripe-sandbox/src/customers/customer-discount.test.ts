import { expect, test } from 'vitest'
import { startSandbox } from '../../test/harness.ts'

const headers = { 'stripe-version': '2024-06-20' }

test("an older client's coupon reduces what the customer is billed, and can be changed and taken away", async () => {
  const { stripe, request } = await startSandbox()
  const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'forever' })
  const { body: customer } = await request('POST', '/v1/customers', { body: `coupon=${coupon.id}`, headers })
  expect(customer).toMatchObject({ discount: { coupon: { percent_off: 20 } } })
  const id = String(customer.id)
  await stripe.invoiceItems.create({ customer: id, amount: 1000, currency: 'usd' })
  const invoice = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' })
  expect(invoice.total).toBe(800)
  const other = await stripe.coupons.create({ percent_off: 30, duration: 'forever' })
  await request('POST', `/v1/customers/${id}`, { body: `coupon=${other.id}`, headers })
  expect((await stripe.events.list({ type: 'customer.discount.updated' })).data).toHaveLength(1)
  await stripe.customers.deleteDiscount(id)
  expect(await stripe.customers.retrieve(id)).toMatchObject({ discount: null })
  const { status } = await request('POST', '/v1/customers', { body: `coupon=${coupon.id}` })
  expect(status).toBe(400)
})
