import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const getDispute = defineTool({
  name: 'stripe_get_dispute',
  group: 'Disputes & Fraud',
  description: 'Get dispute details',
  mode: 'read',
  effect: 'read',
  operation: 'disputes.retrieve',
  pathParam: { name: 'dispute_id', aliases: ['dispute', 'id'], description: 'The dispute, du_… or dp_…' },
  usual: ['expand'],
  guidance: {
    whenToUse: 'To see why a payment is disputed, what was submitted, and until when it can be answered.',
    askBefore: [],
    safeDefaults: [
      'evidence_details.due_by is the deadline; without an answer the dispute is lost then.',
      'warning_… is an inquiry: no money has gone yet, and a refund ends it.',
    ],
    examples: [{ title: 'One dispute', params: { dispute_id: EXAMPLE.dispute } }],
    followups: [
      'To contest it, clawlink_search_tools "update dispute" finds the tool that submits evidence, once.',
      'To concede it for good: stripe_close_dispute.',
    ],
  },
})
