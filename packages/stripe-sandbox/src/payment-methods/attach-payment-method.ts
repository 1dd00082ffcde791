import { customers } from '../customers/customer.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest, notInSandbox } from '../wire/errors.ts'
import type { StripeError } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { resolvePaymentMethod } from './create-payment-method.ts'
import { cardDeclined, declines } from './declines.ts'
import { paymentMethods } from './payment-method.ts'
import type { PaymentMethod } from './payment-method.ts'
import { testCardNamed } from './test-cards.ts'

/** @throws StripeError 400 when it is attached or spent already, 402 when the bank does not confirm the card */
export function attachPaymentMethod(
  tx: Transaction,
  id: string,
  customerId: string,
  param = 'payment_method',
): PaymentMethod {
  const customer = inParam(tx, customers, customerId, 'customer')
  const method = resolvePaymentMethod(tx, id, param)
  if (method.customer !== null) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    })
  }
  if (method.sepa_debit) throw notInSandbox('saving an account for SEPA debits', param)
  if (method.spent) throw spentPaymentMethod()
  const behaviour = testCardNamed(method.test_card)?.behaviour
  if (behaviour?.kind === 'declined' && behaviour.onAttach) throw cardDeclined(declines[behaviour.reason])
  const attached = tx.put(paymentMethods, { ...method, customer: customer.id })
  tx.emit('payment_method.attached', paymentMethods, attached)
  return attached
}

export function spentPaymentMethod(): StripeError {
  return invalidRequest(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a ' +
      'connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use ' +
      'a PaymentMethod multiple times, you must attach it to a Customer first.',
    { code: 'payment_method_unexpected_state', param: 'payment_method' },
  )
}
