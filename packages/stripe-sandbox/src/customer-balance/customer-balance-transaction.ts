import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export interface CustomerBalanceTransaction {
  id: string
  created: number
  /** Negative gives the customer credit. */
  amount: number
  credit_note: string | null
  currency: string
  customer: string
  description: string | null
  /** The customer's balance afterwards. */
  ending_balance: number
  invoice: string | null
  metadata: Metadata
  type:
    | 'adjustment'
    | 'applied_to_invoice'
    | 'credit_note'
    | 'initial'
    | 'invoice_too_small'
    | 'unapplied_from_invoice'
}

export const customerBalanceTransactions: Kind<CustomerBalanceTransaction> = {
  table: 'customer_balance_transactions',
  type: 'CustomerBalanceTransaction',
  prefix: 'cbtxn_',
  idLength: 24,
  noun: 'customer balance transaction',
  indexes: ['customer'],
  format: (transaction, view) => ({
    id: transaction.id,
    object: 'customer_balance_transaction',
    amount: transaction.amount,
    checkout_session: null,
    created: transaction.created,
    credit_note: transaction.credit_note,
    currency: transaction.currency,
    customer: transaction.customer,
    customer_account: null,
    description: transaction.description,
    ending_balance: transaction.ending_balance,
    invoice: transaction.invoice,
    livemode: view.livemode,
    metadata: transaction.metadata,
    type: transaction.type,
  }),
}
