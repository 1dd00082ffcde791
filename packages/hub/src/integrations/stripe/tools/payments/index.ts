import { confirmPaymentIntent } from './confirm-payment-intent.ts'
import { createPaymentIntent } from './create-payment-intent.ts'
import { createRefund } from './create-refund.ts'
import { getBalance } from './get-balance.ts'
import { getPaymentIntent } from './get-payment-intent.ts'

export const payments = [
  getPaymentIntent,
  createPaymentIntent,
  confirmPaymentIntent,
  getBalance,
  createRefund,
]
