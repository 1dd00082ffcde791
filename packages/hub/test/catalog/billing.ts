import type { Stripe } from 'stripe'
import type { Bench } from '../support/prove-tools.ts'

/** A customer with a card that is charged by default. */
export async function payer({ stripe }: Bench, more: Stripe.CustomerCreateParams = {}): Promise<string> {
  const customer = await stripe.customers.create({
    name: 'Jane Doe',
    email: 'jane@example.com',
    payment_method: 'pm_card_visa',
    ...more,
  })
  const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data
  await stripe.customers.update(customer.id, {
    invoice_settings: { default_payment_method: method?.id ?? '' },
  })
  return customer.id
}

/** A draft with one line. */
export async function draft(
  bench: Bench,
  { amount = 2000, ...params }: { amount?: number } & Stripe.InvoiceCreateParams = {},
): Promise<Stripe.Invoice> {
  const { stripe } = bench
  const customer = params.customer ?? (await payer(bench))
  const { id } = await stripe.invoices.create({ ...params, customer })
  await stripe.invoiceItems.create({
    customer,
    invoice: id,
    amount,
    currency: 'usd',
    description: 'Consulting',
  })
  return stripe.invoices.retrieve(id)
}

/** A draft that is to be e-mailed. */
export function draftToSend(bench: Bench): Promise<Stripe.Invoice> {
  return draft(bench, { collection_method: 'send_invoice', days_until_due: 30 })
}

export async function open(bench: Bench, params: Parameters<typeof draft>[1] = {}): Promise<Stripe.Invoice> {
  const { id } = await draft(bench, params)
  return bench.stripe.invoices.finalizeInvoice(id, { auto_advance: false })
}

export async function paid(bench: Bench): Promise<Stripe.Invoice> {
  const { id } = await open(bench)
  return bench.stripe.invoices.pay(id)
}

/** Whose an invoice or a subscription is. */
export function customerOf({ customer }: { customer: unknown }): string {
  if (typeof customer !== 'string') throw new Error('no customer')
  return customer
}

export function productOf({ product }: Stripe.Price): string {
  if (typeof product !== 'string') throw new Error('no product')
  return product
}

/** A monthly price of a product of its own. */
export function monthly(
  { stripe }: Bench,
  amount: number,
  name = 'Gold',
  more: Partial<Stripe.PriceCreateParams> = {},
): Promise<Stripe.Price> {
  return stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    recurring: { interval: 'month' },
    product_data: { name },
    ...more,
  })
}

/** A subscription for $20.00 a month, paid for its first month, on a clock that stands still: prorations are exact. */
export async function subscribed(
  bench: Bench,
  { customer, ...params }: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  const { stripe } = bench
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START })
  const price = await monthly(bench, 2000)
  return stripe.subscriptions.create({
    customer: customer ?? (await payer(bench, { test_clock: clock.id })),
    items: [{ price: price.id }],
    ...params,
  })
}

/** The first of a month with 30 days, so that a day is a thirtieth. */
export const START = Date.UTC(2027, 3, 1) / 1000

export const DAY = 86_400

/** Lets days pass for a subscription. */
export async function pass(
  { stripe }: Bench,
  subscription: Stripe.Subscription,
  days: number,
): Promise<void> {
  const clock = subscription.test_clock
  if (typeof clock !== 'string') throw new Error(`${subscription.id} has no clock`)
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: START + days * DAY })
}

/** The item of a subscription that has one. */
export function onlyItem(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = subscription.items.data
  if (item === undefined) throw new Error(`${subscription.id} has no item`)
  return item
}

/** What the rows of this name say will be. */
export function rows(preview: { changes: Array<{ what: string; after: string }> }, what: string): string[] {
  return preview.changes.filter((change) => change.what === what).map(({ after }) => after)
}
