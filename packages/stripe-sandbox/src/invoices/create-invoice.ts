import { customers, livingCustomer } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { discountsOfCustomer } from '../customers/customer-discount.ts'
import { redeemDiscounts } from '../discounts/redeem.ts'
import type { DiscountParam } from '../discounts/redeem.ts'
import { attachItems, pendingItems } from '../invoice-items/attach-item.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { Transaction } from '../store/transaction.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import { readTaxRates } from '../tax-rates/routes.ts'
import { shippingOr, textOr } from '../wire/contact.ts'
import type { ShippingParam } from '../wire/contact.ts'
import { invalidParam, invalidRequest, missingParam } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { invoices } from './invoice.ts'
import type { BillingReason, Invoice, InvoicedCustomer } from './invoice.ts'
import { invoiceLines, linesOf } from './invoice-line.ts'
import { calculate } from './totals.ts'

export interface InvoiceParams {
  auto_advance?: boolean
  automatically_finalizes_at?: number
  collection_method?: 'charge_automatically' | 'send_invoice'
  custom_fields?: Invoice['custom_fields'] | ''
  days_until_due?: number
  default_payment_method?: string
  default_tax_rates?: readonly string[] | ''
  description?: string
  discounts?: readonly DiscountParam[] | ''
  due_date?: number
  effective_at?: number
  footer?: string
  metadata?: MetadataParam
  number?: string
  shipping_details?: ShippingParam | ''
  statement_descriptor?: string
}

export interface CreateInvoice extends InvoiceParams {
  currency?: string
  customer?: string
  pending_invoice_items_behavior?: 'exclude' | 'include'
  subscription?: string
}

/** Stripe leaves a draft open to changes for about an hour. */
export const DRAFT_SECONDS = 60 * 60

const DAY_SECONDS = 24 * 60 * 60

/** @throws StripeError 400 for wrong or contradicting fields */
export function createInvoice(tx: Transaction, params: CreateInvoice): Invoice {
  if (params.customer === undefined) throw missingParam('customer')
  const customer = livingCustomer(tx, inParam(tx, customers, params.customer, 'customer').id)
  const subscription =
    params.subscription === undefined
      ? undefined
      : inParam(tx, subscriptions, params.subscription, 'subscription')
  if (subscription && subscription.customer !== customer.id) {
    throw invalidParam('subscription', 'The subscription does not belong to the customer.')
  }
  const currency =
    params.currency === undefined
      ? (subscription?.currency ?? customer.currency ?? 'usd')
      : readCurrency(params.currency)
  const blank = blankInvoice(tx, customer, {
    currency,
    billing_reason: 'manual',
    subscription: subscription?.id ?? null,
    subscription_metadata: subscription?.metadata ?? {},
  })
  const invoice = tx.put(invoices, withParams(tx, blank, params))
  const items =
    params.pending_invoice_items_behavior === 'include' || subscription
      ? pendingItems(tx, customer.id, currency, subscription?.id ?? null)
      : []
  attachItems(tx, invoice, items)
  const calculated = recalculate(tx, invoice)
  tx.emit('invoice.created', invoices, calculated)
  return calculated
}

/** @throws StripeError 400 for fields that contradict each other, or that a finalized invoice no longer takes */
export function updateInvoice(tx: Transaction, invoice: Invoice, params: InvoiceParams): Invoice {
  const fixed = Object.keys(params).find((name) => !AFTER_FINALIZATION.has(name))
  if (fixed !== undefined && invoice.status !== 'draft') {
    throw invalidRequest("Finalized invoices can't be updated in this way.", {
      code: 'invoice_not_editable',
      param: fixed,
    })
  }
  const changed = withParams(tx, invoice, params)
  const calculated = invoice.status === 'draft' ? calculate(tx, changed, linesOf(tx, invoice.id)) : undefined
  for (const line of calculated?.lines ?? []) tx.put(invoiceLines, line)
  return tx.update('invoice.updated', invoices, calculated?.invoice ?? changed)
}

const AFTER_FINALIZATION = new Set([
  'auto_advance',
  'default_payment_method',
  'description',
  'metadata',
  'expand',
])

/** Works out a draft's sums anew and stores them, without an event. */
export function recalculate(tx: Transaction, invoice: Invoice): Invoice {
  const calculated = calculate(tx, invoice, linesOf(tx, invoice.id))
  for (const line of calculated.lines) tx.put(invoiceLines, line)
  return tx.put(invoices, calculated.invoice)
}

export function blankInvoice(
  tx: Transaction,
  customer: Customer,
  about: Pick<Invoice, 'currency' | 'subscription' | 'subscription_metadata'> & {
    billing_reason: BillingReason
  },
): Invoice {
  return {
    ...about,
    id: tx.newId(invoices),
    created: tx.now,
    deleted: false,
    amount_due: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatically_finalizes_at: null,
    collection_method: 'charge_automatically',
    custom_fields: customer.invoice_settings.custom_fields,
    customer: customer.id,
    days_until_due: null,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: discountsOfCustomer(tx, customer),
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: customer.invoice_settings.footer,
    invoiced: invoicedCustomer(customer),
    metadata: {},
    next_payment_attempt: null,
    number: null,
    overdue_announced: false,
    payment_intent: null,
    period_end: tx.now,
    period_start: tx.now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_taxes: [],
  }
}

export function invoicedCustomer(customer: Customer): InvoicedCustomer {
  const { address, email, name, phone, shipping, tax_exempt } = customer
  return { address, email, name, phone, shipping, tax_exempt }
}

function withParams(tx: Transaction, invoice: Invoice, params: InvoiceParams): Invoice {
  const method = params.collection_method ?? invoice.collection_method
  const days = params.days_until_due ?? invoice.days_until_due
  const due = params.due_date ?? (days === null ? invoice.due_date : tx.now + days * DAY_SECONDS)
  checkDue(tx, params, method, due)
  const autoAdvance = params.auto_advance ?? invoice.auto_advance
  const payment = params.default_payment_method
  if (payment !== undefined && payment !== '') checkMethod(tx, payment, invoice.customer)
  return {
    ...invoice,
    auto_advance: autoAdvance,
    automatically_finalizes_at:
      invoice.status === 'draft' && autoAdvance
        ? (params.automatically_finalizes_at ??
          invoice.automatically_finalizes_at ??
          invoice.created + DRAFT_SECONDS)
        : null,
    collection_method: method,
    custom_fields: params.custom_fields === '' ? null : (params.custom_fields ?? invoice.custom_fields),
    days_until_due: days,
    default_payment_method: textOr(invoice.default_payment_method, payment),
    default_tax_rates: readTaxRates(
      tx,
      params.default_tax_rates,
      invoice.default_tax_rates,
      'default_tax_rates',
    ),
    description: textOr(invoice.description, params.description),
    discounts: redeemDiscounts(tx, params.discounts, invoice.discounts, {
      customer: invoice.customer,
      currency: invoice.currency,
      ...(invoice.subtotal > 0 ? { amount: invoice.subtotal } : {}),
      invoice: invoice.id,
    }),
    due_date: method === 'send_invoice' ? due : null,
    effective_at: params.effective_at ?? invoice.effective_at,
    footer: textOr(invoice.footer, params.footer),
    metadata: mergeMetadata(invoice.metadata, params.metadata),
    number: textOr(invoice.number, params.number),
    shipping_details: shippingOr(invoice.shipping_details, params.shipping_details),
    statement_descriptor: textOr(invoice.statement_descriptor, params.statement_descriptor),
  }
}

function checkDue(tx: Transaction, params: InvoiceParams, method: string, due: number | null): void {
  if (params.days_until_due !== undefined && params.due_date !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: days_until_due, due_date.', {
      stored: false,
    })
  }
  const given = params.due_date === undefined ? 'days_until_due' : 'due_date'
  if (method === 'charge_automatically' && params[given] !== undefined) {
    throw invalidParam(given, `You can only set \`${given}\` if \`collection_method=send_invoice\`.`)
  }
  if (method === 'send_invoice' && due === null) {
    throw invalidRequest(
      'You must specify `days_until_due` or `due_date` when `collection_method=send_invoice`.',
      { param: 'days_until_due', code: 'parameter_missing' },
    )
  }
  if (params.due_date !== undefined && params.due_date < tx.now) {
    throw invalidParam('due_date', 'The due date must be in the future.')
  }
}

/** @throws StripeError 400 when the method is not the customer's own */
export function checkMethod(
  tx: Transaction,
  id: string,
  customer: string,
  param = 'default_payment_method',
): void {
  const method = inParam(tx, paymentMethods, id, param)
  if (method.customer !== customer) {
    throw invalidParam(
      param,
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      'resource_missing',
    )
  }
}
