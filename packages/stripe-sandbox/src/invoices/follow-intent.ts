import { invoicePayments } from '../invoice-payments/invoice-payment.ts'
import type { PaymentIntent } from '../payment-intents/payment-intent.ts'
import type { Transaction } from '../store/transaction.ts'
import { invoicePaymentFailed, keepMethod } from '../subscriptions/follow-invoice.ts'
import { invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { markPaid } from './mark-paid.ts'

const DAY_SECONDS = 24 * 60 * 60

/** How long after each failed payment the next one is tried; after the last, the subscription ends. */
export const RETRY_AFTER_SECONDS = [3 * DAY_SECONDS, 5 * DAY_SECONDS, 7 * DAY_SECONDS] as const

/** An invoice follows its PaymentIntent, whoever confirms it. */
export function intentChanged(tx: Transaction, intent: PaymentIntent): void {
  const payment = tx.rows(invoicePayments, 'payment_intent', intent.id).at(-1)?.entity
  const invoice = payment && tx.get(invoices, payment.invoice)
  if (!payment || payment.status !== 'open' || !invoice || !isPayable(invoice)) return
  const attempted: Invoice = {
    ...invoice,
    attempted: true,
    attempt_count: Math.max(1, invoice.attempt_count),
  }
  switch (intent.status) {
    case 'succeeded':
      tx.emit(
        'invoice_payment.paid',
        invoicePayments,
        tx.put(invoicePayments, {
          ...payment,
          amount_paid: intent.amount_received,
          status: 'paid',
          paid_at: tx.now,
        }),
      )
      keepMethod(tx, attempted, intent.payment_method)
      markPaid(tx, { ...attempted, amount_paid: invoice.amount_paid + intent.amount_received })
      return
    case 'requires_payment_method':
      paymentFailed(tx, attempted)
      return
    case 'requires_action':
      tx.emit('invoice.payment_action_required', invoices, tx.put(invoices, attempted))
      invoicePaymentFailed(tx, attempted)
      return
    case 'processing':
      // The bank's answer is waited for; asking again would debit twice.
      tx.put(invoices, { ...attempted, next_payment_attempt: null })
      return
    case 'requires_confirmation':
    case 'requires_capture':
    case 'canceled':
      return
  }
}

/** @param invoice with this attempt counted */
export function paymentFailed(tx: Transaction, invoice: Invoice): void {
  const wait = RETRY_AFTER_SECONDS[invoice.attempt_count - 1]
  const retried = invoice.auto_advance && invoice.collection_method === 'charge_automatically'
  const next: Invoice = {
    ...invoice,
    next_payment_attempt: retried && wait !== undefined ? tx.now + wait : null,
  }
  tx.update('invoice.updated', invoices, next)
  tx.emit('invoice.payment_failed', invoices, next)
  invoicePaymentFailed(tx, next)
}

function isPayable(invoice: Invoice): boolean {
  return invoice.status === 'open' || invoice.status === 'uncollectible'
}
