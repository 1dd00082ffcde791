import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'
import type { PayoutFailure } from './bank-account.ts'

/** Money from the balance to the bank; negative when a paid one is reversed. */
export interface Payout {
  id: string
  created: number
  amount: number
  arrival_date: number
  balance_transaction: string
  currency: string
  description: string | null
  destination: string
  failure_balance_transaction: string | null
  failure_code: PayoutFailure | null
  failure_message: string | null
  metadata: Metadata
  method: string
  original_payout: string | null
  reversed_by: string | null
  source_type: string
  statement_descriptor: string | null
  status: 'pending' | 'paid' | 'failed' | 'canceled'
}

export const payouts: Kind<Payout> = {
  table: 'payouts',
  type: 'Payout',
  prefix: 'po_',
  idLength: 24,
  noun: 'payout',
  indexes: ['status'],
  format: (payout, view) => ({
    id: payout.id,
    object: 'payout',
    amount: payout.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: payout.arrival_date,
    automatic: false,
    balance_transaction: payout.balance_transaction,
    created: payout.created,
    currency: payout.currency,
    description: payout.description,
    destination: payout.destination,
    failure_balance_transaction: payout.failure_balance_transaction,
    failure_code: payout.failure_code,
    failure_message: payout.failure_message,
    livemode: view.livemode,
    metadata: payout.metadata,
    method: payout.method,
    original_payout: payout.original_payout,
    payout_method: null,
    reconciliation_status: 'not_applicable',
    reversed_by: payout.reversed_by,
    source_type: payout.source_type,
    statement_descriptor: payout.statement_descriptor,
    status: payout.status,
    trace_id:
      payout.status === 'paid'
        ? { status: 'supported', value: `TRACE${payout.id.slice(-8)}` }
        : { status: 'pending', value: null },
    type: 'bank_account',
  }),
}
