import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const getCheckoutSession = defineTool({
  name: 'stripe_get_checkout_session',
  group: 'Checkout Sessions',
  description: 'Get checkout session details',
  mode: 'read',
  effect: 'read',
  operation: 'checkout.sessions.retrieve',
  pathParam: {
    name: 'checkout_session_id',
    aliases: ['session', 'id'],
    description: 'The checkout session, cs_test_… or cs_live_…',
  },
  usual: ['expand'],
  guidance: {
    whenToUse: 'To see whether a checkout was finished and paid, and what came of it.',
    askBefore: [],
    safeDefaults: [
      'status: open, complete, expired. payment_status: paid, unpaid, no_payment_required (a trial, a setup, nothing to pay).',
      'What is bought comes only with expand ["line_items"].',
    ],
    examples: [
      {
        title: 'A session with its lines',
        params: { checkout_session_id: EXAMPLE.checkoutSession, expand: ['line_items'] },
      },
    ],
    followups: ['subscription, payment_intent, invoice and customer are filled in when it is complete.'],
  },
})
