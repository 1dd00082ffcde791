import { defineTool } from '../../define-tool.ts'

export const getBalance = defineTool({
  name: 'stripe_get_balance',
  group: 'Payment Intents & Charges',
  description: 'Get Stripe account balance',
  mode: 'read',
  effect: 'read',
  operation: 'balance.retrieve',
  usual: [],
  guidance: {
    whenToUse:
      'To see what the account has available for payouts and refunds, and what is still pending, by currency.',
    askBefore: [],
    safeDefaults: [
      'available can be paid out now; pending becomes available in a few days. Negative: the account owes it.',
    ],
    examples: [{ title: 'The balance', params: {} }],
    followups: [
      'stripe_list_balance_transactions shows what it is made of; stripe_create_payout sends it to the bank.',
    ],
  },
})
