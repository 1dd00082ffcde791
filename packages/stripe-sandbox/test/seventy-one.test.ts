import { loadDefinitions, operationById } from '@clawlink/stripe-definitions'
import { expect, test } from 'vitest'
import { pay, refusal, startSandbox } from './harness.ts'

/** What agents ask of Stripe most, each with what one has to know about it. */
const operations = {
  'customers.list': 'an e-mail address filters exactly, by case too',
  'customers.retrieve': 'a deleted one still answers, and says so',
  'customers.create': 'nothing is required',
  'customers.update': 'an empty text unsets a field, metadata is merged',
  'customers.del': 'cancels its subscriptions; lists leave it out',
  'customers.createBalanceTransaction': 'negative is credit; the amount never changes',
  'customerSessions.create': 'a secret for the browser, not a link to the portal',
  'customers.search': 'pages by token, not by id',
  'paymentIntents.list': 'has no filter by status',
  'paymentIntents.retrieve': 'names its latest charge',
  'paymentIntents.create': 'moves no money unless confirmed',
  'paymentIntents.confirm': 'a second time is refused',
  'paymentIntents.capture': 'what is left over is released',
  'paymentIntents.cancel': 'not once it has succeeded',
  'balance.retrieve': 'the only one there is',
  'balanceTransactions.list': 'net is the amount less the fee',
  'charges.create': 'takes tokens and sources, no payment methods',
  'charges.capture': 'only what no payment intent has made',
  'refunds.create': 'what is left, unless an amount is given',
  'subscriptions.list': 'hides the canceled ones unless asked',
  'subscriptions.retrieve': 'its periods are on its items',
  'subscriptions.create': 'takes the first payment at once',
  'subscriptions.update': 'an item without an id is added',
  'subscriptions.cancel': 'at once; at the end of the period is an update',
  'subscriptions.pause': 'stops the subscription, not only its collection',
  'subscriptions.resume': 'only what was paused',
  'subscriptionItems.list': 'needs the subscription',
  'subscriptionItems.create': 'the same price twice is refused',
  'subscriptionItems.del': 'not the last one',
  'invoices.list': 'never lists one that is to come',
  'invoices.retrieve': 'payments on request only',
  'invoices.create': 'leaves pending items out unless told',
  'invoices.finalizeInvoice': 'gives it its number',
  'invoices.sendInvoice': 'only what is not charged automatically',
  'invoices.voidInvoice': 'for good',
  'invoices.del': 'drafts only, and none of a subscription',
  'invoices.createPreview': 'changes nothing',
  'invoices.addLines': 'drafts only',
  'invoiceItems.create': 'waits for the next invoice unless one is named',
  'invoiceItems.list': 'pending ones on request',
  'creditNotes.create': 'gives back what was paid, or takes off what was not',
  'checkout.sessions.create': 'has a page to pay on',
  'checkout.sessions.retrieve': 'line items on request only',
  'checkout.sessions.expire': 'only while open',
  'products.list': 'by ids too',
  'products.retrieve': 'a deleted one is not found',
  'products.create': 'can make its price with it',
  'products.update': 'archives it with active=false',
  'prices.create': 'its amount never changes',
  'prices.list': 'by lookup key too',
  'coupons.create': 'a share or an amount',
  'coupons.list': 'by date only',
  'coupons.del': 'discounts go on',
  'promotionCodes.create': 'unique whatever the case',
  'billingPortal.sessions.create': 'its address is a secret',
  'billingPortal.configurations.create': 'cannot be deleted',
  'disputes.list': 'by charge too',
  'disputes.retrieve': 'says until when',
  'disputes.close': 'concedes it',
  'payouts.list': 'by status too',
  'payouts.retrieve': 'says why it failed',
  'payouts.create': 'no more than is available',
  'payouts.cancel': 'while it is pending',
  'paymentMethods.list': 'of a customer',
  'paymentMethods.attach': 'a test card becomes a new one',
  'paymentMethods.detach': 'for good',
  'paymentMethods.create': 'from test cards and tokens only',
  'setupIntents.create': 'moves no money',
  'setupIntents.confirm': 'saves the card with the customer',
  'setupIntents.cancel': 'not once it has succeeded',
} as const

test('what agents ask of Stripe most is all there', async () => {
  const definitions = await loadDefinitions()
  const { request } = await startSandbox()
  // Deleting a product is archiving it, so that 71 wishes are 70 operations.
  expect(Object.keys(operations)).toHaveLength(70)
  for (const id of Object.keys(operations)) {
    const { method, path } = operationById(definitions, id)
    const { status } = await request(method, path.replaceAll(/\{\w+\}/g, 'x_1'))
    expect([200, 400, 404], id).toContain(status)
  }
})

test('an e-mail address filters by case, and payments have no filter by status', async () => {
  const { stripe, request } = await startSandbox()
  await stripe.customers.create({ email: 'Jane@example.com' })
  expect((await stripe.customers.list({ email: 'jane@example.com' })).data).toEqual([])
  expect((await stripe.customers.list({ email: 'Jane@example.com' })).data).toHaveLength(1)
  const { status, body } = await request('GET', '/v1/payment_intents?status=succeeded')
  expect(status).toBe(400)
  expect(body.error).toMatchObject({ code: 'parameter_unknown', param: 'status' })
})

async function subscribed() {
  const started = await startSandbox()
  const { stripe } = started
  const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const [method] = (await stripe.customers.listPaymentMethods(customer)).data
  const { id: price } = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
    product_data: { name: 'Gold' },
  })
  const subscription = await stripe.subscriptions.create({
    customer,
    default_payment_method: method?.id ?? '',
    items: [{ price }],
  })
  return { ...started, customer, price, subscription }
}

test('canceled subscriptions are listed only when asked for, those of a deleted customer too', async () => {
  const { stripe, customer, subscription } = await subscribed()
  await stripe.customers.del(customer)
  expect((await stripe.subscriptions.list()).data).toEqual([])
  for (const status of ['all', 'canceled', 'ended'] as const) {
    expect((await stripe.subscriptions.list({ status })).data).toMatchObject([
      { id: subscription.id, status: 'canceled' },
    ])
  }
})

test('an item is listed with its subscription, is there once by price, and the last one stays', async () => {
  const { stripe, price, subscription } = await subscribed()
  const { data } = await stripe.subscriptionItems.list({ subscription: subscription.id })
  expect(data).toMatchObject([{ subscription: subscription.id, price: { id: price } }])
  const again = await refusal(stripe.subscriptionItems.create({ subscription: subscription.id, price }))
  expect(again.statusCode).toBe(400)
  expect((await refusal(stripe.subscriptionItems.del(data[0]?.id ?? ''))).statusCode).toBe(400)
})

test("a subscription's draft cannot be deleted", async () => {
  const { stripe, advance, subscription } = await subscribed()
  advance(30 * 86_400)
  const [draft] = (await stripe.invoices.list({ subscription: subscription.id, status: 'draft' })).data
  expect((await refusal(stripe.invoices.del(draft?.id ?? ''))).statusCode).toBe(400)
})

test('a promotion code is the same in capitals', async () => {
  const { stripe } = await startSandbox()
  const coupon = await stripe.coupons.create({ percent_off: 10 })
  const promotion = { type: 'coupon', coupon: coupon.id } as const
  await stripe.promotionCodes.create({ promotion, code: 'Winter' })
  expect((await refusal(stripe.promotionCodes.create({ promotion, code: 'WINTER' }))).statusCode).toBe(400)
})

test("a change of a customer's balance keeps its amount for good", async () => {
  const { stripe, request } = await startSandbox()
  const { id } = await stripe.customers.create()
  const credit = await stripe.customers.createBalanceTransaction(id, { amount: -500, currency: 'usd' })
  const path = `/v1/customers/${id}/balance_transactions/${credit.id}`
  expect((await request('POST', path, { body: 'amount=-900' })).status).toBe(400)
  expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -500 })
})

test('a payment that has succeeded is neither confirmed nor canceled again', async () => {
  const { stripe } = await startSandbox()
  const { intent } = await pay(stripe)
  for (const again of [stripe.paymentIntents.confirm(intent.id), stripe.paymentIntents.cancel(intent.id)]) {
    expect((await refusal(again)).code).toBe('payment_intent_unexpected_state')
  }
})
