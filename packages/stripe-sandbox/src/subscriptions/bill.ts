import { customers } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { discountsOfCustomer, spendCustomerDiscount } from '../customers/customer-discount.ts'
import { roundHalfUp } from '../decimal.ts'
import { endDiscount } from '../discounts/redeem.ts'
import { discounts } from '../discounts/discount.ts'
import { attachItems, pendingItems } from '../invoice-items/attach-item.ts'
import { DRAFT_SECONDS, blankInvoice, recalculate } from '../invoices/create-invoice.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import { invoices } from '../invoices/invoice.ts'
import type { BillingReason, Invoice } from '../invoices/invoice.ts'
import { invoiceLines } from '../invoices/invoice-line.ts'
import type { InvoiceLine } from '../invoices/invoice-line.ts'
import { attemptPayment, current, defaultMethod, nothingToPayWith } from '../invoices/pay-invoice.ts'
import { formatAmount } from '../money.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import { billedUnits } from '../prices/price-amount.ts'
import type { Price } from '../prices/price.ts'
import { integerOf } from '../decimal.ts'
import type { Transaction } from '../store/transaction.ts'
import { priceOfItem } from '../subscription-items/read-item.ts'
import type { SubscriptionItem } from '../subscription-items/subscription-item.ts'
import { StripeError } from '../wire/errors.ts'
import type { Period } from './periods.ts'
import { costOfItem, nameOf, prorated } from './prorate.ts'
import { subscriptions } from './subscription.ts'
import type { Subscription } from './subscription.ts'

export type PaymentBehavior =
  | 'allow_incomplete'
  | 'default_incomplete'
  | 'error_if_incomplete'
  | 'pending_if_incomplete'

const DAY_SECONDS = 24 * 60 * 60

export interface Billing {
  reason: BillingReason
  /** Items whose present period is paid for with this invoice. */
  items: readonly SubscriptionItem[]
  /** What the invoice says its period is; now unless given. */
  period?: Period
  /** Bills only the rest of the first period, from this moment. */
  from?: number
}

/** A draft with a line for each item, everything that was pending, and the subscription's discounts. */
export function draftFor(tx: Transaction, subscription: Subscription, billing: Billing): Invoice {
  const customer = tx.get(customers, subscription.customer)
  if (!customer) throw new Error(`a subscription without a customer: ${subscription.id}`)
  const due = subscription.days_until_due
  const draft: Invoice = {
    ...blankInvoice(tx, customer, {
      billing_reason: billing.reason,
      currency: subscription.currency,
      subscription: subscription.id,
      subscription_metadata: subscription.metadata,
    }),
    auto_advance: true,
    automatically_finalizes_at: tx.now + DRAFT_SECONDS,
    collection_method: subscription.collection_method,
    days_until_due: due,
    default_tax_rates: subscription.default_tax_rates,
    discounts: discountsFor(tx, subscription, customer),
    due_date:
      subscription.collection_method === 'send_invoice' && due !== null ? tx.now + due * DAY_SECONDS : null,
    period_end: billing.period?.end ?? tx.now,
    period_start: billing.period?.start ?? tx.now,
  }
  tx.put(invoices, draft)
  // Lists show the last line first.
  for (const item of billing.items.toReversed()) {
    tx.put(invoiceLines, lineFor(tx, subscription, draft.id, item, billing.from))
  }
  attachItems(tx, draft, pendingItems(tx, subscription.customer, subscription.currency, subscription.id))
  const calculated = recalculate(tx, draft)
  tx.emit('invoice.created', invoices, calculated)
  if (calculated.subtotal > 0) spendCustomerDiscount(tx, customer.id, draft.discounts)
  const known = tx.get(subscriptions, subscription.id) ?? subscription
  tx.put(subscriptions, {
    ...known,
    latest_invoice: draft.id,
    discounts: calculated.subtotal === 0 ? known.discounts : spendDiscounts(tx, known),
  })
  return calculated
}

/** Finalizes at once and collects in the way that was asked for. @throws StripeError 402 with `error_if_incomplete` */
export function collect(tx: Transaction, draft: Invoice, behavior: PaymentBehavior): Invoice {
  // What is sent by mail waits its hour as a draft.
  if (draft.collection_method === 'send_invoice') return draft
  const first = draft.billing_reason === 'subscription_create'
  const open = finalizeInvoice(tx, { ...draft, auto_advance: !first })
  if (open.status !== 'open') return open
  const method = defaultMethod(tx, open)
  if (behavior === 'default_incomplete') {
    const intent = open.payment_intent === null ? undefined : tx.get(paymentIntents, open.payment_intent)
    if (method && intent) {
      tx.put(paymentIntents, { ...intent, payment_method: method.id, status: 'requires_confirmation' })
    }
    return open
  }
  if (!method) throw nothingToPayWith()
  const outcome = attemptPayment(tx, open, method)
  if (behavior === 'error_if_incomplete' && 'refused' in outcome) throw incomplete(outcome.refused)
  return current(tx, open)
}

function incomplete(refused: StripeError): StripeError {
  if (refused.error.code !== 'invoice_payment_intent_requires_action') return refused
  return new StripeError(
    'card_error',
    'Payment for this subscription requires additional user action before it can be completed successfully. Payment can be ' +
      "completed using the PaymentIntent associated with subscription's latest invoice. If you would like to update the " +
      'subscription without completing payment, you can set payment_behavior to `allow_incomplete`.',
    { status: 402, code: 'subscription_payment_intent_requires_action' },
  )
}

export function lineFor(
  tx: Transaction,
  subscription: Subscription,
  invoice: string,
  item: SubscriptionItem,
  from: number | undefined,
): InvoiceLine {
  const price = priceOfItem(tx, item)
  const trialing = subscription.trial_end !== null && item.current_period_end <= subscription.trial_end
  const cost = costOfItem(tx, item, subscription.currency)
  return {
    id: tx.newId(invoiceLines),
    invoice,
    amount: trialing ? 0 : from === undefined ? roundHalfUp(cost) : prorated(tx, subscription, item, from),
    currency: subscription.currency,
    description: trialing ? `Trial period for ${nameOf(tx, price)}` : describe(tx, price, item.quantity),
    discount_amounts: [],
    discountable: true,
    discounts: item.discounts,
    invoice_item: null,
    metadata: subscription.metadata,
    period: { start: from ?? item.current_period_start, end: item.current_period_end },
    price: price.id,
    product: price.product,
    proration: false,
    quantity: price.recurring?.usage_type === 'metered' ? 0 : item.quantity,
    subscription: subscription.id,
    subscription_item: item.id,
    tax_rates: item.tax_rates,
    taxes: [],
    unit_amount_decimal: price.unit_amount_decimal,
  }
}

/** `2 × Gold (at $10.00 / month)` */
function describe(tx: Transaction, price: Price, quantity: number): string {
  const name = `${billedUnits(price, quantity)} × ${nameOf(tx, price)}`
  const unit = integerOf(price.unit_amount_decimal)
  const cycle = price.recurring
  if (!cycle || unit === null) return name
  const every =
    cycle.interval_count === 1 ? cycle.interval : `every ${cycle.interval_count} ${cycle.interval}s`
  return `${name} (at ${formatAmount(unit, price.currency)} / ${every})`
}

/** The subscription's own discounts come before the customer's. */
function discountsFor(tx: Transaction, subscription: Subscription, customer: Customer): readonly string[] {
  const own = activeDiscounts(tx, subscription)
  return own.length > 0 ? own : discountsOfCustomer(tx, customer)
}

export function activeDiscounts(tx: Transaction, subscription: Subscription, at = tx.now): readonly string[] {
  return subscription.discounts.filter((id) => {
    const discount = tx.get(discounts, id)
    return discount && (discount.end === null || discount.end > at)
  })
}

/** A coupon for once ends with the first invoice that it was good for. */
function spendDiscounts(tx: Transaction, subscription: Subscription): readonly string[] {
  const [kept, spent]: [string[], string[]] = [[], []]
  for (const id of subscription.discounts) {
    const discount = tx.get(discounts, id)
    const over = discount?.coupon.duration === 'once' || (discount?.end ?? Infinity) <= tx.now
    ;(over ? spent : kept).push(id)
  }
  for (const id of spent) endDiscount(tx, id)
  return kept
}
