import { customers, livingCustomer } from '../customers/customer.ts'
import { redeemDiscounts } from '../discounts/redeem.ts'
import type { DiscountParam } from '../discounts/redeem.ts'
import { lineOf, pendingItems } from '../invoice-items/attach-item.ts'
import { createItem } from '../invoice-items/save-item.ts'
import type { ItemParams } from '../invoice-items/save-item.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { subscriptionSchedules } from '../subscription-schedules/schedule.ts'
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import type { CreateSubscription } from '../subscriptions/create-subscription.ts'
import { pauseSubscription, resumeSubscription } from '../subscriptions/pause-subscription.ts'
import type { PauseSubscription } from '../subscriptions/pause-subscription.ts'
import { renewsAt } from '../subscriptions/renew-subscription.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { updateSubscription } from '../subscriptions/update-subscription.ts'
import type { UpdateSubscription } from '../subscriptions/update-subscription.ts'
import { invalidRequest, missingParam, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { blankInvoice } from './create-invoice.ts'
import { formatInvoice, invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { invoiceLines, linesOf } from './invoice-line.ts'
import { previewRenewal } from './preview-renewal.ts'
import { calculate } from './totals.ts'
import type { Calculated } from './totals.ts'

type Details = Pick<
  UpdateSubscription,
  | 'cancel_at'
  | 'cancel_at_period_end'
  | 'default_tax_rates'
  | 'items'
  | 'proration_behavior'
  | 'proration_date'
  | 'trial_end'
> & {
  billing_cycle_anchor?: { type: 'now' | 'unchanged' | 'timestamp'; timestamp?: number }
  billing_mode?: { type: 'classic' | 'flexible' }
  cancel_now?: boolean
  pause?: PauseSubscription
  resume_at?: 'now'
}

export interface CreatePreview {
  currency?: string
  customer?: string
  discounts?: readonly DiscountParam[] | ''
  invoice_items?: readonly (Omit<ItemParams, 'pricing'> & {
    price?: string
    currency?: string
    unit_amount?: number
  })[]
  schedule?: string
  subscription?: string
  subscription_details?: Details
}

const DETAILS = new Set([
  'billing_cycle_anchor',
  'billing_mode',
  'cancel_at',
  'cancel_at_period_end',
  'cancel_now',
  'default_tax_rates',
  'items',
  'pause',
  'proration_behavior',
  'proration_date',
  'resume_at',
  'trial_end',
])

/**
 * The invoice that would come next. The change is made for real and then undone, so that the preview never says
 * anything else than what will happen.
 *
 * @throws StripeError 400 for what the change itself would be refused for, 404 when no invoice is coming
 */
export function createPreview(tx: Transaction, params: CreatePreview): JsonObject {
  const { now } = tx
  const unknown = Object.keys(params.subscription_details ?? {}).find((name) => !DETAILS.has(name))
  if (unknown !== undefined) {
    throw notInSandbox(`previews with ${unknown}`, `subscription_details[${unknown}]`)
  }
  const { invoice, lines } = upcoming(tx, params)
  const discounted = {
    ...invoice,
    discounts: redeemDiscounts(tx, params.discounts, invoice.discounts, {
      customer: invoice.customer,
      currency: invoice.currency,
    }),
  }
  const previewed: Invoice = {
    ...discounted,
    id: invoice.id.startsWith('upcoming_') ? invoice.id : `upcoming_${invoice.id}`,
    billing_reason: 'upcoming',
    ending_balance: null,
    number: null,
    status: 'draft',
  }
  const calculated = calculate(tx, previewed, lines)
  const shown = calculated.lines.map((line) => ({ ...line, invoice: previewed.id }))
  const answer = formatInvoice(calculated.invoice, shown, tx)
  tx.rollback()
  tx.now = now
  return answer
}

function upcoming(tx: Transaction, params: CreatePreview): Calculated {
  const subscription = subscriptionOf(tx, params)
  if (subscription) {
    addItems(tx, params, subscription.customer, subscription.id)
    return ofChange(tx, subscription, params.subscription_details ?? {})
  }
  if (params.customer === undefined) throw missingParam('customer')
  const customer = livingCustomer(tx, inParam(tx, customers, params.customer, 'customer').id)
  const details = params.subscription_details
  if (details?.items) {
    addItems(tx, params, customer.id, null)
    return ofNew(tx, customer.id, details, params.currency)
  }
  addItems(tx, params, customer.id, null)
  const currency = params.currency ?? customer.currency ?? 'usd'
  const items = pendingItems(tx, customer.id, currency, null)
  if (items.length === 0) throw noneUpcoming(customer.id)
  const blank = blankInvoice(tx, customer, {
    billing_reason: 'upcoming',
    currency,
    subscription: null,
    subscription_metadata: {},
  })
  const lines = items.map((item) => lineOf(item, blank.id, tx.newId(invoiceLines)))
  return calculate(tx, blank, lines.reverse())
}

/** The named subscription, the schedule's, or the customer's that renews first. */
function subscriptionOf(tx: Transaction, params: CreatePreview): Subscription | undefined {
  if (params.subscription !== undefined) {
    return inParam(tx, subscriptions, params.subscription, 'subscription')
  }
  if (params.schedule !== undefined) {
    const schedule = inParam(tx, subscriptionSchedules, params.schedule, 'schedule')
    return schedule.subscription === null ? undefined : tx.get(subscriptions, schedule.subscription)
  }
  if (params.customer === undefined || params.subscription_details?.items) return undefined
  return tx
    .rows(subscriptions, 'customer', params.customer)
    .map(({ entity }) => entity)
    .filter(
      (one) => !isOver(one) && one.status !== 'paused' && (one.cancel_at ?? Infinity) > renewsAt(tx, one),
    )
    .sort((left, right) => renewsAt(tx, left) - renewsAt(tx, right))[0]
}

function ofChange(tx: Transaction, subscription: Subscription, details: Details): Calculated {
  const before = subscription.latest_invoice
  const { billing_cycle_anchor: anchor, cancel_now: cancelNow, pause, resume_at: resumes, ...rest } = details
  if (anchor?.type === 'timestamp') {
    throw notInSandbox('previews of another anchor', 'subscription_details[billing_cycle_anchor]')
  }
  if (cancelNow === true) {
    cancelSubscription(tx, subscription, {
      invoice_now: true,
      prorate: rest.proration_behavior !== 'none',
    })
  } else if (pause !== undefined) {
    pauseSubscription(tx, subscription, pause)
  } else if (resumes === 'now') {
    const { proration_behavior: prorates } = rest
    resumeSubscription(
      tx,
      subscription,
      {
        ...(anchor ? { billing_cycle_anchor: { type: anchor.type } } : {}),
        ...(prorates === undefined ? {} : { proration_behavior: prorates }),
      },
      'default_incomplete',
    )
  } else if (Object.keys(details).length > 0) {
    updateSubscription(tx, subscription, {
      ...rest,
      ...(anchor ? { billing_cycle_anchor: { type: anchor.type } } : {}),
      // Nothing is charged for a preview.
      payment_behavior: 'default_incomplete',
    })
  }
  const changed = tx.get(subscriptions, subscription.id) ?? subscription
  const made = changed.latest_invoice === before ? undefined : tx.get(invoices, changed.latest_invoice ?? '')
  if (made) return { invoice: made, lines: linesOf(tx, made.id) }
  const renews = renewsAt(tx, changed)
  const ends = isOver(changed) || changed.status === 'paused' || (changed.cancel_at ?? Infinity) <= renews
  if (ends && pendingItems(tx, changed.customer, changed.currency, changed.id).length === 0) {
    throw noneUpcoming(changed.customer)
  }
  return previewRenewal(tx, changed, ends ? Math.min(renews, tx.now) : renews)
}

function ofNew(
  tx: Transaction,
  customer: string,
  details: Details,
  currency: string | undefined,
): Calculated {
  const { billing_cycle_anchor: { timestamp: anchor } = {}, proration_behavior: prorates } = details
  const params: CreateSubscription = {
    customer,
    payment_behavior: 'default_incomplete',
    items: details.items ?? [],
    ...(currency === undefined ? {} : { currency }),
    ...(details.default_tax_rates === undefined ? {} : { default_tax_rates: details.default_tax_rates }),
    ...(details.trial_end === undefined ? {} : { trial_end: details.trial_end }),
    ...(details.billing_mode === undefined ? {} : { billing_mode: details.billing_mode }),
    ...(anchor === undefined ? {} : { billing_cycle_anchor: anchor }),
    ...(prorates === undefined ? {} : { proration_behavior: prorates }),
  }
  const created = createSubscription(tx, params)
  const first = tx.get(invoices, created.latest_invoice ?? '')
  if (!first) throw new Error(`a subscription without a first invoice: ${created.id}`)
  return { invoice: { ...first, subscription: null }, lines: linesOf(tx, first.id) }
}

function addItems(
  tx: Transaction,
  params: CreatePreview,
  customer: string,
  subscription: string | null,
): void {
  for (const { price, currency, unit_amount: unit, ...item } of params.invoice_items ?? []) {
    createItem(
      tx,
      {
        ...item,
        ...(price === undefined ? {} : { pricing: { price } }),
        ...(unit === undefined ? {} : { unit_amount_decimal: String(unit) }),
      },
      { customer, invoice: null, subscription, ...(currency === undefined ? {} : { currency }) },
    )
  }
}

function noneUpcoming(customer: string) {
  return invalidRequest(`No upcoming invoices for customer: ${customer}`, {
    status: 404,
    code: 'invoice_upcoming_none',
  })
}
