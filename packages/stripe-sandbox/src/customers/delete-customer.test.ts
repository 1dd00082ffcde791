import { expect, test } from 'vitest'
import { startSandbox } from '../../test/harness.ts'

test('what a deleted customer still owed waits, and everybody else goes on being billed', async () => {
  const { stripe, advance } = await startSandbox()
  const { id: leaving } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const { id: invoice } = await stripe.invoices.create({ customer: leaving, auto_advance: true })
  await stripe.invoiceItems.create({ customer: leaving, invoice, amount: 1000, currency: 'usd' })
  const { id: staying } = await stripe.customers.create()
  const other = await stripe.invoices.create({ customer: staying, auto_advance: true })
  await stripe.invoiceItems.create({ customer: staying, invoice: other.id, amount: 1000, currency: 'usd' })
  await stripe.customers.del(leaving)
  advance(2 * 60 * 60)
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: 'draft', auto_advance: false })
  expect((await stripe.invoices.retrieve(other.id)).status).toBe('open')
})

test('a draft that was deleted before its customer is not told of again', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const { id } = await stripe.invoices.create({ customer, auto_advance: true })
  await stripe.invoices.del(id)
  await stripe.customers.del(customer)
  expect((await stripe.events.list({ limit: 2 })).data.map(({ type }) => type)).toEqual([
    'customer.deleted',
    'invoice.deleted',
  ])
})
