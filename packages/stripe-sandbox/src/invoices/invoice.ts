import { customers } from '../customers/customer.ts'
import { pageUrl } from '../pages/page.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import { invoicePayments } from '../invoice-payments/invoice-payment.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import { taxRates } from '../tax-rates/tax-rate.ts'
import type { Address, Shipping } from '../wire/contact.ts'
import { innerList } from '../wire/lists.ts'
import type { Metadata } from '../wire/metadata.ts'
import { formatTax, invoiceLines, linesOf } from './invoice-line.ts'
import type { DiscountAmount, InvoiceLine, TaxAmount } from './invoice-line.ts'

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'

export type BillingReason =
  | 'manual'
  | 'subscription_create'
  | 'subscription_cycle'
  | 'subscription_update'
  | 'upcoming'

/** The customer as it was when the invoice was finalized. */
export type InvoicedCustomer = {
  readonly address: Address | null
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
  readonly shipping: Shipping | null
  readonly tax_exempt: string
}

export interface Invoice {
  id: string
  created: number
  deleted: boolean
  amount_due: number
  amount_paid: number
  /** Of that, what was paid elsewhere. */
  amount_paid_off_stripe: number
  attempt_count: number
  attempted: boolean
  auto_advance: boolean
  automatically_finalizes_at: number | null
  billing_reason: BillingReason
  collection_method: 'charge_automatically' | 'send_invoice'
  currency: string
  custom_fields: readonly { readonly name: string; readonly value: string }[] | null
  customer: string
  days_until_due: number | null
  default_payment_method: string | null
  default_tax_rates: readonly string[]
  description: string | null
  discounts: readonly string[]
  due_date: number | null
  effective_at: number | null
  ending_balance: number | null
  footer: string | null
  invoiced: InvoicedCustomer
  metadata: Metadata
  next_payment_attempt: number | null
  number: string | null
  /** Not paid when it was due, and the event has gone out. */
  overdue_announced: boolean
  /** What the default payment goes through; none for nothing to pay. */
  payment_intent: string | null
  period_end: number
  period_start: number
  post_payment_credit_notes_amount: number
  pre_payment_credit_notes_amount: number
  shipping_details: Shipping | null
  starting_balance: number
  statement_descriptor: string | null
  status: InvoiceStatus
  status_transitions: {
    readonly finalized_at: number | null
    readonly marked_uncollectible_at: number | null
    readonly paid_at: number | null
    readonly voided_at: number | null
  }
  subscription: string | null
  /** The subscription's metadata when the invoice was made. */
  subscription_metadata: Metadata
  subtotal: number
  subtotal_excluding_tax: number
  total: number
  total_discount_amounts: readonly DiscountAmount[]
  total_excluding_tax: number
  total_taxes: readonly TaxAmount[]
}

export const invoices: Kind<Invoice> = {
  table: 'invoices',
  type: 'Invoice',
  prefix: 'in_',
  idLength: 24,
  noun: 'invoice',
  indexes: ['customer', 'status', 'subscription'],
  isDeleted: (invoice) => invoice.deleted,
  format: (invoice, view) => formatInvoice(invoice, linesOf(view, invoice.id), view),
  includes: {
    confirmation_secret: ({ payment_intent: id }, view) => {
      const intent = id === null ? undefined : view.get(paymentIntents, id)
      return intent ? { client_secret: intent.client_secret, type: 'payment_intent' } : null
    },
    payments: ({ id }, view) => {
      const newestFirst = view
        .rows(invoicePayments, 'invoice', id)
        .map(({ entity }) => invoicePayments.format(entity, view))
        .reverse()
      return innerList('/v1/invoice_payments', newestFirst)
    },
  },
}

export function amountRemaining(invoice: Invoice): number {
  return invoice.status === 'paid' ? 0 : Math.max(0, invoice.amount_due - invoice.amount_paid)
}

/** @param lines newest first; a preview's are stored nowhere */
export function formatInvoice(invoice: Invoice, lines: readonly InvoiceLine[], view: View): JsonObject {
  const { invoiced } = invoice
  const formatted = lines.map((line) => invoiceLines.format(line, view))
  return {
    id: invoice.id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Sandbox',
    account_tax_ids: null,
    amount_due: invoice.amount_due,
    amount_overpaid: 0,
    amount_paid: invoice.amount_paid,
    amount_paid_off_stripe: invoice.amount_paid_off_stripe,
    amount_remaining: amountRemaining(invoice),
    amount_shipping: 0,
    application: null,
    attempt_count: invoice.attempt_count,
    attempted: invoice.attempted,
    auto_advance: invoice.auto_advance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: invoice.automatically_finalizes_at,
    billing_reason: invoice.billing_reason,
    collection_method: invoice.collection_method,
    created: invoice.created,
    currency: invoice.currency,
    custom_fields: invoice.custom_fields,
    customer: invoice.customer,
    customer_account: null,
    customer_address: invoiced.address,
    customer_email: invoiced.email,
    customer_name: invoiced.name,
    customer_phone: invoiced.phone,
    customer_shipping: invoiced.shipping,
    customer_tax_exempt: invoiced.tax_exempt,
    customer_tax_ids: [],
    default_payment_method: invoice.default_payment_method,
    default_source: null,
    default_tax_rates: invoice.default_tax_rates.flatMap((id) => {
      const rate = view.get(taxRates, id)
      return rate ? [taxRates.format(rate, view)] : []
    }),
    description: invoice.description,
    discounts: invoice.discounts,
    due_date: invoice.due_date,
    effective_at: invoice.effective_at,
    ending_balance: invoice.ending_balance,
    footer: invoice.footer,
    from_invoice: null,
    hosted_invoice_url: invoice.number === null ? null : hostedUrl(invoice, view),
    invoice_pdf: invoice.number === null ? null : hostedUrl(invoice, view),
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: innerList(`/v1/invoices/${invoice.id}/lines`, formatted),
    livemode: view.livemode,
    metadata: invoice.metadata,
    next_payment_attempt: invoice.next_payment_attempt,
    number: invoice.number,
    on_behalf_of: null,
    parent: parentOf(invoice),
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: invoice.period_end,
    period_start: invoice.period_start,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: invoice.shipping_details,
    starting_balance: invoice.starting_balance,
    statement_descriptor: invoice.statement_descriptor,
    status: invoice.status,
    status_transitions: invoice.status_transitions,
    subtotal: invoice.subtotal,
    subtotal_excluding_tax: invoice.subtotal_excluding_tax,
    test_clock: view.get(customers, invoice.customer)?.test_clock ?? null,
    total: invoice.total,
    total_discount_amounts: invoice.total_discount_amounts,
    total_excluding_tax: invoice.total_excluding_tax,
    total_pretax_credit_amounts: invoice.total_discount_amounts.map((one) => ({ ...one, type: 'discount' })),
    total_taxes: invoice.total_taxes.map(formatTax),
    webhooks_delivered_at: invoice.created,
  }
}

/** Where the customer sees and pays the invoice. */
function hostedUrl(invoice: Invoice, view: View): string {
  return pageUrl(view, 'invoice', invoice.id)
}

function parentOf(invoice: Invoice): JsonObject | null {
  return invoice.subscription === null
    ? null
    : {
        quote_details: null,
        subscription_details: {
          metadata: invoice.subscription_metadata,
          subscription: invoice.subscription,
        },
        type: 'subscription_details',
      }
}
