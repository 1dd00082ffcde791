import type { Kind } from '../store/kind.ts'

/** One payment towards one invoice. */
export interface InvoicePayment {
  id: string
  created: number
  amount_paid: number | null
  amount_requested: number
  currency: string
  invoice: string
  payment_intent: string
  status: 'open' | 'paid' | 'canceled'
  canceled_at: number | null
  paid_at: number | null
}

export const invoicePayments: Kind<InvoicePayment> = {
  table: 'invoice_payments',
  type: 'InvoicePayment',
  prefix: 'inpay_',
  idLength: 24,
  noun: 'invoice payment',
  indexes: ['invoice', 'payment_intent'],
  format: (payment, view) => ({
    id: payment.id,
    object: 'invoice_payment',
    amount_paid: payment.amount_paid,
    amount_requested: payment.amount_requested,
    created: payment.created,
    currency: payment.currency,
    invoice: payment.invoice,
    is_default: true,
    livemode: view.livemode,
    payment: { payment_intent: payment.payment_intent, type: 'payment_intent' },
    status: payment.status,
    status_transitions: { canceled_at: payment.canceled_at, paid_at: payment.paid_at },
  }),
}
