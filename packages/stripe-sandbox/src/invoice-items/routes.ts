import { missing } from '../wire/lookup.ts'
import { draftInvoice } from '../invoices/draft-invoice.ts'
import { recalculate } from '../invoices/create-invoice.ts'
import { invoices } from '../invoices/invoice.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { View } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import { invalidRequest, missingParam } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { attachItems, deleteItem, itemChanged } from './attach-item.ts'
import { invoiceItems } from './invoice-item.ts'
import type { InvoiceItem } from './invoice-item.ts'
import { createItem, updateItem } from './save-item.ts'
import type { ItemParams } from './save-item.ts'

interface CreateItem extends ItemParams {
  currency?: string
  customer?: string
  invoice?: string
  subscription?: string
}

interface ListItems extends ListParams {
  created?: RangeParam
  customer?: string
  invoice?: string
  pending?: boolean
}

const fields = [
  'amount',
  'description',
  'discountable',
  'discounts',
  'metadata',
  'period',
  'price_data',
  'pricing',
  'quantity',
  'tax_rates',
  'unit_amount_decimal',
] as const

export const invoiceItemFamily: Family = {
  kinds: [invoiceItems],
  routes: [
    route<CreateItem>(
      'invoiceItems.create',
      [...fields, 'currency', 'customer', 'invoice', 'subscription'],
      ({ tx, params }) => invoiceItems.format(addItem(tx, params), tx),
    ),
    route('invoiceItems.retrieve', [], ({ tx, id }) => invoiceItems.format(livingItem(tx, id), tx)),
    route<ItemParams>('invoiceItems.update', fields, ({ tx, id, params }) => {
      const item = livingItem(tx, id)
      checkDraft(tx, item)
      const updated = updateItem(tx, item, params)
      followItem(tx, updated)
      tx.emit('invoiceitem.updated', invoiceItems, updated)
      return invoiceItems.format(updated, tx)
    }),
    route('invoiceItems.del', [], ({ tx, id }) => {
      const item = livingItem(tx, id)
      checkDraft(tx, item)
      deleteItem(tx, item)
      const invoice = item.invoice === null ? undefined : tx.get(invoices, item.invoice)
      if (invoice) tx.emit('invoice.updated', invoices, recalculate(tx, invoice))
      return { id, object: 'invoiceitem', deleted: true }
    }),
    route<ListItems>(
      'invoiceItems.list',
      ['limit', 'starting_after', 'ending_before', 'created', 'customer', 'invoice', 'pending'],
      ({ tx, params, url }) => {
        const { customer, invoice, pending } = params
        return listPage(tx, invoiceItems, {
          url,
          params,
          ...(customer === undefined ? {} : { rows: tx.rows(invoiceItems, 'customer', customer) }),
          where: (item) =>
            inRange(params.created, item.date) &&
            (invoice === undefined || item.invoice === invoice) &&
            (pending === undefined || (item.invoice === null) === pending),
        })
      },
    ),
  ],
}

function addItem(tx: Transaction, params: CreateItem): InvoiceItem {
  const invoice =
    params.invoice === undefined ? undefined : draftInvoice(inParam(tx, invoices, params.invoice, 'invoice'))
  const customer = params.customer ?? invoice?.customer
  if (customer === undefined) throw missingParam('customer')
  if (invoice && invoice.customer !== customer) {
    throw invalidRequest('The invoice does not belong to the customer.', { param: 'invoice' })
  }
  if (params.subscription !== undefined) inParam(tx, subscriptions, params.subscription, 'subscription')
  const currency = params.currency ?? invoice?.currency
  const item = createItem(tx, params, {
    customer,
    invoice: invoice?.id ?? null,
    subscription: params.subscription ?? null,
    ...(currency === undefined ? {} : { currency }),
  })
  if (invoice) {
    if (item.currency !== invoice.currency) {
      throw invalidRequest(`The invoice's currency is ${invoice.currency}.`, { param: 'currency' })
    }
    attachItems(tx, invoice, [item])
    tx.emit('invoice.updated', invoices, recalculate(tx, invoice))
  }
  return item
}

/** Lines and sums of a draft follow its items. */
function followItem(tx: Transaction, item: InvoiceItem): void {
  itemChanged(tx, item)
  const invoice = item.invoice === null ? undefined : tx.get(invoices, item.invoice)
  if (invoice) tx.emit('invoice.updated', invoices, recalculate(tx, invoice))
}

function livingItem(view: View, id: string): InvoiceItem {
  const item = inPath(view, invoiceItems, id, 'invoiceitem')
  if (item.deleted) throw missing(invoiceItems, id, { param: 'invoiceitem', status: 404 })
  return item
}

function checkDraft(view: View, item: InvoiceItem): void {
  const invoice = item.invoice === null ? undefined : view.get(invoices, item.invoice)
  if (invoice) draftInvoice(invoice)
}
