import { invoicePayments } from '../invoice-payments/invoice-payment.ts'
import { cancelIntent } from '../payment-intents/cancel-intent.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { Transaction } from '../store/transaction.ts'
import { invoiceWasPaid } from '../subscriptions/follow-invoice.ts'
import { invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'

/** The end of an open invoice: its subscription goes on. */
export function markPaid(tx: Transaction, invoice: Invoice): Invoice {
  const paid: Invoice = {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: tx.now },
  }
  tx.update('invoice.updated', invoices, paid)
  tx.emit('invoice.paid', invoices, paid)
  tx.emit('invoice.payment_succeeded', invoices, paid)
  invoiceWasPaid(tx, paid)
  return paid
}

/** Nothing is to be paid through Stripe any more: the PaymentIntent ends with the invoice. */
export function cancelPayment(tx: Transaction, invoice: Invoice): void {
  for (const { entity } of tx.rows(invoicePayments, 'invoice', invoice.id)) {
    if (entity.status !== 'open') continue
    tx.put(invoicePayments, { ...entity, status: 'canceled', canceled_at: tx.now })
    const intent = tx.get(paymentIntents, entity.payment_intent)
    if (intent && intent.status !== 'canceled' && intent.status !== 'succeeded') {
      cancelIntent(tx, intent, 'void_invoice')
    }
  }
}
