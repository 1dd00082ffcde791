import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'

async function withCustomer(card = 'pm_card_visa') {
  const started = await startSandbox()
  const { stripe } = started
  const customer = await stripe.customers.create({
    email: 'jane@example.com',
    name: 'Jane',
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  })
  const draft = async (amount: number, params: Partial<Stripe.InvoiceCreateParams> = {}) => {
    const invoice = await stripe.invoices.create({ customer: customer.id, ...params })
    if (amount !== 0) {
      await stripe.invoiceItems.create({
        customer: customer.id,
        invoice: invoice.id,
        amount,
        currency: 'usd',
      })
    }
    return invoice.id
  }
  return { ...started, customer: customer.id, draft }
}

function intentOf(payment: Stripe.InvoicePayment | undefined): string {
  const intent = payment?.payment.payment_intent
  return typeof intent === 'string' ? intent : (intent?.id ?? '')
}

test('an invoice goes from draft over open to paid, through a payment', async () => {
  const { stripe, customer, draft } = await withCustomer()
  const id = await draft(2500)
  const open = await stripe.invoices.finalizeInvoice(id)
  expect(open).toMatchObject({
    status: 'open',
    total: 2500,
    amount_due: 2500,
    amount_remaining: 2500,
    customer_email: 'jane@example.com',
    auto_advance: false,
  })
  expect(open.number).toMatch(/^[A-Z0-9]{8}-0001$/)
  const paid = await stripe.invoices.pay(id, { expand: ['payments'] })
  expect(paid).toMatchObject({ status: 'paid', amount_paid: 2500, amount_remaining: 0, attempted: true })
  const [payment] = paid.payments?.data ?? []
  expect(payment).toMatchObject({ status: 'paid', amount_paid: 2500, payment: { type: 'payment_intent' } })
  const intent = intentOf(payment)
  const found = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: intent },
  })
  expect(found.data.map((one) => one.invoice)).toEqual([id])
  expect((await stripe.charges.list({ customer })).data).toMatchObject([
    { amount: 2500, payment_intent: intent },
  ])
  expect((await stripe.balance.retrieve()).pending[0]?.amount).toBe(2500 - 103)
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type)
  for (const type of ['created', 'finalized', 'updated', 'paid', 'payment_succeeded']) {
    expect(types).toContain(`invoice.${type}`)
  }
  expect(await refusal(stripe.invoices.pay(id))).toMatchObject({ message: 'Invoice is already paid' })
})

test('pending items are left out unless asked for', async () => {
  const { stripe, customer } = await withCustomer()
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd', description: 'Hours' })
  expect((await stripe.invoiceItems.list({ pending: true })).data).toHaveLength(1)
  expect((await stripe.invoices.create({ customer })).total).toBe(0)
  const included = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  expect(included).toMatchObject({ total: 700, lines: { data: [{ amount: 700, description: 'Hours' }] } })
  expect((await stripe.invoiceItems.list({ pending: true })).data).toEqual([])
  expect(await stripe.invoices.del(included.id)).toMatchObject({ deleted: true })
  expect((await stripe.invoiceItems.list({ pending: true })).data).toHaveLength(1)
  expect((await refusal(stripe.invoices.retrieve(included.id))).statusCode).toBe(404)
})

test('a price, a negative item, quantities and a currency of its own', async () => {
  const { stripe, customer } = await withCustomer()
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 250,
    product_data: { name: 'Pen' },
  })
  const recurring = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 250,
    product_data: { name: 'Pens' },
    recurring: { interval: 'month' },
  })
  const item = await stripe.invoiceItems.create({ customer, pricing: { price: price.id }, quantity: 3 })
  expect(item).toMatchObject({
    amount: 750,
    description: 'Pen',
    pricing: { price_details: { price: price.id } },
  })
  await stripe.invoiceItems.create({ customer, amount: -50, currency: 'usd' })
  expect(
    (await refusal(stripe.invoiceItems.create({ customer, pricing: { price: recurring.id } }))).message,
  ).toContain('type=one_time')
  expect(
    (await refusal(stripe.invoiceItems.create({ customer, amount: 5, currency: 'eur' }))).message,
  ).toContain('You cannot combine currencies on a single customer.')
  const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  expect(invoice.total).toBe(700)
  await stripe.invoiceItems.update(item.id, { quantity: 1 })
  expect((await stripe.invoices.retrieve(invoice.id)).total).toBe(200)
  await stripe.invoiceItems.del(item.id)
  expect((await stripe.invoices.retrieve(invoice.id)).total).toBe(-50)
})

test('lines are added, changed and removed in a draft only', async () => {
  const { stripe, customer, draft } = await withCustomer()
  const pending = await stripe.invoiceItems.create({ customer, amount: 100, currency: 'usd' })
  const id = await draft(0)
  const added = await stripe.invoices.addLines(id, {
    lines: [
      { invoice_item: pending.id },
      { amount: 300, description: 'Setup' },
      { price_data: { currency: 'usd', unit_amount: 50, product_data: { name: 'Pen' } }, quantity: 2 },
    ],
    invoice_metadata: { order: '7' },
  })
  expect(added).toMatchObject({ total: 500, metadata: { order: '7' } })
  const lines = (await stripe.invoices.listLineItems(id)).data
  expect(lines).toHaveLength(3)
  const setup = lines.find(({ description }) => description === 'Setup')?.id ?? ''
  expect((await stripe.invoices.updateLines(id, { lines: [{ id: setup, amount: 350 }] })).total).toBe(550)
  expect((await stripe.invoices.updateLineItem(id, setup, { amount: 360 })).amount).toBe(360)
  const removed = await stripe.invoices.removeLines(id, { lines: [{ id: setup, behavior: 'unassign' }] })
  expect(removed.total).toBe(200)
  expect((await stripe.invoiceItems.list({ pending: true })).data).toMatchObject([{ amount: 360 }])
  await stripe.invoices.finalizeInvoice(id)
  expect((await refusal(stripe.invoices.addLines(id, { lines: [{ amount: 5 }] }))).code).toBe(
    'invoice_not_editable',
  )
})

test('discounts first, then taxes, exclusive and inclusive', async () => {
  const { stripe, customer } = await withCustomer()
  const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 19 })
  const gst = await stripe.taxRates.create({ display_name: 'GST', inclusive: true, percentage: 10 })
  const coupon = await stripe.coupons.create({ amount_off: 200, currency: 'usd' })
  await stripe.invoiceItems.create({ customer, amount: 1000, currency: 'usd', tax_rates: [vat.id] })
  await stripe.invoiceItems.create({ customer, amount: 1000, currency: 'usd', tax_rates: [gst.id] })
  const invoice = await stripe.invoices.create({
    customer,
    pending_invoice_items_behavior: 'include',
    discounts: [{ coupon: coupon.id }],
  })
  expect(invoice).toMatchObject({
    subtotal: 2000,
    total: 1800 + 171,
    total_discount_amounts: [{ amount: 200 }],
    total_excluding_tax: 1971 - 171 - 82,
  })
  expect(invoice.total_taxes?.map(({ amount, tax_behavior }) => [amount, tax_behavior])).toEqual([
    [82, 'inclusive'],
    [171, 'exclusive'],
  ])
  await stripe.coupons.del(coupon.id)
  expect((await stripe.invoices.update(invoice.id, { description: 'x' })).total).toBe(1971)
  await stripe.customers.update(customer, { tax_exempt: 'exempt' })
  expect((await stripe.invoices.finalizeInvoice(invoice.id)).total).toBe(1800)
})

test("a customer's balance is used, and a negative invoice becomes credit", async () => {
  const { stripe, customer, draft } = await withCustomer()
  await stripe.customers.createBalanceTransaction(customer, {
    amount: -300,
    currency: 'usd',
    description: 'Sorry',
  })
  const id = await draft(1000)
  const open = await stripe.invoices.finalizeInvoice(id)
  expect(open).toMatchObject({ total: 1000, amount_due: 700, starting_balance: -300, ending_balance: 0 })
  const entries = (await stripe.customers.listBalanceTransactions(customer)).data
  expect(entries.map(({ type, amount, ending_balance }) => [type, amount, ending_balance])).toEqual([
    ['applied_to_invoice', 300, 0],
    ['adjustment', -300, -300],
  ])
  await stripe.invoices.voidInvoice(id)
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -300 })
  const negative = await stripe.invoices.finalizeInvoice(await draft(-500))
  expect(negative).toMatchObject({ status: 'paid', total: -500, amount_due: 0, ending_balance: -800 })
  expect(
    (await refusal(stripe.customers.createBalanceTransaction(customer, { amount: 1, currency: 'eur' })))
      .statusCode,
  ).toBe(400)
})

test('nothing to pay is paid at once; what is too small for a card waits in the balance', async () => {
  const { stripe, customer, draft } = await withCustomer()
  expect(await stripe.invoices.finalizeInvoice(await draft(0))).toMatchObject({ status: 'paid', total: 0 })
  expect(await stripe.invoices.finalizeInvoice(await draft(20))).toMatchObject({
    status: 'paid',
    amount_due: 0,
  })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: 20 })
})

test('with auto_advance finalizing charges the customer', async () => {
  const { stripe, draft } = await withCustomer()
  expect(await stripe.invoices.finalizeInvoice(await draft(900, { auto_advance: true }))).toMatchObject({
    status: 'paid',
  })
})

test('a declined invoice stays open and can be paid with another card or elsewhere', async () => {
  const { stripe, draft } = await withCustomer('pm_card_chargeCustomerFail')
  const id = await draft(900)
  const error = await refusal(stripe.invoices.pay(id))
  expect(error).toMatchObject({ statusCode: 402, code: 'card_declined' })
  expect(await stripe.invoices.retrieve(id)).toMatchObject({
    status: 'open',
    attempted: true,
    attempt_count: 1,
  })
  expect((await stripe.events.list({ type: 'invoice.payment_failed' })).data).toHaveLength(1)
  expect(await stripe.invoices.pay(id, { payment_method: 'pm_card_visa' })).toMatchObject({ status: 'paid' })
  const other = await stripe.invoices.pay(await draft(900), { paid_out_of_band: true })
  expect(other).toMatchObject({ status: 'paid', amount_paid: 900, amount_paid_off_stripe: 900 })
})

test('a card that asks for authentication leaves the invoice open, and confirming pays it', async () => {
  const { stripe, draft } = await withCustomer('pm_card_authenticationRequired')
  const id = await draft(900)
  expect((await refusal(stripe.invoices.pay(id))).code).toBe('invoice_payment_intent_requires_action')
  const open = await stripe.invoices.retrieve(id, { expand: ['confirmation_secret'] })
  const secret = open.confirmation_secret?.client_secret ?? ''
  await stripe.paymentIntents.confirm(secret.split('_secret_')[0] ?? '', { payment_method: 'pm_card_visa' })
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid' })
})

test('a source from before payment methods pays too, as the last default', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create({ source: 'tok_visa' })
  const invoice = await stripe.invoices.create({ customer: id })
  await stripe.invoiceItems.create({ customer: id, invoice: invoice.id, amount: 900, currency: 'usd' })
  expect((await stripe.invoices.pay(invoice.id)).status).toBe('paid')
  expect((await stripe.events.list({ type: 'invoice_payment.paid' })).data).toHaveLength(1)
})

test('without anything to pay with, paying is a 400', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create()
  const invoice = await stripe.invoices.create({ customer: id })
  await stripe.invoiceItems.create({ customer: id, invoice: invoice.id, amount: 900, currency: 'usd' })
  expect(await refusal(stripe.invoices.pay(invoice.id))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
  })
})

test('voiding ends an open invoice only, and its payment; drafts are deleted', async () => {
  const { stripe, draft } = await withCustomer()
  const id = await draft(900)
  expect((await refusal(stripe.invoices.voidInvoice(id))).message).toBe(
    "You can only pass in open invoices. This invoice isn't open.",
  )
  const { payments } = await stripe.invoices.finalizeInvoice(id, { expand: ['payments'] })
  expect((await refusal(stripe.invoices.del(id))).statusCode).toBe(400)
  expect(await stripe.invoices.voidInvoice(id)).toMatchObject({ status: 'void' })
  const intent = intentOf(payments?.data[0])
  expect((await stripe.paymentIntents.retrieve(intent)).status).toBe('canceled')
  const lost = await draft(900)
  await stripe.invoices.finalizeInvoice(lost)
  expect(await stripe.invoices.markUncollectible(lost)).toMatchObject({ status: 'uncollectible' })
  expect(await stripe.invoices.pay(lost)).toMatchObject({ status: 'paid' })
  expect((await stripe.invoices.list({ status: 'void' })).data).toHaveLength(1)
})

test('sending finalizes, only for send_invoice, and every time again', async () => {
  const { stripe, customer, draft } = await withCustomer()
  expect((await refusal(stripe.invoices.sendInvoice(await draft(900)))).message).toBe(
    "You can only manually send an invoice if its collection method is 'send_invoice'.",
  )
  expect(
    (await refusal(stripe.invoices.create({ customer, collection_method: 'send_invoice' }))).statusCode,
  ).toBe(400)
  const id = await draft(900, { collection_method: 'send_invoice', days_until_due: 30 })
  const sent = await stripe.invoices.sendInvoice(id)
  expect(sent).toMatchObject({ status: 'open', due_date: START_SECONDS + 30 * 86_400 })
  await stripe.invoices.sendInvoice(id)
  expect((await stripe.events.list({ type: 'invoice.sent' })).data).toHaveLength(2)
})

test('a finalized invoice takes metadata, and no more lines or discounts', async () => {
  const { stripe, draft } = await withCustomer()
  const id = await draft(900)
  await stripe.invoices.finalizeInvoice(id)
  expect((await stripe.invoices.update(id, { metadata: { a: 'b' } })).metadata).toEqual({ a: 'b' })
  expect((await refusal(stripe.invoices.update(id, { footer: 'x' }))).code).toBe('invoice_not_editable')
})
