import { invoices } from '../invoices/invoice.ts'
import { detachPaymentMethod } from '../payment-methods/detach-payment-method.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import { cancelAllOf } from '../subscriptions/cancel-subscription.ts'
import type { Transaction } from '../store/transaction.ts'
import { customers } from './customer.ts'
import type { Customer } from './customer.ts'

/** Stays readable by its id; its subscriptions end, its saved cards are gone, its invoices wait for a person. */
export function deleteCustomer(tx: Transaction, customer: Customer): Customer {
  cancelAllOf(tx, customer.id)
  const saved = tx.rows(paymentMethods, 'customer', customer.id).map(({ entity }) => entity)
  for (const method of saved) detachPaymentMethod(tx, method)
  for (const { entity } of tx.rows(invoices, 'customer', customer.id)) {
    if (entity.deleted || (entity.status !== 'draft' && entity.status !== 'open')) continue
    tx.update('invoice.updated', invoices, {
      ...entity,
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    })
  }
  tx.emit('customer.deleted', customers, customer)
  return tx.put(customers, { ...customer, deleted: true })
}
