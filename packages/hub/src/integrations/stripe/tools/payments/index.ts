import { cancelPaymentIntent } from './cancel-payment-intent.ts'
import { captureCharge } from './capture-charge.ts'
import { capturePaymentIntent } from './capture-payment-intent.ts'
import { confirmPaymentIntent } from './confirm-payment-intent.ts'
import { createCharge } from './create-charge.ts'
import { createPaymentIntent } from './create-payment-intent.ts'
import { createRefund } from './create-refund.ts'
import { getBalance } from './get-balance.ts'
import { getPaymentIntent } from './get-payment-intent.ts'
import { listBalanceTransactions } from './list-balance-transactions.ts'
import { listPaymentIntents } from './list-payment-intents.ts'

export const payments = [
  listPaymentIntents,
  getPaymentIntent,
  createPaymentIntent,
  confirmPaymentIntent,
  capturePaymentIntent,
  cancelPaymentIntent,
  getBalance,
  listBalanceTransactions,
  createCharge,
  captureCharge,
  createRefund,
]
