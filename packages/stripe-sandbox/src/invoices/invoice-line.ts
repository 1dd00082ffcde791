import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type DiscountAmount = { readonly amount: number; readonly discount: string }

export type TaxAmount = {
  readonly amount: number
  readonly inclusive: boolean
  readonly rate: string
  readonly reason: string
  readonly taxable_amount: number
}

export interface InvoiceLine {
  id: string
  /** '' once the line has been taken away. */
  invoice: string
  /** Before discounts and exclusive taxes. */
  amount: number
  currency: string
  description: string | null
  discount_amounts: readonly DiscountAmount[]
  discountable: boolean
  discounts: readonly string[]
  invoice_item: string | null
  metadata: Metadata
  period: { readonly start: number; readonly end: number }
  price: string | null
  product: string | null
  proration: boolean
  quantity: number
  subscription: string | null
  subscription_item: string | null
  /** Instead of the invoice's own; empty for those. */
  tax_rates: readonly string[]
  taxes: readonly TaxAmount[]
  unit_amount_decimal: string | null
}

export const invoiceLines: Kind<InvoiceLine> = {
  table: 'invoice_lines',
  type: 'InvoiceLineItem',
  prefix: 'il_',
  idLength: 24,
  noun: 'line item',
  indexes: ['invoice', 'invoice_item'],
  format: (line, view) => ({
    id: line.id,
    object: 'line_item',
    amount: line.amount,
    currency: line.currency,
    description: line.description,
    discount_amounts: line.discount_amounts,
    discountable: line.discountable,
    discounts: line.discounts,
    invoice: line.invoice,
    livemode: view.livemode,
    metadata: line.metadata,
    parent: parentOf(line),
    period: line.period,
    pretax_credit_amounts: line.discount_amounts.map((one) => ({ ...one, type: 'discount' })),
    pricing: formatPricing(line),
    quantity: line.quantity,
    quantity_decimal: String(line.quantity),
    subscription: line.subscription,
    subtotal: line.amount,
    taxes: line.taxes.map(formatTax),
  }),
}

/** The last that was added is the first of the list. */
export function linesOf(view: View, invoice: string): InvoiceLine[] {
  return view
    .rows(invoiceLines, 'invoice', invoice)
    .map(({ entity }) => entity)
    .reverse()
}

export function formatPricing(
  line: Pick<InvoiceLine, 'price' | 'product' | 'unit_amount_decimal'>,
): JsonObject | null {
  return {
    ...(line.price === null ? {} : { price_details: { price: line.price, product: line.product } }),
    type: 'price_details',
    unit_amount_decimal: line.unit_amount_decimal,
  }
}

export function formatTax(tax: TaxAmount): JsonObject {
  return {
    amount: tax.amount,
    tax_behavior: tax.inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: tax.rate },
    taxability_reason: tax.reason,
    taxable_amount: tax.taxable_amount,
    type: 'tax_rate_details',
  }
}

function parentOf(line: InvoiceLine): JsonObject {
  const proration = { proration: line.proration, proration_details: { credited_items: null } }
  return line.subscription_item === null
    ? {
        invoice_item_details: {
          invoice_item: line.invoice_item,
          ...proration,
          subscription: line.subscription,
        },
        subscription_item_details: null,
        type: 'invoice_item_details',
      }
    : {
        invoice_item_details: null,
        subscription_item_details: {
          invoice_item: line.invoice_item,
          ...proration,
          subscription: line.subscription,
          subscription_item: line.subscription_item,
        },
        type: 'subscription_item_details',
      }
}
