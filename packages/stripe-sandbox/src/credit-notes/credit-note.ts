import { formatTax } from '../invoices/invoice-line.ts'
import type { DiscountAmount, TaxAmount } from '../invoices/invoice-line.ts'
import { sum } from '../invoices/totals.ts'
import { pageUrl } from '../pages/page.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import { taxRates } from '../tax-rates/tax-rate.ts'
import { innerList } from '../wire/lists.ts'
import type { Metadata } from '../wire/metadata.ts'

export interface CreditNoteLine {
  readonly id: string
  readonly amount: number
  readonly description: string | null
  readonly discount_amounts: readonly DiscountAmount[]
  readonly invoice_line_item: string | null
  readonly metadata: Metadata
  readonly quantity: number | null
  readonly tax_rates: readonly string[]
  readonly taxes: readonly TaxAmount[]
  readonly unit_amount_decimal: string | null
}

export interface CreditNote {
  id: string
  created: number
  amount: number
  currency: string
  customer: string
  customer_balance_transaction: string | null
  effective_at: number
  invoice: string
  lines: readonly CreditNoteLine[]
  memo: string | null
  metadata: Metadata
  number: string
  out_of_band_amount: number
  /** Given back of what was paid. */
  post_payment_amount: number
  /** Taken off what was still to pay. */
  pre_payment_amount: number
  reason: string | null
  refunds: readonly { readonly amount_refunded: number; readonly refund: string }[]
  status: 'issued' | 'void'
  voided_at: number | null
}

export const creditNotes: Kind<CreditNote> = {
  table: 'credit_notes',
  type: 'CreditNote',
  prefix: 'cn_',
  idLength: 24,
  noun: 'credit note',
  indexes: ['customer', 'invoice'],
  format: formatCreditNote,
}

export function formatCreditNoteLine(line: CreditNoteLine, view: View): JsonObject {
  return {
    id: line.id,
    object: 'credit_note_line_item',
    amount: line.amount,
    description: line.description,
    discount_amount: sum(line.discount_amounts.map(({ amount }) => amount)),
    discount_amounts: line.discount_amounts,
    ...(line.invoice_line_item === null ? {} : { invoice_line_item: line.invoice_line_item }),
    livemode: view.livemode,
    metadata: line.metadata,
    pretax_credit_amounts: line.discount_amounts.map((one) => ({ ...one, type: 'discount' })),
    quantity: line.quantity,
    tax_rates: line.tax_rates.flatMap((id) => {
      const rate = view.get(taxRates, id)
      return rate ? [taxRates.format(rate, view)] : []
    }),
    taxes: line.taxes.map(formatTax),
    type: line.invoice_line_item === null ? 'custom_line_item' : 'invoice_line_item',
    unit_amount:
      line.unit_amount_decimal !== null && /^-?\d+$/.test(line.unit_amount_decimal)
        ? Number(line.unit_amount_decimal)
        : null,
    unit_amount_decimal: line.unit_amount_decimal,
  }
}

function formatCreditNote(note: CreditNote, view: View): JsonObject {
  const taxes = note.lines.flatMap((line) => line.taxes)
  const reductions = note.lines.flatMap((line) => line.discount_amounts)
  const subtotal = sum(note.lines.map(({ amount }) => amount))
  const inclusive = sum(taxes.filter((tax) => tax.inclusive).map(({ amount }) => amount))
  return {
    id: note.id,
    object: 'credit_note',
    amount: note.amount,
    amount_shipping: 0,
    created: note.created,
    currency: note.currency,
    customer: note.customer,
    customer_account: null,
    customer_balance_transaction: note.customer_balance_transaction,
    discount_amount: sum(reductions.map(({ amount }) => amount)),
    discount_amounts: reductions,
    effective_at: note.effective_at,
    invoice: note.invoice,
    lines: innerList(
      `/v1/credit_notes/${note.id}/lines`,
      note.lines.map((line) => formatCreditNoteLine(line, view)),
    ),
    livemode: view.livemode,
    memo: note.memo,
    metadata: note.metadata,
    number: note.number,
    out_of_band_amount: note.out_of_band_amount === 0 ? null : note.out_of_band_amount,
    // There is no document; the invoice's page is the nearest thing to one.
    pdf: pageUrl(view, 'invoice', note.invoice),
    post_payment_amount: note.post_payment_amount,
    pre_payment_amount: note.pre_payment_amount,
    pretax_credit_amounts: reductions.map((one) => ({ ...one, type: 'discount' })),
    reason: note.reason,
    refunds: note.refunds.map((refund) => ({ ...refund, payment_record_refund: null, type: 'refund' })),
    shipping_cost: null,
    status: note.status,
    subtotal,
    subtotal_excluding_tax: subtotal - inclusive,
    total: note.amount,
    total_excluding_tax: note.amount - sum(taxes.map(({ amount }) => amount)),
    total_taxes: taxes.map(formatTax),
    type: note.pre_payment_amount > 0 ? 'pre_payment' : 'post_payment',
    voided_at: note.voided_at,
  }
}
