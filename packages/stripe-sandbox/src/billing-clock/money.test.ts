import * as fc from 'fast-check'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { startSandbox } from '../../test/harness.ts'

type Step =
  | { do: 'subscribe'; price: number; quantity: number; trial: boolean; coupon: boolean }
  | { do: 'quantity'; of: number; quantity: number; now: boolean }
  | { do: 'swap'; of: number; price: number }
  | { do: 'cancel'; of: number; prorate: boolean }
  | { do: 'item' | 'balance'; amount: number }
  | { do: 'card'; good: boolean }
  | { do: 'credit'; of: number }
  | { do: 'wait'; days: number }

const of = fc.nat({ max: 3 })
const price = fc.nat({ max: 2 })
const quantity = fc.integer({ min: 1, max: 7 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('subscribe' as const),
    price,
    quantity,
    trial: fc.boolean(),
    coupon: fc.boolean(),
  }),
  fc.record({ do: fc.constant('quantity' as const), of, quantity, now: fc.boolean() }),
  fc.record({ do: fc.constant('swap' as const), of, price }),
  fc.record({ do: fc.constant('cancel' as const), of, prorate: fc.boolean() }),
  fc.record({
    do: fc.constantFrom('item' as const, 'balance' as const),
    amount: fc.integer({ min: -3000, max: 3000 }),
  }),
  fc.record({ do: fc.constant('card' as const), good: fc.boolean() }),
  fc.record({ do: fc.constant('credit' as const), of }),
  fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 40 }) }),
)

test('whatever is subscribed to and whenever, every invoice adds up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      const { stripe, advance } = await startSandbox()
      const shop = await openShop(stripe)
      for (const action of steps) {
        if (action.do === 'wait') advance(action.days * 86_400 + 3661)
        else await perform(stripe, shop, action)
      }
      await check(stripe, shop.customer)
    }),
    { numRuns: 20 },
  )
}, 60_000)

type Shop = Awaited<ReturnType<typeof openShop>>

async function openShop(stripe: Stripe) {
  const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const [good] = (await stripe.customers.listPaymentMethods(customer)).data
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: good?.id ?? '' } })
  const { id: product } = await stripe.products.create({ name: 'Gold' })
  const base = { product, currency: 'usd' } as const
  const prices = [
    await stripe.prices.create({ ...base, unit_amount: 999, recurring: { interval: 'month' } }),
    await stripe.prices.create({ ...base, unit_amount: 333, recurring: { interval: 'week' } }),
    await stripe.prices.create({ ...base, unit_amount: 1234, recurring: { interval: 'month' } }),
  ].map(({ id }) => id)
  await stripe.coupons.create({ id: 'third', percent_off: 33.3, duration: 'forever' })
  const first = await stripe.subscriptions.create({ customer, items: [{ price: prices[0] ?? '' }] })
  return { customer, prices, good: good?.id ?? '', bad: bad.id, subscriptions: [first.id] }
}

async function perform(stripe: Stripe, shop: Shop, action: Exclude<Step, { do: 'wait' }>): Promise<void> {
  const { customer, prices } = shop
  const { subscriptions } = shop
  const id = 'of' in action ? (subscriptions[action.of % subscriptions.length] ?? '') : ''
  const item = async () => (await stripe.subscriptions.retrieve(id)).items.data[0]?.id ?? ''
  try {
    switch (action.do) {
      case 'subscribe': {
        const made = await stripe.subscriptions.create({
          customer,
          items: [{ price: prices[action.price] ?? '', quantity: action.quantity }],
          ...(action.trial ? { trial_period_days: 5 } : {}),
          ...(action.coupon ? { discounts: [{ coupon: 'third' }] } : {}),
        })
        shop.subscriptions.push(made.id)
        break
      }
      case 'quantity':
        await stripe.subscriptions.update(id, {
          items: [{ id: await item(), quantity: action.quantity }],
          proration_behavior: action.now ? 'always_invoice' : 'create_prorations',
        })
        break
      case 'swap':
        await stripe.subscriptions.update(id, {
          items: [{ id: await item(), price: prices[action.price] ?? '' }],
        })
        break
      case 'cancel':
        await stripe.subscriptions.cancel(id, { prorate: action.prorate, invoice_now: action.prorate })
        break
      case 'item':
        await stripe.invoiceItems.create({ customer, amount: action.amount, currency: 'usd' })
        break
      case 'balance':
        await stripe.customers.createBalanceTransaction(customer, { amount: action.amount, currency: 'usd' })
        break
      case 'card':
        await stripe.customers.update(customer, {
          invoice_settings: { default_payment_method: action.good ? shop.good : shop.bad },
        })
        break
      case 'credit': {
        const invoice = (await stripe.invoices.list({ customer, status: 'open' })).data[action.of]
        if (invoice) {
          await stripe.creditNotes.create({
            invoice: invoice.id,
            amount: Math.ceil(invoice.amount_remaining / 2),
          })
        }
        break
      }
    }
  } catch (error) {
    expect(error).toBeInstanceOf(Stripe.errors.StripeError)
    expect((error as Stripe.errors.StripeError).statusCode).toBeLessThan(500)
  }
}

async function check(stripe: Stripe, customer: string): Promise<void> {
  const all = await stripe.invoices.list({ customer, limit: 100 }).autoPagingToArray({ limit: 1000 })
  const payments = await stripe.invoicePayments.list({ limit: 100 }).autoPagingToArray({ limit: 1000 })
  const sum = (numbers: readonly number[]) => numbers.reduce((left, right) => left + right, 0)
  for (const invoice of all) {
    const lines = await stripe.invoices
      .listLineItems(invoice.id, { limit: 100 })
      .autoPagingToArray({ limit: 1000 })
    const discounts = sum((invoice.total_discount_amounts ?? []).map(({ amount }) => amount))
    expect(invoice.subtotal).toBe(sum(lines.map(({ amount }) => amount)))
    expect(invoice.total).toBe(invoice.subtotal - discounts)
    if (invoice.status === 'draft' || invoice.ending_balance === null) continue
    const used = invoice.starting_balance - invoice.ending_balance
    const credited = invoice.pre_payment_credit_notes_amount
    expect(invoice.amount_due).toBe(invoice.total + used - credited)
    const paid = payments.filter((one) => one.invoice === invoice.id && one.status === 'paid')
    expect(invoice.amount_paid).toBe(sum(paid.map(({ amount_paid: amount }) => amount ?? 0)))
    if (invoice.status === 'paid') {
      expect(sum(paid.map(({ amount_paid: amount }) => amount ?? 0)) - used + credited).toBe(invoice.total)
      expect(invoice.amount_remaining).toBe(0)
    }
  }
  const charges = await stripe.charges.list({ customer, limit: 100 }).autoPagingToArray({ limit: 1000 })
  expect(sum(charges.map((charge) => charge.amount_captured))).toBe(sum(all.map((one) => one.amount_paid)))
  const balance = await stripe.customers
    .listBalanceTransactions(customer, { limit: 100 })
    .autoPagingToArray({ limit: 1000 })
  const told = await stripe.customers.retrieve(customer)
  expect(told).toMatchObject({ balance: sum(balance.map(({ amount }) => amount)) })
  expect(balance[0]?.ending_balance ?? 0).toBe(sum(balance.map(({ amount }) => amount)))
  await checkPeriods(stripe, all)
}

/** What one item is billed for follows on without gap or overlap, prorations aside. */
async function checkPeriods(stripe: Stripe, invoices: readonly Stripe.Invoice[]): Promise<void> {
  const cycles = invoices.filter(({ billing_reason: reason }) => reason === 'subscription_cycle').toReversed()
  const ends = new Map<string, { end: number; created: number }>()
  for (const invoice of cycles) {
    for (const line of (await stripe.invoices.listLineItems(invoice.id, { limit: 100 })).data) {
      const details = line.parent?.subscription_item_details
      if (!details || details.proration) continue
      expect(line.period.start).toBe(invoice.created)
      expect(line.period.end).toBeGreaterThan(line.period.start)
      const before = ends.get(details.subscription_item)
      // A swap to another interval begins a new cycle in between.
      if (before) expect(line.period.start).toBeLessThanOrEqual(Math.max(before.end, invoice.created))
      ends.set(details.subscription_item, { end: line.period.end, created: invoice.created })
    }
  }
}
