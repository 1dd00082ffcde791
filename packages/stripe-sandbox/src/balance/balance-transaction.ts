import type { Kind } from '../store/kind.ts'

export interface BalanceTransaction {
  id: string
  created: number
  /** Before fees; negative when money leaves. */
  amount: number
  /** When the money can be paid out; until then it is pending. Seconds since the epoch. */
  available_on: number
  currency: string
  description: string | null
  fee: number
  fee_description: string | null
  reporting_category: string
  /** The charge, refund or dispute that caused it. */
  source: string
  type: string
}

export const balanceTransactions: Kind<BalanceTransaction> = {
  table: 'balance_transactions',
  type: 'BalanceTransaction',
  prefix: 'txn_',
  idLength: 24,
  noun: 'balance transaction',
  indexes: ['source', 'currency', 'type'],
  format: (transaction, view) => ({
    id: transaction.id,
    object: 'balance_transaction',
    amount: transaction.amount,
    available_on: transaction.available_on,
    balance_type: 'payments',
    created: transaction.created,
    currency: transaction.currency,
    description: transaction.description,
    exchange_rate: null,
    fee: transaction.fee,
    fee_details:
      transaction.fee === 0
        ? []
        : [
            {
              amount: transaction.fee,
              application: null,
              currency: transaction.currency,
              description: transaction.fee_description,
              type: 'stripe_fee',
            },
          ],
    net: netOf(transaction),
    reporting_category: transaction.reporting_category,
    source: transaction.source,
    status: isAvailable(transaction, view.now) ? 'available' : 'pending',
    type: transaction.type,
  }),
}

export function netOf(transaction: BalanceTransaction): number {
  return transaction.amount - transaction.fee
}

export function isAvailable(transaction: BalanceTransaction, nowSeconds: number): boolean {
  return transaction.available_on <= nowSeconds
}
