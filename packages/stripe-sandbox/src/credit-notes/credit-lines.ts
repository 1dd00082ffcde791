import { canonicalDecimal, isDecimal, ratioOf, roundHalfUp, share, times, whole } from '../decimal.ts'
import { lineOfInvoice } from '../invoices/change-lines.ts'
import type { Invoice } from '../invoices/invoice.ts'
import type { InvoiceLine } from '../invoices/invoice-line.ts'
import { calculate, sum } from '../invoices/totals.ts'
import type { Transaction } from '../store/transaction.ts'
import { readTaxRates } from '../tax-rates/routes.ts'
import { invalidParam, missingParam } from '../wire/errors.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import type { CreditNoteLine } from './credit-note.ts'

export interface CreditLineParam {
  amount?: number
  description?: string
  invoice_line_item?: string
  metadata?: MetadataParam
  quantity?: number
  tax_rates?: readonly string[] | ''
  type: 'custom_line_item' | 'invoice_line_item'
  unit_amount?: number
  unit_amount_decimal?: string
}

const CREDIT_LINE = { prefix: 'cnli_', format: () => ({}), indexes: [], table: '', type: '' }

/** @throws StripeError 400 for a line that says too little, or credits more than it was invoiced for */
export function readLine(
  tx: Transaction,
  invoice: Invoice,
  given: CreditLineParam,
  param: string,
): CreditNoteLine {
  return given.type === 'invoice_line_item'
    ? invoicedLine(tx, invoice, given, param)
    : customLine(tx, invoice, given, param)
}

/** What the lines are worth, discounts taken off and exclusive taxes added. */
export function totalOf(lines: readonly CreditNoteLine[]): number {
  return sum(
    lines.map(
      (line) =>
        line.amount -
        sum(line.discount_amounts.map(({ amount }) => amount)) +
        sum(line.taxes.filter(({ inclusive }) => !inclusive).map(({ amount }) => amount)),
    ),
  )
}

function invoicedLine(
  tx: Transaction,
  invoice: Invoice,
  given: CreditLineParam,
  param: string,
): CreditNoteLine {
  if (given.invoice_line_item === undefined) throw missingParam(`${param}[invoice_line_item]`)
  const line = lineOfInvoice(tx, invoice, given.invoice_line_item)
  const quantity = given.amount === undefined ? (given.quantity ?? line.quantity) : null
  const amount =
    given.amount ??
    (quantity === null || line.quantity === 0
      ? line.amount
      : roundHalfUp(times(whole(line.amount), share(quantity, line.quantity))))
  if (amount > line.amount) {
    throw invalidParam(param, `The line ${line.id} was invoiced for less than is to be credited.`)
  }
  const discounts =
    line.amount === 0
      ? []
      : line.discount_amounts.map((one) => ({
          ...one,
          amount: roundHalfUp(times(whole(one.amount), share(amount, line.amount))),
        }))
  return credited(tx, invoice, {
    amount,
    description: given.description ?? line.description,
    discount_amounts: discounts,
    invoice_line_item: line.id,
    metadata: mergeMetadata({}, given.metadata),
    quantity,
    tax_rates: line.tax_rates,
    unit_amount_decimal: line.unit_amount_decimal,
  })
}

function customLine(
  tx: Transaction,
  invoice: Invoice,
  given: CreditLineParam,
  param: string,
): CreditNoteLine {
  const decimal =
    given.unit_amount_decimal ?? (given.unit_amount === undefined ? undefined : String(given.unit_amount))
  if (decimal === undefined) throw missingParam(`${param}[unit_amount]`)
  if (!isDecimal(decimal)) throw invalidParam(`${param}[unit_amount_decimal]`, 'Invalid decimal')
  const quantity = given.quantity ?? 1
  return credited(
    tx,
    { ...invoice, default_tax_rates: [] },
    {
      amount: roundHalfUp(times(ratioOf(decimal), whole(quantity))),
      description: given.description ?? null,
      discount_amounts: [],
      invoice_line_item: null,
      metadata: mergeMetadata({}, given.metadata),
      quantity,
      tax_rates: readTaxRates(tx, given.tax_rates, [], `${param}[tax_rates]`),
      unit_amount_decimal: canonicalDecimal(decimal),
    },
  )
}

/** Taxes come out as they did on the invoice: the same rates, on what is credited. */
function credited(
  tx: Transaction,
  invoice: Invoice,
  line: Omit<CreditNoteLine, 'id' | 'taxes'>,
): CreditNoteLine {
  const net = line.amount - sum(line.discount_amounts.map(({ amount }) => amount))
  const asInvoiced: InvoiceLine = {
    id: 'il_credited',
    invoice: invoice.id,
    amount: net,
    currency: invoice.currency,
    description: null,
    discount_amounts: [],
    discountable: false,
    discounts: [],
    invoice_item: null,
    metadata: {},
    period: { start: tx.now, end: tx.now },
    price: null,
    product: null,
    proration: false,
    quantity: 1,
    subscription: null,
    subscription_item: null,
    tax_rates: line.tax_rates,
    taxes: [],
    unit_amount_decimal: null,
  }
  const { lines } = calculate(tx, { ...invoice, discounts: [] }, [asInvoiced])
  return { ...line, id: tx.newId(CREDIT_LINE), taxes: lines[0]?.taxes ?? [] }
}
