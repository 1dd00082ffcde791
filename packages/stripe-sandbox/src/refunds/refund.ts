import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export interface Refund {
  id: string
  created: number
  amount: number
  balance_transaction: string
  charge: string
  currency: string
  customer: string | null
  metadata: Metadata
  payment_intent: string | null
  payment_method: string
  reason: string | null
}

export const refunds: Kind<Refund> = {
  table: 'refunds',
  type: 'Refund',
  prefix: 're_',
  idLength: 24,
  noun: 'refund',
  indexes: ['charge', 'payment_intent'],
  format: (refund) => ({
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: refund.balance_transaction,
    charge: refund.charge,
    created: refund.created,
    currency: refund.currency,
    customer: refund.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: refund.metadata,
    payment_intent: refund.payment_intent,
    payment_method: refund.payment_method,
    reason: refund.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }),
}
