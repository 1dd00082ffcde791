import { route } from '../route.ts'
import type { Answer, Family, Refusal } from '../route.ts'
import type { View } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath, missing } from '../wire/lookup.ts'
import { emails } from '../emails/record-email.ts'
import type { ItemParams } from '../invoice-items/save-item.ts'
import { addLines, lineOfInvoice, removeLines, updateLine, updateLines } from './change-lines.ts'
import type { AddLines, RemoveLines, UpdateLines } from './change-lines.ts'
import { deleteInvoice, markUncollectible, sendInvoice, voidInvoice } from './close-invoice.ts'
import { createInvoice, recalculate, updateInvoice } from './create-invoice.ts'
import type { CreateInvoice, InvoiceParams } from './create-invoice.ts'
import { createPreview } from './create-preview.ts'
import type { CreatePreview } from './create-preview.ts'
import { draftInvoice } from './draft-invoice.ts'
import { finalizeInvoice } from './finalize-invoice.ts'
import { invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { invoiceLines } from './invoice-line.ts'
import { invoicePage } from './page.ts'
import { attemptPayment, current, defaultMethod, payInvoice } from './pay-invoice.ts'
import type { PayInvoice } from './pay-invoice.ts'

interface ListInvoices extends ListParams {
  collection_method?: string
  created?: RangeParam
  customer?: string
  due_date?: RangeParam
  status?: string
  subscription?: string
}

const fields = [
  'auto_advance',
  'automatically_finalizes_at',
  'collection_method',
  'custom_fields',
  'days_until_due',
  'default_payment_method',
  'default_tax_rates',
  'description',
  'discounts',
  'due_date',
  'effective_at',
  'footer',
  'metadata',
  'number',
  'shipping_details',
  'statement_descriptor',
] as const
const lineFields = [
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
] as const
const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'collection_method',
  'created',
  'customer',
  'due_date',
  'status',
  'subscription',
] as const

export const invoiceFamily: Family = {
  kinds: [invoices, invoiceLines, emails],
  pages: [invoicePage],
  routes: [
    route<CreateInvoice>(
      'invoices.create',
      [...fields, 'currency', 'customer', 'pending_invoice_items_behavior', 'subscription'],
      ({ tx, params }) => invoices.format(createInvoice(tx, params), tx),
    ),
    route<CreatePreview>(
      'invoices.createPreview',
      [
        'currency',
        'customer',
        'discounts',
        'invoice_items',
        'schedule',
        'subscription',
        'subscription_details',
      ],
      ({ tx, params }) => createPreview(tx, params),
    ),
    route('invoices.retrieve', [], ({ tx, id }) => invoices.format(livingInvoice(tx, id), tx)),
    route<InvoiceParams>('invoices.update', fields, ({ tx, id, params }) =>
      invoices.format(updateInvoice(tx, livingInvoice(tx, id), params), tx),
    ),
    route('invoices.del', [], ({ tx, id }) => {
      deleteInvoice(tx, livingInvoice(tx, id))
      return { id, object: 'invoice', deleted: true }
    }),
    route<{ auto_advance?: boolean }>('invoices.finalizeInvoice', ['auto_advance'], ({ tx, id, params }) =>
      invoices.format(finalizeAndCharge(tx, livingInvoice(tx, id), params.auto_advance), tx),
    ),
    route<PayInvoice>(
      'invoices.pay',
      ['off_session', 'paid_out_of_band', 'payment_method'],
      ({ tx, id, params }) => answer(tx, payInvoice(tx, livingInvoice(tx, id), params)),
    ),
    route('invoices.voidInvoice', [], ({ tx, id }) =>
      invoices.format(voidInvoice(tx, livingInvoice(tx, id)), tx),
    ),
    route('invoices.markUncollectible', [], ({ tx, id }) =>
      invoices.format(markUncollectible(tx, livingInvoice(tx, id)), tx),
    ),
    route('invoices.sendInvoice', [], ({ tx, id }) =>
      invoices.format(sendInvoice(tx, livingInvoice(tx, id)), tx),
    ),
    route<AddLines>('invoices.addLines', ['lines', 'invoice_metadata'], ({ tx, id, params }) =>
      invoices.format(addLines(tx, livingInvoice(tx, id), params), tx),
    ),
    route<UpdateLines>('invoices.updateLines', ['lines', 'invoice_metadata'], ({ tx, id, params }) =>
      invoices.format(updateLines(tx, livingInvoice(tx, id), params), tx),
    ),
    route<RemoveLines>('invoices.removeLines', ['lines', 'invoice_metadata'], ({ tx, id, params }) =>
      invoices.format(removeLines(tx, livingInvoice(tx, id), params), tx),
    ),
    route<ItemParams>('invoices.updateLineItem', lineFields, ({ tx, path, params }) => {
      const invoice = draftInvoice(livingInvoice(tx, path.invoiceId ?? ''))
      const line = lineOfInvoice(tx, invoice, path.id ?? '')
      updateLine(tx, line, params)
      tx.emit('invoice.updated', invoices, recalculate(tx, invoice))
      return invoiceLines.format(lineOfInvoice(tx, invoice, line.id), tx)
    }),
    route<ListParams>(
      'invoices.listLineItems',
      ['limit', 'starting_after', 'ending_before'],
      ({ tx, id, params, url }) =>
        listPage(tx, invoiceLines, {
          url,
          params,
          rows: tx.rows(invoiceLines, 'invoice', livingInvoice(tx, id).id),
        }),
    ),
    route<ListInvoices>('invoices.list', listed, ({ tx, params, url }) => {
      const { collection_method: method, customer, status, subscription } = params
      return listPage(tx, invoices, {
        url,
        params,
        rows:
          subscription !== undefined
            ? tx.rows(invoices, 'subscription', subscription)
            : customer !== undefined
              ? tx.rows(invoices, 'customer', customer)
              : tx.rows(invoices),
        where: (invoice) =>
          inRange(params.created, invoice.created) &&
          (params.due_date === undefined ||
            (invoice.due_date !== null && inRange(params.due_date, invoice.due_date))) &&
          (customer === undefined || invoice.customer === customer) &&
          (method === undefined || invoice.collection_method === method) &&
          (status === undefined || invoice.status === status),
      })
    }),
  ],
}

/** With `auto_advance`, what is charged automatically is charged now. */
export function finalizeAndCharge(
  tx: Transaction,
  draft: Invoice,
  autoAdvance: boolean | undefined = draft.auto_advance,
): Invoice {
  const finalized = finalizeInvoice(tx, { ...draft, auto_advance: autoAdvance })
  const charged = finalized.auto_advance && finalized.collection_method === 'charge_automatically'
  const method = charged && finalized.status === 'open' ? defaultMethod(tx, finalized) : undefined
  if (!method) return finalized
  // A decline is no refusal here: the invoice is finalized all the same.
  attemptPayment(tx, finalized, method)
  return current(tx, finalized)
}

function livingInvoice(view: View, id: string): Invoice {
  const invoice = inPath(view, invoices, id, 'invoice')
  if (invoice.deleted) throw missing(invoices, id, { param: 'invoice', status: 404 })
  return invoice
}

function answer(tx: Transaction, outcome: Invoice | Refusal): Answer {
  return 'refused' in outcome ? outcome : invoices.format(outcome, tx)
}
