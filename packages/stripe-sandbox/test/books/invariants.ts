import type { Stripe } from 'stripe'
import { expect } from 'vitest'
import { pagesOf } from './world.ts'
import type { Told, World } from './world.ts'

/** Every collection that can be listed, with the `object` of what is in it. */
const collections: Readonly<Record<string, string>> = {
  balance_transactions: 'balance_transaction',
  charges: 'charge',
  credit_notes: 'credit_note',
  customers: 'customer',
  disputes: 'dispute',
  events: 'event',
  invoice_payments: 'invoice_payment',
  invoiceitems: 'invoiceitem',
  invoices: 'invoice',
  payment_intents: 'payment_intent',
  payouts: 'payout',
  prices: 'price',
  products: 'product',
  refunds: 'refund',
  'subscriptions?status=all': 'subscription',
}

/** No divisor of the largest page, so that the pages' edges fall elsewhere. */
const SMALL_PAGE = 7
const LARGEST_PAGE = 100

/** All collections of a business. */
interface Books {
  balanceTransactions: Stripe.BalanceTransaction[]
  charges: Stripe.Charge[]
  invoices: Stripe.Invoice[]
  payments: Stripe.InvoicePayment[]
  refunds: Stripe.Refund[]
}

export async function checkBooks(world: World): Promise<void> {
  expect(world.mismatches, 'events that tell a state the object did not have').toEqual([])
  const listed = new Map<string, Told[]>()
  for (const [path, name] of Object.entries(collections)) listed.set(name, await checkPages(world, path))
  checkIds(world, listed)
  // The collections hold what their names say: object types are tested elsewhere.
  const all = <T>(name: string) => (listed.get(name) ?? []) as unknown as T[]
  const books: Books = {
    balanceTransactions: all('balance_transaction'),
    charges: all('charge'),
    invoices: all('invoice'),
    payments: all('invoice_payment'),
    refunds: all('refund'),
  }
  await checkBalance(world, books)
  checkRefunds(books)
  for (const invoice of books.invoices) checkInvoice(invoice, books)
  checkPeriods(world)
}

async function checkPages(world: World, path: string): Promise<Told[]> {
  const whole = await pagesOf(world, path, LARGEST_PAGE)
  const small = await pagesOf(world, path, SMALL_PAGE)
  expect(
    small.map(({ id }) => id),
    path,
  ).toEqual(whole.map(({ id }) => id))
  return whole
}

function checkIds(world: World, listed: ReadonlyMap<string, readonly Told[]>): void {
  const ids = [...listed.values()].flat().map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [id, { object }] of world.states) {
    expect(
      listed.get(object)?.some((one) => one.id === id),
      `${id} is in its list`,
    ).toBe(true)
  }
}

async function checkBalance(world: World, { balanceTransactions }: Books): Promise<void> {
  const { available, pending } = await world.stripe.balance.retrieve()
  const sums = new Map<string, number>([['usd', 0]])
  for (const { currency, net } of balanceTransactions) sums.set(currency, (sums.get(currency) ?? 0) + net)
  const told = new Map(available.map(({ currency, amount }) => [currency, amount]))
  for (const { currency, amount } of pending) told.set(currency, (told.get(currency) ?? 0) + amount)
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(sums))
}

function checkRefunds({ charges, refunds }: Books): void {
  for (const charge of charges) {
    const given = refunds.filter((refund) => refund.charge === charge.id && refund.status === 'succeeded')
    expect(charge.amount_captured).toBeLessThanOrEqual(charge.amount)
    const released = charge.captured ? charge.amount - charge.amount_captured : 0
    expect(charge.amount_refunded, charge.id).toBeLessThanOrEqual(charge.amount)
    expect(sum(given.map(({ amount }) => amount)) + released, charge.id).toBe(charge.amount_refunded)
    if (charge.captured) expect(charge.refunded).toBe(charge.amount_refunded === charge.amount)
  }
}

function checkInvoice(invoice: Stripe.Invoice, { payments }: Books): void {
  const { id, amount_due: due, amount_paid: paid, amount_remaining: remaining } = invoice
  expect(due, `${id}: due is paid and remaining`).toBe(paid + remaining)
  expect(Math.min(due, paid, remaining), `${id}: no negative amount`).toBeGreaterThanOrEqual(0)
  const taken = sum(
    payments
      .filter((payment) => payment.invoice === id && payment.status === 'paid')
      .map((payment) => payment.amount_paid ?? 0),
  )
  expect(taken + (invoice.amount_paid_off_stripe ?? 0), `${id}: its payments are what is paid`).toBe(paid)
  if (invoice.status !== 'paid') return
  expect(remaining, id).toBe(0)
  const fromBalance = (invoice.ending_balance ?? 0) - invoice.starting_balance
  expect(paid + fromBalance + invoice.pre_payment_credit_notes_amount, `${id}: its total is settled`).toBe(
    invoice.total,
  )
}

/** What one item was in, as the events told it. */
interface Period {
  start: number
  end: number
  rested: boolean
}

/** Each period begins where the last ended, or at the moment of a change that begins a new cycle. */
function checkPeriods(world: World): void {
  const last = new Map<string, Period>()
  for (const { data, created, type } of world.events) {
    if (data.object.object !== 'subscription') continue
    const subscription = data.object as unknown as Stripe.Subscription
    for (const item of subscription.items.data) {
      const { current_period_start: start, current_period_end: end } = item
      expect(end, `${item.id}: a period has a length`).toBeGreaterThan(start)
      const before = last.get(item.id)
      const rested = subscription.status === 'paused'
      last.set(item.id, { start, end, rested })
      if (!before || start === before.start || start === before.end) continue
      // A resumption goes on in the period that is on now, or begins one.
      const begun = before.rested
        ? start > before.start && start <= created
        : start === created && start < before.end
      expect(
        begun,
        `${type} of ${item.id}: ${before.start}–${before.end}, then ${start}–${end} at ${created}`,
      ).toBe(true)
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => left + right, 0)
}
