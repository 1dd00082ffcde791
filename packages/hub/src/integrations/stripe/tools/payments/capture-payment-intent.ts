import { formatMoney } from '../../../../contract/money.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, objectAt, textAt } from '../../json.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { capturedOf, heldUntil, releases } from '../../wording/holds.ts'
import { intentId, paymentName, readIntent, refuseState } from '../../wording/payments.ts'

export const capturePaymentIntent = defineTool({
  name: 'stripe_capture_payment_intent',
  group: 'Payment Intents & Charges',
  description: 'Capture funds from an uncaptured payment intent',
  mode: 'write',
  effect: 'money',
  operation: 'paymentIntents.capture',
  pathParam: intentId('The payment intent whose hold to capture, pi_…'),
  usual: ['amount_to_capture', 'final_capture', 'metadata'],
  rules: [{ param: 'amount_to_capture', min: 1 }],
  guidance: {
    whenToUse:
      'To take the money that a payment with capture_method manual holds (status requires_capture). To let the hold go: stripe_cancel_payment_intent.',
    askBefore: ['All that is held, or how much of it.'],
    safeDefaults: [
      'Leave amount_to_capture out to take all that is held; the rest of a smaller amount is released for good.',
      'A hold on a card ends after about 7 days.',
    ],
    examples: [
      { title: 'All that is held', params: { payment_intent_id: EXAMPLE.paymentIntent } },
      {
        title: 'A part of it',
        params: { payment_intent_id: EXAMPLE.paymentIntent, amount_to_capture: 3000 },
      },
    ],
    followups: ['stripe_create_refund gives captured money back.'],
  },
  async prepare(params, read) {
    const intent = await readIntent(read, params, ['latest_charge'])
    const id = textAt(intent, 'id') ?? ''
    const status = textAt(intent, 'status') ?? 'unknown'
    if (status !== 'requires_capture') {
      refuseState(
        id,
        status,
        'captured',
        status === 'succeeded'
          ? 'The money has been taken already: tell the user, and use stripe_create_refund to give some back.'
          : 'Only requires_capture can be captured; stripe_get_payment_intent shows what comes next.',
      )
    }
    const currency = textAt(intent, 'currency') ?? ''
    const held = integerAt(intent, 'amount_capturable')
    const received = integerAt(intent, 'amount_received')
    const amount = capturedOf({ amount: held, currency }, params, 'amount_to_capture')
    return {
      params: { ...params, amount_to_capture: amount },
      currencies: { amount_to_capture: currency },
      stakes: { customer: idAt(intent, 'customer') ?? null },
      facts: { status, currency, held, received, payment: paymentName(intent) },
      describe(sent) {
        const captured = integerAt(sent, 'amount_to_capture')
        const isFinal = sent['final_capture'] !== false
        const { warnings, irreversible } = releases({ amount: isFinal ? held - captured : 0, currency })
        const after = isFinal ? 'succeeded' : 'requires_capture'
        return {
          summary: `Capture ${formatMoney({ amount: captured, currency })} of ${formatMoney({ amount: held, currency })} held on ${paymentName(intent)}`,
          changes: [
            becomes('Payment status', status, after, 'status', after),
            moneyBecomes('Received', received, { amount: received + captured, currency }, 'amount_received'),
            moneyBecomes(
              'Held',
              held,
              { amount: isFinal ? 0 : held - captured, currency },
              'amount_capturable',
            ),
          ],
          warnings: [...heldUntil(objectAt(intent, 'latest_charge')), ...warnings],
          irreversible,
          told: ['payment_intent_id', 'amount_to_capture', 'final_capture'],
          literal: ['metadata', 'statement_descriptor', 'statement_descriptor_suffix'],
        }
      },
    }
  },
})
