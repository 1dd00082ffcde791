import type { Invoice } from '../invoices/invoice.ts'
import { invoiceLines } from '../invoices/invoice-line.ts'
import type { InvoiceLine } from '../invoices/invoice-line.ts'
import type { Transaction } from '../store/transaction.ts'
import { invoiceItems } from './invoice-item.ts'
import type { InvoiceItem } from './invoice-item.ts'

/** What waits for the customer's next invoice; a subscription's own items wait for that subscription's. */
export function pendingItems(
  tx: Transaction,
  customer: string,
  currency: string,
  subscription: string | null,
): InvoiceItem[] {
  return tx
    .rows(invoiceItems, 'customer', customer)
    .map(({ entity }) => entity)
    .filter(
      (item) =>
        !item.deleted &&
        item.invoice === null &&
        item.currency === currency &&
        (item.subscription === null || item.subscription === subscription),
    )
}

/** Each item becomes a line of the invoice. The invoice's sums are the caller's to work out again. */
export function attachItems(
  tx: Transaction,
  invoice: Pick<Invoice, 'id'>,
  items: readonly InvoiceItem[],
): InvoiceLine[] {
  return items.map((item) => {
    tx.put(invoiceItems, { ...item, invoice: invoice.id })
    return tx.put(invoiceLines, lineOf(item, invoice.id, tx.newId(invoiceLines)))
  })
}

/** The line changes with its item. */
export function itemChanged(tx: Transaction, item: InvoiceItem): void {
  const line = lineWith(tx, item.id)
  if (line && item.invoice !== null) tx.put(invoiceLines, lineOf(item, item.invoice, line.id))
}

/** The item is pending again. */
export function detachItem(tx: Transaction, item: InvoiceItem): InvoiceItem {
  removeLine(tx, item.id)
  return tx.put(invoiceItems, { ...item, invoice: null })
}

export function deleteItem(tx: Transaction, item: InvoiceItem): void {
  removeLine(tx, item.id)
  const deleted = tx.put(invoiceItems, { ...item, deleted: true })
  tx.emit('invoiceitem.deleted', invoiceItems, deleted)
}

export function lineOf(item: InvoiceItem, invoice: string, id: string): InvoiceLine {
  const { date: _date, deleted: _deleted, customer: _customer, ...shared } = item
  return { ...shared, id, invoice, discount_amounts: [], invoice_item: item.id, taxes: [] }
}

function removeLine(tx: Transaction, item: string): void {
  const line = lineWith(tx, item)
  if (line) tx.put(invoiceLines, { ...line, invoice: '', invoice_item: null })
}

function lineWith(tx: Transaction, item: string): InvoiceLine | undefined {
  return tx.rows(invoiceLines, 'invoice_item', item).at(-1)?.entity
}
