import { defineTool } from '../../define-tool.ts'

export const listPayouts = defineTool({
  name: 'stripe_list_payouts',
  group: 'Payouts',
  description: 'List payouts to the bank account',
  mode: 'read',
  effect: 'read',
  operation: 'payouts.list',
  usual: ['status', 'arrival_date', 'created', 'destination', 'limit', 'starting_after'],
  properties: {
    status: { type: 'string', description: 'pending, in_transit, paid, failed or canceled: small letters.' },
  },
  guidance: {
    whenToUse: 'To see what was sent to the bank and when it arrives, newest first.',
    askBefore: [],
    safeDefaults: ['arrival_date is when it reaches the bank; a failed one is back in the balance.'],
    examples: [
      { title: 'The latest payouts', params: { limit: 10 } },
      { title: 'What is on its way', params: { status: 'pending' } },
    ],
    followups: [
      'stripe_get_payout for one of them; stripe_list_balance_transactions for what an automatic one pays.',
    ],
  },
})
