import { balanceTransactions } from '../balance/balance-transaction.ts'
import { recordRefund } from '../balance/record-balance-transaction.ts'
import { charges } from '../charges/charge.ts'
import type { Charge } from '../charges/charge.ts'
import { disputes, isMoneyAway } from '../disputes/dispute.ts'
import { formatAmount } from '../money.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { refunds } from './refund.ts'
import type { Refund } from './refund.ts'

export interface CreateRefund {
  /** In the smallest unit; what is left of the charge when absent. */
  amount?: number
  charge?: string
  payment_intent?: string
  metadata?: MetadataParam
  reason?: string
}

/** @throws StripeError 400 when nothing, too little or disputed money is left, or nothing was captured */
export function createRefund(tx: Transaction, params: CreateRefund): Refund {
  if (params.amount !== undefined && params.amount < 1) {
    throw invalidParam(
      'amount',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    )
  }
  const metadata = mergeMetadata({}, params.metadata)
  const charge = chargeToRefund(tx, params)
  const transaction =
    charge.balance_transaction === null ? undefined : tx.get(balanceTransactions, charge.balance_transaction)
  if (!charge.captured && charge.payment_intent === null) {
    throw notInSandbox('releasing an authorization without a payment intent by a refund', 'charge')
  }
  if (!charge.captured || !transaction) {
    throw invalidRequest(
      `Charge ${charge.id} has not been captured. Cancel its PaymentIntent ${charge.payment_intent ?? ''} instead of refunding it.`,
      { param: params.charge === undefined ? 'payment_intent' : 'charge' },
    )
  }
  if (tx.rows(disputes, 'charge', charge.id).some(({ entity }) => isMoneyAway(entity))) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    })
  }
  const left = charge.amount_captured - charge.amount_refunded
  if (left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    })
  }
  const amount = params.amount ?? left
  if (amount > left) {
    throw invalidRequest(
      `Refund amount (${formatAmount(amount, charge.currency)}) is greater than ` +
        (charge.amount_refunded === 0 ? 'charge amount' : 'unrefunded amount on charge') +
        ` (${formatAmount(left, charge.currency)})`,
      { param: 'amount' },
    )
  }
  const id = tx.newId(refunds)
  const refund = tx.put(refunds, {
    id,
    created: tx.now,
    amount,
    balance_transaction: recordRefund(tx, { id, currency: charge.currency, amount }, transaction).id,
    charge: charge.id,
    currency: charge.currency,
    customer: charge.customer,
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
  })
  tx.emit('refund.created', refunds, refund)
  tx.update('charge.refunded', charges, { ...charge, amount_refunded: charge.amount_refunded + amount })
  return refund
}

function chargeToRefund(tx: Transaction, params: CreateRefund): Charge {
  if (params.charge !== undefined && params.payment_intent !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: charge, payment_intent.', {
      stored: false,
    })
  }
  if (params.charge !== undefined) {
    const charge = inParam(tx, charges, params.charge, 'charge')
    if (charge.status !== 'succeeded') {
      throw invalidRequest(`Charge ${charge.id} has not succeeded, so there is nothing to refund.`, {
        param: 'charge',
      })
    }
    return charge
  }
  if (params.payment_intent === undefined) {
    throw invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
      {
        code: 'parameter_missing',
        stored: false,
      },
    )
  }
  const intent = inParam(tx, paymentIntents, params.payment_intent, 'payment_intent')
  const charge = intent.latest_charge === null ? undefined : tx.get(charges, intent.latest_charge)
  if (charge?.status !== 'succeeded') {
    throw invalidRequest(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    })
  }
  return charge
}
