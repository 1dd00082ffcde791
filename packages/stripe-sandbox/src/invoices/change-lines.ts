import { attachItems, deleteItem, detachItem, itemChanged } from '../invoice-items/attach-item.ts'
import { invoiceItems } from '../invoice-items/invoice-item.ts'
import type { InvoiceItem } from '../invoice-items/invoice-item.ts'
import { createItem, updateItem } from '../invoice-items/save-item.ts'
import type { ItemParams } from '../invoice-items/save-item.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam } from '../wire/errors.ts'
import { inParam, missing } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { recalculate } from './create-invoice.ts'
import { draftInvoice } from './draft-invoice.ts'
import { invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { invoiceLines } from './invoice-line.ts'
import type { InvoiceLine } from './invoice-line.ts'

interface ChangeLines {
  invoice_metadata?: MetadataParam
}

export interface AddLines extends ChangeLines {
  lines: readonly (ItemParams & { invoice_item?: string })[]
}

export interface UpdateLines extends ChangeLines {
  lines: readonly (ItemParams & { id: string })[]
}

export interface RemoveLines extends ChangeLines {
  lines: readonly { behavior: 'delete' | 'unassign'; id: string }[]
}

/** New lines, or pending items that the invoice takes over. @throws StripeError 400 unless a draft */
export function addLines(tx: Transaction, given: Invoice, params: AddLines): Invoice {
  const invoice = draftInvoice(given)
  const { customer, currency, subscription } = invoice
  for (const [position, line] of params.lines.entries()) {
    const { invoice_item: pending, ...item } = line
    const added =
      pending === undefined
        ? createItem(tx, item, { customer, currency, invoice: invoice.id, subscription })
        : pendingItem(tx, pending, invoice, `lines[${position}][invoice_item]`)
    attachItems(tx, invoice, [added])
  }
  return changed(tx, invoice, params)
}

/** @throws StripeError 400 unless a draft, 404 for a line that is not the invoice's */
export function updateLines(tx: Transaction, given: Invoice, params: UpdateLines): Invoice {
  const invoice = draftInvoice(given)
  for (const { id, ...line } of params.lines) updateLine(tx, lineOfInvoice(tx, invoice, id), line)
  return changed(tx, invoice, params)
}

/** @throws StripeError 400 unless a draft, 404 for a line that is not the invoice's */
export function removeLines(tx: Transaction, given: Invoice, params: RemoveLines): Invoice {
  const invoice = draftInvoice(given)
  for (const { id, behavior } of params.lines) {
    const line = lineOfInvoice(tx, invoice, id)
    const item = itemOf(tx, line)
    if (!item) tx.put(invoiceLines, { ...line, invoice: '' })
    else if (behavior === 'delete') deleteItem(tx, item)
    else detachItem(tx, item)
  }
  return changed(tx, invoice, params)
}

/** A line changes through its item; a subscription's own line has none and changes itself. */
export function updateLine(tx: Transaction, line: InvoiceLine, params: ItemParams): void {
  const item = itemOf(tx, line)
  if (item) {
    itemChanged(tx, updateItem(tx, item, params))
    return
  }
  if (params.amount !== undefined || params.quantity !== undefined || params.pricing || params.price_data) {
    throw invalidParam('lines', "The amount of a subscription's own line follows from the subscription.")
  }
  tx.put(invoiceLines, {
    ...line,
    description: params.description ?? line.description,
    discountable: params.discountable ?? line.discountable,
    metadata: mergeMetadata(line.metadata, params.metadata),
    period: params.period ?? line.period,
  })
}

/** @throws StripeError 404 */
export function lineOfInvoice(tx: Transaction, invoice: Invoice, id: string): InvoiceLine {
  const line = tx.get(invoiceLines, id)
  if (line?.invoice === invoice.id) return line
  throw missing(invoiceLines, id, { param: 'id', status: 404 })
}

function itemOf(tx: Transaction, line: InvoiceLine): InvoiceItem | undefined {
  return line.invoice_item === null ? undefined : tx.get(invoiceItems, line.invoice_item)
}

function pendingItem(tx: Transaction, id: string, invoice: Invoice, param: string): InvoiceItem {
  const item = inParam(tx, invoiceItems, id, param)
  if (item.invoice !== null || item.customer !== invoice.customer || item.currency !== invoice.currency) {
    throw invalidParam(
      param,
      `The invoice item ${id} is not pending for this invoice's customer and currency.`,
    )
  }
  return item
}

function changed(tx: Transaction, invoice: Invoice, params: ChangeLines): Invoice {
  const calculated = recalculate(tx, {
    ...invoice,
    metadata: mergeMetadata(invoice.metadata, params.invoice_metadata),
  })
  tx.emit('invoice.updated', invoices, calculated)
  return calculated
}
