import { expect, test } from 'vitest'
import { openPage, sendForm } from '../../test/pages.ts'
import { startSandbox } from '../../test/harness.ts'

async function openInvoice() {
  const started = await startSandbox()
  const { stripe } = started
  const { id: customer } = await stripe.customers.create({ name: '<b>Jane</b>' })
  const { id } = await stripe.invoices.create({ customer })
  await stripe.invoiceItems.create({
    customer,
    invoice: id,
    amount: 900,
    currency: 'usd',
    description: 'Hours',
  })
  const invoice = await stripe.invoices.finalizeInvoice(id)
  return { ...started, id, address: invoice.hosted_invoice_url ?? '' }
}

const card = (number: string) => ({ number, expiry: '12 / 34', cvc: '123' })

test('the customer reads the invoice and pays it', async () => {
  const { stripe, id, address } = await openInvoice()
  const page = await openPage(address)
  expect(page.text).toContain('Hours')
  expect(page.text).toContain('$9.00')
  await sendForm(page, card('4242424242424242'))
  expect((await stripe.invoices.retrieve(id)).status).toBe('paid')
  expect((await openPage(address)).text).toContain('This invoice is paid.')
})

test('a declined card is said, and leaves the invoice open', async () => {
  const { stripe, id, address } = await openInvoice()
  const declined = await sendForm(await openPage(address), card('4000000000000002'))
  expect(declined.status).toBe(402)
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'open', attempt_count: 1 })
})

test('a card that asks for authentication leads to the bank and back', async () => {
  const { stripe, id, address } = await openInvoice()
  const asked = await sendForm(await openPage(address), card('4000000000003220'))
  expect(asked.headers.get('location')).toContain('/authenticate/')
  await sendForm(await openPage(asked.headers.get('location') ?? ''), { outcome: 'complete' })
  expect((await stripe.invoices.retrieve(id)).status).toBe('paid')
})
