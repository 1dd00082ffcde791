import { roundHalfUp, share, times, zero } from '../decimal.ts'
import type { Ratio } from '../decimal.ts'
import { invoiceItems } from '../invoice-items/invoice-item.ts'
import type { InvoiceItem } from '../invoice-items/invoice-item.ts'
import { amountOf } from '../prices/price-amount.ts'
import { pricingIn } from '../prices/price.ts'
import type { Price } from '../prices/price.ts'
import { products } from '../products/product.ts'
import type { View } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import { priceOfItem, recurringOf } from '../subscription-items/read-item.ts'
import type { SubscriptionItem } from '../subscription-items/subscription-item.ts'
import { cycleAround } from './periods.ts'
import type { Subscription } from './subscription.ts'

/** What an item costs for a whole period; usage is reported elsewhere and costs nothing here. */
export function costOfItem(view: View, item: SubscriptionItem, currency: string): Ratio {
  const price = priceOfItem(view, item)
  const pricing = pricingIn(price, currency)
  if (!pricing || price.recurring?.usage_type === 'metered') return zero
  return amountOf(price, pricing, item.quantity)
}

/** The share of an item's price that falls on the rest of its period, to the second. */
export function prorated(
  view: View,
  subscription: Subscription,
  item: SubscriptionItem,
  from: number,
): number {
  const amount = costOfItem(view, item, subscription.currency)
  const { current_period_start: begun, current_period_end: end } = item
  // The price is that of a whole cycle, also in a first period that an anchor has cut short.
  const cycle = recurringOf(priceOfItem(view, item))
  const start = Math.min(begun, cycleAround(subscription.billing_cycle_anchor, cycle, end - 1).start)
  const rest = Math.min(end - start, Math.max(0, end - from))
  return roundHalfUp(times(amount, share(rest, end - start)))
}

/** Gives back what was paid for time that will not be used. */
export function creditUnused(
  tx: Transaction,
  subscription: Subscription,
  item: SubscriptionItem,
  from: number,
): InvoiceItem | undefined {
  const amount = -prorated(tx, subscription, item, from)
  return prorationItem(tx, subscription, item, { amount, from, what: 'Unused time on' })
}

/** Asks for the rest of the present period. */
export function chargeRemaining(
  tx: Transaction,
  subscription: Subscription,
  item: SubscriptionItem,
  from: number,
): InvoiceItem | undefined {
  const amount = prorated(tx, subscription, item, from)
  return prorationItem(tx, subscription, item, { amount, from, what: 'Remaining time on' })
}

function prorationItem(
  tx: Transaction,
  subscription: Subscription,
  item: SubscriptionItem,
  { amount, from, what }: { amount: number; from: number; what: string },
): InvoiceItem | undefined {
  if (amount === 0) return undefined
  const price = priceOfItem(tx, item)
  const created = tx.put(invoiceItems, {
    id: tx.newId(invoiceItems),
    amount,
    currency: subscription.currency,
    customer: subscription.customer,
    date: tx.now,
    deleted: false,
    description: `${what} ${quantified(tx, price, item.quantity)} after ${dayOf(from)}`,
    discountable: true,
    discounts: item.discounts,
    invoice: null,
    metadata: subscription.metadata,
    period: { start: from, end: item.current_period_end },
    price: price.id,
    product: price.product,
    proration: true,
    quantity: item.quantity,
    subscription: subscription.id,
    subscription_item: item.id,
    tax_rates: item.tax_rates,
    unit_amount_decimal: price.unit_amount_decimal,
  })
  tx.emit('invoiceitem.created', invoiceItems, created)
  return created
}

export function nameOf(view: View, price: Price): string {
  return view.get(products, price.product)?.name ?? price.product
}

function quantified(view: View, price: Price, quantity: number): string {
  return quantity === 1 ? nameOf(view, price) : `${quantity} × ${nameOf(view, price)}`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `01 Nov 2026` */
function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return `${String(date.getUTCDate()).padStart(2, '0')} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`
}
