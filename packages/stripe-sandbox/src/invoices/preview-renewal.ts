import { customers } from '../customers/customer.ts'
import { lineOf, pendingItems } from '../invoice-items/attach-item.ts'
import type { Transaction } from '../store/transaction.ts'
import { priceOfItem, recurringOf } from '../subscription-items/read-item.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import { activeDiscounts, lineFor } from '../subscriptions/bill.ts'
import { cycleAround } from '../subscriptions/periods.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { blankInvoice } from './create-invoice.ts'
import { invoiceLines } from './invoice-line.ts'
import { calculate } from './totals.ts'
import type { Calculated } from './totals.ts'

/** The invoice of the next renewal as it would be now. Stores nothing. */
export function previewRenewal(tx: Transaction, subscription: Subscription, renews: number): Calculated {
  const customer = tx.get(customers, subscription.customer)
  if (!customer) throw new Error(`a subscription without a customer: ${subscription.id}`)
  const over = itemsOf(tx, subscription.id).filter((item) => item.current_period_end <= renews)
  const blank = blankInvoice(tx, customer, {
    billing_reason: 'upcoming',
    currency: subscription.currency,
    subscription: subscription.id,
    subscription_metadata: subscription.metadata,
  })
  const invoice = {
    ...blank,
    id: `upcoming_${blank.id}`,
    created: renews,
    auto_advance: true,
    collection_method: subscription.collection_method,
    default_tax_rates: subscription.default_tax_rates,
    discounts: activeDiscounts(tx, subscription, renews),
    period_end: renews,
    period_start: Math.min(renews, ...over.map((item) => item.current_period_start)),
  }
  const next = over.map((item) => {
    const cycle = cycleAround(subscription.billing_cycle_anchor, recurringOf(priceOfItem(tx, item)), renews)
    const renewed = { ...item, current_period_start: item.current_period_end, current_period_end: cycle.end }
    return lineFor(tx, subscription, invoice.id, renewed, undefined)
  })
  const pending = pendingItems(tx, subscription.customer, subscription.currency, subscription.id)
  const extra = pending.map((item) => lineOf(item, invoice.id, tx.newId(invoiceLines)))
  return calculate(tx, invoice, [...extra.reverse(), ...next])
}
