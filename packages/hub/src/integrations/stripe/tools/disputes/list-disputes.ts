import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const listDisputes = defineTool({
  name: 'stripe_list_disputes',
  group: 'Disputes & Fraud',
  description: 'List chargebacks and disputes',
  mode: 'read',
  effect: 'read',
  operation: 'disputes.list',
  usual: ['charge', 'payment_intent', 'created', 'limit', 'starting_after'],
  guidance: {
    whenToUse:
      'To see which payments customers have disputed at their bank, newest first, or whether one was.',
    askBefore: [],
    safeDefaults: [
      'There is no filter by status: look for needs_response, warning_needs_response and appeal_needs_response in the answer.',
    ],
    examples: [
      { title: 'The latest disputes', params: { limit: 20 } },
      { title: 'Whether a charge is disputed', params: { charge: EXAMPLE.charge } },
    ],
    followups: ['stripe_get_dispute for the reason and until when it can be answered.'],
  },
})
