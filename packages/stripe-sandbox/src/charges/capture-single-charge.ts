import { checkEmail } from '../customers/customer.ts'
import { formatAmount } from '../money.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { captureCharge } from './charge-card.ts'
import type { Charge } from './charge.ts'

export interface CaptureCharge {
  /** In the smallest unit; all that was authorized when absent. The rest is released. */
  amount?: number
  receipt_email?: string
  statement_descriptor?: string
  statement_descriptor_suffix?: string
  transfer_group?: string
}

/** @throws StripeError 400 for a charge of a payment intent, a captured, failed or expired one, or too large an amount */
export function captureSingleCharge(tx: Transaction, charge: Charge, params: CaptureCharge): Charge {
  if (charge.payment_intent !== null) {
    throw invalidRequest(
      `This charge was created by a PaymentIntent, so it is captured through it: capture ${charge.payment_intent} instead.`,
      { param: 'charge' },
    )
  }
  if (charge.status === 'failed') {
    throw invalidRequest(`Charge ${charge.id} failed, so there is nothing to capture.`, { param: 'charge' })
  }
  if (charge.captured) {
    throw invalidRequest(`Charge ${charge.id} has already been captured.`, {
      code: 'charge_already_captured',
    })
  }
  if (charge.capture_before !== null && tx.now > charge.capture_before) {
    throw invalidRequest(`Charge ${charge.id} could not be captured because its authorization has expired.`, {
      code: 'charge_expired_for_capture',
    })
  }
  checkEmail(params.receipt_email, 'receipt_email')
  const amount = params.amount ?? charge.amount
  if (amount < 1) {
    throw invalidParam(
      'amount',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    )
  }
  if (amount > charge.amount) {
    throw invalidRequest(
      `The amount to capture (${formatAmount(amount, charge.currency)}) is greater than the amount authorized ` +
        `(${formatAmount(charge.amount, charge.currency)}).`,
      { code: 'amount_too_large', param: 'amount' },
    )
  }
  return captureCharge(
    tx,
    {
      ...charge,
      receipt_email: textOr(charge.receipt_email, params.receipt_email),
      statement_descriptor: textOr(charge.statement_descriptor, params.statement_descriptor),
      statement_descriptor_suffix: textOr(
        charge.statement_descriptor_suffix,
        params.statement_descriptor_suffix,
      ),
      transfer_group: textOr(charge.transfer_group, params.transfer_group),
    },
    amount,
  )
}
