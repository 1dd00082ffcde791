import { formatMoney } from '../../../../contract/money.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, textAt } from '../../json.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { capturedOf, heldUntil, releases } from '../../wording/holds.ts'
import { paymentName, receiptWarnings, refuseState } from '../../wording/payments.ts'

export const captureCharge = defineTool({
  name: 'stripe_capture_charge',
  group: 'Payment Intents & Charges',
  description: 'Capture an uncaptured charge',
  mode: 'write',
  effect: 'money',
  operation: 'charges.capture',
  pathParam: {
    name: 'charge_id',
    aliases: ['charge', 'id'],
    description: 'The charge whose hold to capture, ch_…',
  },
  usual: ['amount', 'receipt_email'],
  rules: [{ param: 'amount', min: 1 }],
  guidance: {
    whenToUse:
      'To take the money that a charge made with capture false holds. A charge of a payment intent is captured with stripe_capture_payment_intent.',
    askBefore: ['All that is held, or how much of it.'],
    safeDefaults: [
      'Leave amount out to take all that is held; the rest of a smaller amount is released for good.',
    ],
    examples: [
      { title: 'All that is held', params: { charge_id: EXAMPLE.charge } },
      { title: 'A part of it', params: { charge_id: EXAMPLE.charge, amount: 3000 } },
    ],
    followups: ['stripe_create_refund gives captured money back.'],
  },
  async prepare(params, read) {
    const charge = await read('charges.retrieve', { id: params['charge_id'], expand: ['customer'] })
    refuseWhatCannotBeCaptured(charge)
    const currency = textAt(charge, 'currency') ?? ''
    const held = integerAt(charge, 'amount')
    const amount = capturedOf({ amount: held, currency }, params, 'amount')
    return {
      params: { ...params, amount },
      currencies: { amount: currency },
      stakes: { customer: idAt(charge, 'customer') ?? null },
      facts: { currency, held, payment: paymentName(charge) },
      describe(sent) {
        const captured = integerAt(sent, 'amount')
        const { warnings, irreversible } = releases({ amount: held - captured, currency })
        return {
          summary: `Capture ${formatMoney({ amount: captured, currency })} of ${formatMoney({ amount: held, currency })} held on ${paymentName(charge)}`,
          changes: [
            becomes('Captured', 'no, only held', 'yes', 'captured', true),
            moneyBecomes('Received', 0, { amount: captured, currency }, 'amount_captured'),
          ],
          warnings: [...heldUntil(charge), ...warnings, ...receiptWarnings(sent)],
          irreversible,
          told: ['charge_id', 'amount', 'receipt_email'],
          literal: ['statement_descriptor', 'statement_descriptor_suffix'],
        }
      },
    }
  },
})

function refuseWhatCannotBeCaptured(charge: Params): void {
  const id = textAt(charge, 'id') ?? ''
  const intent = idAt(charge, 'payment_intent')
  if (charge['captured'] === true)
    refuseState(
      id,
      'captured already',
      'captured again',
      'Tell the user; stripe_create_refund gives some back.',
    )
  if (charge['status'] === 'failed')
    refuseState(id, 'failed', 'captured', 'Ask the customer for another card: nothing is held on this one.')
  if (charge['refunded'] === true)
    refuseState(id, 'released', 'captured', 'A new payment is needed: stripe_create_payment_intent.')
  if (intent !== undefined) {
    refuseState(
      id,
      'part of a payment intent',
      'captured by itself',
      `Use stripe_capture_payment_intent with payment_intent_id ${intent}.`,
    )
  }
}
