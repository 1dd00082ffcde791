import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const listBalanceTransactions = defineTool({
  name: 'stripe_list_balance_transactions',
  group: 'Payment Intents & Charges',
  description: 'List balance transactions',
  mode: 'read',
  effect: 'read',
  operation: 'balanceTransactions.list',
  usual: ['type', 'source', 'payout', 'currency', 'created', 'limit', 'starting_after'],
  properties: {
    type: {
      type: 'string',
      description: 'Such as charge, refund, payout, adjustment (disputes), stripe_fee.',
    },
    source: { type: 'string', description: 'What moved the money: ch_…, re_…, po_…, du_….' },
  },
  guidance: {
    whenToUse:
      'For bookkeeping: every movement of the balance with its fee, newest first. What a customer owes is not here: stripe_get_customer.',
    askBefore: [],
    safeDefaults: [
      'net = amount − fee; sum net, not amount. available_on is when it can be paid out.',
      'payout works for automatic payouts alone: Stripe does not tie single movements to manual ones.',
    ],
    examples: [
      { title: 'The fee of one charge', params: { source: EXAMPLE.charge } },
      { title: 'The latest refunds', params: { type: 'refund', limit: 20 } },
    ],
    followups: [],
  },
})
