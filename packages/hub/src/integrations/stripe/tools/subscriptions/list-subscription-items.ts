import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const listSubscriptionItems = defineTool({
  name: 'stripe_list_subscription_items',
  group: 'Subscriptions',
  description: 'List items on a subscription',
  mode: 'read',
  effect: 'read',
  operation: 'subscriptionItems.list',
  usual: ['subscription', 'limit', 'starting_after'],
  guidance: {
    whenToUse:
      'To see what a subscription consists of: each item (si_…) has a price, a quantity and its period. A change of price or quantity needs the item’s id.',
    askBefore: [],
    safeDefaults: [],
    examples: [{ title: 'The items of a subscription', params: { subscription: EXAMPLE.subscription } }],
    followups: [
      'stripe_update_subscription changes price or quantity; stripe_delete_subscription_item removes one.',
    ],
  },
})
