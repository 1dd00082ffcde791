import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'

async function withInvoice(paid: boolean) {
  const started = await startSandbox()
  const { stripe } = started
  const { id: customer } = await stripe.customers.create({
    email: 'jane@example.com',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const tax = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 10 })
  const draft = await stripe.invoices.create({ customer, default_tax_rates: [tax.id] })
  await stripe.invoiceItems.create({
    customer,
    invoice: draft.id,
    quantity: 4,
    unit_amount_decimal: '250' as never,
    currency: 'usd',
  })
  const invoice = await stripe.invoices.finalizeInvoice(draft.id)
  if (paid) await stripe.invoices.pay(invoice.id)
  return { ...started, customer, invoice }
}

function intentOf(payment: Stripe.InvoicePayment | undefined): string {
  const intent = payment?.payment.payment_intent
  return typeof intent === 'string' ? intent : (intent?.id ?? '')
}

test('on an open invoice it takes from what is due, and the last one pays it', async () => {
  const { stripe, invoice } = await withInvoice(false)
  const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 300, reason: 'duplicate' })
  expect(note).toMatchObject({
    amount: 300,
    type: 'pre_payment',
    status: 'issued',
    pre_payment_amount: 300,
    number: `${invoice.number}-CN-01`,
  })
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
    total: 1100,
    amount_due: 800,
    amount_remaining: 800,
    pre_payment_credit_notes_amount: 300,
  })
  expect(await stripe.creditNotes.voidCreditNote(note.id)).toMatchObject({ status: 'void' })
  expect((await stripe.invoices.retrieve(invoice.id)).amount_due).toBe(1100)
  expect((await refusal(stripe.creditNotes.create({ invoice: invoice.id, amount: 1101 }))).statusCode).toBe(
    400,
  )
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 1000 })
  expect(await stripe.invoices.pay(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 100 })
})

test('on a paid invoice its parts must make the whole', async () => {
  const { stripe, invoice, customer } = await withInvoice(true)
  const wrong = { invoice: invoice.id, amount: 600, refund_amount: 100 }
  expect((await refusal(stripe.creditNotes.create(wrong))).message).toContain('must equal')
  const preview = await stripe.creditNotes.preview({ ...wrong, refund_amount: 600 })
  expect(preview.amount).toBe(600)
  expect((await stripe.creditNotes.list()).data).toEqual([])
  const note = await stripe.creditNotes.create({
    invoice: invoice.id,
    amount: 600,
    refund_amount: 400,
    credit_amount: 150,
    out_of_band_amount: 50,
  })
  expect(note).toMatchObject({
    post_payment_amount: 600,
    refunds: [{ amount_refunded: 400, type: 'refund' }],
  })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -150 })
  expect((await stripe.refunds.list()).data).toMatchObject([{ amount: 400 }])
  expect((await stripe.invoices.retrieve(invoice.id)).post_payment_credit_notes_amount).toBe(600)
  expect((await refusal(stripe.creditNotes.voidCreditNote(note.id))).statusCode).toBe(400)
  expect(
    (await refusal(stripe.creditNotes.create({ invoice: invoice.id, amount: 501, credit_amount: 501 })))
      .statusCode,
  ).toBe(400)
})

test("lines of the invoice are credited with their taxes, a refund can be the client's own", async () => {
  const { stripe, invoice } = await withInvoice(true)
  const payments = await stripe.invoicePayments.list({ invoice: invoice.id })
  const refund = await stripe.refunds.create({
    payment_intent: intentOf(payments.data[0]),
    amount: 275,
  })
  const note = await stripe.creditNotes.create({
    invoice: invoice.id,
    lines: [{ type: 'invoice_line_item', invoice_line_item: invoice.lines.data[0]?.id ?? '', quantity: 1 }],
    refunds: [{ refund: refund.id, amount_refunded: 275 }],
  })
  expect(note).toMatchObject({ subtotal: 250, amount: 275, total_excluding_tax: 250 })
  expect((await stripe.creditNotes.listLineItems(note.id)).data).toMatchObject([{ amount: 250, quantity: 1 }])
})
