import { customers } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { customerBalanceTransactions } from './customer-balance-transaction.ts'
import type { CustomerBalanceTransaction } from './customer-balance-transaction.ts'

type Change = Pick<CustomerBalanceTransaction, 'amount' | 'currency' | 'type'> &
  Partial<Pick<CustomerBalanceTransaction, 'credit_note' | 'description' | 'invoice' | 'metadata'>>

/**
 * The only way a customer's balance moves, so that it is always the sum of its transactions.
 *
 * @throws StripeError 400 in another currency than the customer's
 */
export function changeBalance(
  tx: Transaction,
  customerId: string,
  change: Change,
): CustomerBalanceTransaction {
  const customer = tx.get(customers, customerId)
  if (!customer) throw new Error(`a balance without a customer: ${customerId}`)
  checkCurrency(customer, change.currency)
  const balance = customer.balance + change.amount
  const transaction = recordChange(tx, customerId, change, balance)
  tx.update('customer.updated', customers, { ...customer, balance, currency: change.currency })
  return transaction
}

/** The transaction alone, where the customer's balance is being set already. */
export function recordChange(
  tx: Transaction,
  customer: string,
  change: Change,
  endingBalance: number,
): CustomerBalanceTransaction {
  return tx.put(customerBalanceTransactions, {
    credit_note: null,
    description: null,
    invoice: null,
    metadata: {},
    ...change,
    id: tx.newId(customerBalanceTransactions),
    created: tx.now,
    customer,
    ending_balance: endingBalance,
  })
}

/** @throws StripeError 400: a customer pays in one currency only */
export function checkCurrency(customer: Customer, currency: string): void {
  if (customer.currency === null || customer.currency === currency) return
  throw invalidRequest(
    'You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, ' +
      `discount, quote, or invoice item with currency ${customer.currency}`,
    { param: 'currency' },
  )
}
