import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const getPaymentIntent = defineTool({
  name: 'stripe_get_payment_intent',
  group: 'Payment Intents & Charges',
  description: 'Get payment intent details and status',
  mode: 'read',
  effect: 'read',
  operation: 'paymentIntents.retrieve',
  pathParam: {
    name: 'payment_intent_id',
    aliases: ['intent', 'payment_intent', 'id'],
    description: 'The payment intent, pi_…',
  },
  usual: ['expand'],
  guidance: {
    whenToUse: 'To see whether a payment went through, and which charge it made.',
    askBefore: [],
    safeDefaults: ['The charge is in latest_charge; expand ["latest_charge"] to see it whole.'],
    examples: [{ title: 'One payment', params: { payment_intent_id: EXAMPLE.paymentIntent } }],
    followups: [
      'requires_confirmation: stripe_confirm_payment_intent.',
      'succeeded: its latest_charge can be refunded with stripe_create_refund.',
    ],
  },
})
