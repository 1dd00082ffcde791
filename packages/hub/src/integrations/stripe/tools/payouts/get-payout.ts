import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const getPayout = defineTool({
  name: 'stripe_get_payout',
  group: 'Payouts',
  description: 'Get payout details and status',
  mode: 'read',
  effect: 'read',
  operation: 'payouts.retrieve',
  pathParam: { name: 'payout_id', aliases: ['payout', 'id'], description: 'The payout, po_…' },
  usual: ['expand'],
  guidance: {
    whenToUse: 'To see whether a payout has arrived, and why not (failure_code).',
    askBefore: [],
    safeDefaults: [
      'expand ["destination"] shows the bank account. paid can still turn into failed within days.',
    ],
    examples: [
      {
        title: 'One payout with its bank account',
        params: { payout_id: EXAMPLE.payout, expand: ['destination'] },
      },
    ],
    followups: ['pending and not automatic: stripe_cancel_payout takes it back.'],
  },
})
