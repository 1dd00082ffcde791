import { changeBalance } from '../customer-balance/change-balance.ts'
import { customers } from '../customers/customer.ts'
import { invoicePayments } from '../invoice-payments/invoice-payment.ts'
import { minimumAmount } from '../money.ts'
import { createIntent } from '../payment-intents/create-intent.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { invoicedCustomer } from './create-invoice.ts'
import { invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { invoiceLines, linesOf } from './invoice-line.ts'
import { markPaid } from './mark-paid.ts'
import { calculate } from './totals.ts'

/**
 * From draft to open: the sums and the customer are fixed, the number is given, the customer's balance is used, and
 * what is left to pay gets its PaymentIntent. With nothing left the invoice is paid at once.
 *
 * @throws StripeError 400 for anything but a draft
 */
export function finalizeInvoice(tx: Transaction, draft: Invoice): Invoice {
  if (draft.status !== 'draft') {
    throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    })
  }
  const customer = tx.get(customers, draft.customer)
  if (!customer) throw new Error(`an invoice without a customer: ${draft.id}`)
  const calculated = calculate(tx, draft, linesOf(tx, draft.id))
  for (const line of calculated.lines) tx.put(invoiceLines, line)
  const { total, starting_balance: balance } = calculated.invoice
  const tooSmall = isTooSmall(calculated.invoice)
  const due = tooSmall ? 0 : calculated.invoice.amount_due
  const ending = total + balance - due
  const sequence = customer.next_invoice_sequence
  const open: Invoice = {
    ...calculated.invoice,
    amount_due: due,
    automatically_finalizes_at: null,
    effective_at: draft.effective_at ?? tx.now,
    ending_balance: ending,
    invoiced: invoicedCustomer(customer),
    number: draft.number ?? `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: tx.now },
  }
  tx.put(customers, {
    ...customer,
    currency: customer.currency ?? draft.currency,
    next_invoice_sequence: draft.number === null ? sequence + 1 : sequence,
  })
  if (ending !== balance) {
    changeBalance(tx, customer.id, {
      amount: ending - balance,
      currency: draft.currency,
      invoice: draft.id,
      type: tooSmall ? 'invoice_too_small' : 'applied_to_invoice',
    })
  }
  const finalized = due > 0 ? withPayment(tx, open) : tx.put(invoices, open)
  tx.emit('invoice.finalized', invoices, finalized)
  return due > 0 ? finalized : markPaid(tx, finalized)
}

/** Less than a card can be charged: it waits in the customer's balance for the next invoice. */
function isTooSmall(invoice: Invoice): boolean {
  return (
    invoice.collection_method === 'charge_automatically' &&
    invoice.amount_due > 0 &&
    invoice.amount_due < minimumAmount(invoice.currency)
  )
}

function withPayment(tx: Transaction, invoice: Invoice): Invoice {
  const created = createIntent(tx, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: descriptionOf(invoice),
    // No method of the invoice's redirects, so that clients need no return_url.
    automatic_payment_methods: { enabled: false },
    ...(invoice.subscription === null ? {} : { setup_future_usage: 'off_session' }),
    ...(invoice.statement_descriptor === null ? {} : { statement_descriptor: invoice.statement_descriptor }),
  })
  if ('refused' in created) throw created.refused
  tx.put(invoicePayments, {
    id: tx.newId(invoicePayments),
    created: tx.now,
    amount_paid: null,
    amount_requested: invoice.amount_due,
    currency: invoice.currency,
    invoice: invoice.id,
    payment_intent: created.id,
    status: 'open',
    canceled_at: null,
    paid_at: null,
  })
  return tx.put(invoices, { ...invoice, payment_intent: created.id })
}

/** As charges and balance transactions then say. */
function descriptionOf(invoice: Invoice): string {
  switch (invoice.billing_reason) {
    case 'subscription_create':
      return 'Subscription creation'
    case 'subscription_update':
    case 'subscription_cycle':
      return 'Subscription update'
    case 'manual':
    case 'upcoming':
      return `Payment for Invoice ${invoice.number ?? ''}`
  }
}

/** The open payment asks for what is left after a credit note. */
export function requestLess(tx: Transaction, invoice: Invoice): void {
  const remaining = invoice.amount_due - invoice.amount_paid
  const intent = invoice.payment_intent === null ? undefined : tx.get(paymentIntents, invoice.payment_intent)
  if (!intent || remaining <= 0) return
  tx.put(paymentIntents, { ...intent, amount: remaining })
  for (const { entity } of tx.rows(invoicePayments, 'payment_intent', intent.id)) {
    if (entity.status === 'open') tx.put(invoicePayments, { ...entity, amount_requested: remaining })
  }
}
