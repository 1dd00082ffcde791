import { customers } from '../customers/customer.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { paymentMethods } from './payment-method.ts'
import type { PaymentMethod } from './payment-method.ts'

/**
 * For good: a detached payment method is never attached or charged again.
 *
 * @throws StripeError 400 when it is not attached
 */
export function detachPaymentMethod(tx: Transaction, method: PaymentMethod): PaymentMethod {
  if (method.customer === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      {
        code: 'payment_method_unexpected_state',
      },
    )
  }
  const customer = tx.get(customers, method.customer)
  if (customer?.invoice_settings.default_payment_method === method.id) {
    const settings = { ...customer.invoice_settings, default_payment_method: null }
    tx.update('customer.updated', customers, { ...customer, invoice_settings: settings })
  }
  return tx.update('payment_method.detached', paymentMethods, { ...method, customer: null, spent: true })
}
