import { attachPaymentMethod } from './attach-payment-method.ts'
import { createPaymentMethod } from './create-payment-method.ts'
import { detachPaymentMethod } from './detach-payment-method.ts'
import { listPaymentMethods } from './list-payment-methods.ts'

export const paymentMethods = [
  listPaymentMethods,
  attachPaymentMethod,
  detachPaymentMethod,
  createPaymentMethod,
]
