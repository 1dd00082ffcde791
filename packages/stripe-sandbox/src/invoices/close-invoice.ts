import { changeBalance } from '../customer-balance/change-balance.ts'
import { recordEmail } from '../emails/record-email.ts'
import { detachItem } from '../invoice-items/attach-item.ts'
import { invoiceItems } from '../invoice-items/invoice-item.ts'
import type { Transaction } from '../store/transaction.ts'
import { invoiceWasVoided } from '../subscriptions/follow-invoice.ts'
import { invalidRequest } from '../wire/errors.ts'
import { finalizeInvoice } from './finalize-invoice.ts'
import { invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { linesOf } from './invoice-line.ts'
import { cancelPayment } from './mark-paid.ts'

/** For good. @throws StripeError 400 unless open or uncollectible */
export function voidInvoice(tx: Transaction, invoice: Invoice): Invoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw notOpen()
  cancelPayment(tx, invoice)
  const used = (invoice.ending_balance ?? 0) - invoice.starting_balance
  if (used !== 0) {
    changeBalance(tx, invoice.customer, {
      amount: -used,
      currency: invoice.currency,
      invoice: invoice.id,
      type: 'unapplied_from_invoice',
    })
  }
  const voided: Invoice = {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: tx.now },
  }
  tx.update('invoice.updated', invoices, voided)
  tx.emit('invoice.voided', invoices, voided)
  invoiceWasVoided(tx, voided)
  return voided
}

/** Written off, and still payable. @throws StripeError 400 unless open */
export function markUncollectible(tx: Transaction, invoice: Invoice): Invoice {
  if (invoice.status !== 'open') throw notOpen()
  const marked: Invoice = {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: tx.now },
  }
  tx.update('invoice.updated', invoices, marked)
  tx.emit('invoice.marked_uncollectible', invoices, marked)
  return marked
}

/** @throws StripeError 400 for all but one-off drafts */
export function deleteInvoice(tx: Transaction, invoice: Invoice): void {
  if (invoice.status !== 'draft') {
    throw invalidRequest('You can only delete draft invoices.', { code: 'invoice_not_editable' })
  }
  if (invoice.subscription !== null) {
    throw invalidRequest("You can't delete invoices created by subscriptions.", {
      code: 'invoice_not_editable',
    })
  }
  for (const line of linesOf(tx, invoice.id)) {
    const item = line.invoice_item === null ? undefined : tx.get(invoiceItems, line.invoice_item)
    // Its items wait for the next invoice again.
    if (item) detachItem(tx, item)
  }
  tx.emit('invoice.deleted', invoices, invoice)
  tx.put(invoices, { ...invoice, deleted: true })
}

/**
 * E-mails the invoice to the customer, a draft after finalizing it.
 *
 * @throws StripeError 400 when the invoice is not one to be sent, or there is nobody to send it to
 */
export function sendInvoice(tx: Transaction, given: Invoice): Invoice {
  if (given.collection_method !== 'send_invoice') {
    throw invalidRequest("You can only manually send an invoice if its collection method is 'send_invoice'.")
  }
  if (given.status === 'void' || given.status === 'uncollectible') throw notOpen()
  const invoice = given.status === 'draft' ? finalizeInvoice(tx, given) : given
  if (invoice.invoiced.email === null) {
    throw invalidRequest(
      'Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.',
      { code: 'missing' },
    )
  }
  recordEmail(tx, {
    to: invoice.invoiced.email,
    subject: `Invoice ${invoice.number ?? invoice.id}`,
    about: invoice.id,
  })
  tx.emit('invoice.sent', invoices, invoice)
  return invoice
}

function notOpen() {
  return invalidRequest("You can only pass in open invoices. This invoice isn't open.", {
    code: 'invoice_not_editable',
  })
}
