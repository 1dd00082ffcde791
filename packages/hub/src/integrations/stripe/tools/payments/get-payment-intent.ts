import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { intentId } from '../../wording/payments.ts'

export const getPaymentIntent = defineTool({
  name: 'stripe_get_payment_intent',
  group: 'Payment Intents & Charges',
  description: 'Get payment intent details and status',
  mode: 'read',
  effect: 'read',
  operation: 'paymentIntents.retrieve',
  pathParam: intentId('The payment intent, pi_…'),
  usual: ['expand'],
  guidance: {
    whenToUse:
      'To see whether a payment went through, why not (last_payment_error), and which charge it made.',
    askBefore: [],
    safeDefaults: [
      'The charge is in latest_charge; expand ["latest_charge"] to see it whole.',
      'It does not name its invoice: clawlink_search_tools "list invoice payments" finds the tool that does.',
    ],
    examples: [{ title: 'One payment', params: { payment_intent_id: EXAMPLE.paymentIntent } }],
    followups: [
      'requires_confirmation: stripe_confirm_payment_intent. requires_capture: stripe_capture_payment_intent.',
      'succeeded: its latest_charge can be refunded with stripe_create_refund.',
    ],
  },
})
