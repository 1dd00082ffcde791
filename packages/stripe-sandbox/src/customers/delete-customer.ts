import { detachPaymentMethod } from '../payment-methods/detach-payment-method.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import { cancelAllOf } from '../subscriptions/cancel-subscription.ts'
import type { Transaction } from '../store/transaction.ts'
import { customers } from './customer.ts'
import type { Customer } from './customer.ts'

/** Stays readable by its id; its subscriptions end, its saved cards are gone. */
export function deleteCustomer(tx: Transaction, customer: Customer): Customer {
  cancelAllOf(tx, customer.id)
  const saved = tx.rows(paymentMethods, 'customer', customer.id).map(({ entity }) => entity)
  for (const method of saved) detachPaymentMethod(tx, method)
  tx.emit('customer.deleted', customers, customer)
  return tx.put(customers, { ...customer, deleted: true })
}
