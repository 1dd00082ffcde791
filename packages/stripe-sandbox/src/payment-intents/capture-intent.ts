import { captureCharge } from '../charges/charge-card.ts'
import { charges } from '../charges/charge.ts'
import { formatAmount } from '../money.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest, notInSandbox } from '../wire/errors.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { paymentIntents } from './payment-intent.ts'
import type { PaymentIntent } from './payment-intent.ts'
import { wrongStatus } from './unexpected-state.ts'

export interface CaptureIntent {
  /** In the smallest unit; all that is capturable when absent. The rest is released. */
  amount_to_capture?: number
  final_capture?: boolean
  metadata?: MetadataParam
  statement_descriptor_suffix?: string
}

/** @throws StripeError 400 for another status, more than was authorized, or an authorization that has ended */
export function captureIntent(tx: Transaction, intent: PaymentIntent, params: CaptureIntent): PaymentIntent {
  if (params.final_capture === false) throw notInSandbox('capturing in several steps', 'final_capture')
  const charge = intent.latest_charge === null ? undefined : tx.get(charges, intent.latest_charge)
  if (intent.status !== 'requires_capture' || !charge) {
    throw wrongStatus(tx, intent, 'This PaymentIntent could not be captured', 'captured', [
      'requires_capture',
    ])
  }
  if (charge.capture_before !== null && tx.now > charge.capture_before) {
    throw invalidRequest('This PaymentIntent could not be captured because its authorization has expired.', {
      code: 'charge_expired_for_capture',
    })
  }
  const amount = params.amount_to_capture ?? intent.amount_capturable
  if (amount < 1) {
    throw invalidParam(
      'amount_to_capture',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    )
  }
  if (amount > intent.amount_capturable) {
    throw invalidRequest(
      `The amount to capture (${formatAmount(amount, intent.currency)}) is greater than the amount capturable ` +
        `(${formatAmount(intent.amount_capturable, intent.currency)}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    )
  }
  const suffix = params.statement_descriptor_suffix
  captureCharge(
    tx,
    suffix === undefined ? charge : { ...charge, statement_descriptor_suffix: suffix },
    amount,
  )
  const captured: PaymentIntent = {
    ...intent,
    amount_capturable: 0,
    amount_received: amount,
    metadata: mergeMetadata(intent.metadata, params.metadata),
    statement_descriptor_suffix: suffix ?? intent.statement_descriptor_suffix,
    status: 'succeeded',
  }
  tx.put(paymentIntents, captured)
  tx.emit('payment_intent.succeeded', paymentIntents, captured)
  return captured
}
