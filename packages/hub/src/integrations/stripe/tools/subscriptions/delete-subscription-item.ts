import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { readItemsChange } from '../../wording/item-changes.ts'
import { billingFacts } from '../../wording/next-invoice.ts'
import {
  stakesOfChange,
  readChange,
  tellChange,
  TOLD_OF_CHANGE,
  withProrations,
} from '../../wording/subscription-changes.ts'
import {
  LIVING,
  readSubscription,
  requireSubscriptionStatus,
  subscriptionFacts,
  subscriptionName,
} from '../../wording/subscriptions.ts'

export const deleteSubscriptionItem = defineTool({
  name: 'stripe_delete_subscription_item',
  group: 'Subscriptions',
  description: 'Remove an item from a subscription',
  mode: 'write',
  effect: 'change',
  effectOf: (params) => (params['clear_usage'] === true ? 'money' : 'change'),
  operation: 'subscriptionItems.del',
  pathParam: { name: 'subscription_item_id', aliases: ['item', 'id'], description: 'The item, si_…' },
  usual: ['proration_behavior', 'proration_date', 'clear_usage'],
  guidance: {
    whenToUse:
      'To take one of several items off a subscription, which goes on. The last one cannot go: stripe_cancel_subscription.',
    askBefore: ['That the customer shall no longer have this.', 'Whether unused time is credited.'],
    safeDefaults: [
      'Stripe credits unused time by default; proration_behavior none credits nothing.',
      'proration_date (now, Unix seconds) makes the credit exactly that of the preview.',
    ],
    examples: [
      {
        title: 'Remove an item, unused time is credited',
        params: { subscription_item_id: EXAMPLE.subscriptionItem },
      },
    ],
    followups: [],
  },
  async prepare(given, read) {
    const id = textAt(given, 'subscription_item_id') ?? ''
    const item = await read('subscriptionItems.retrieve', { id })
    const subscription = await readSubscription(read, textAt(item, 'subscription') ?? '')
    requireSubscriptionStatus(subscription, LIVING, 'changed')
    const { items } = await readItemsChange(read, subscription, [{ id, deleted: true }])
    const params = withProrations(given)
    const { subscription_item_id: _id, clear_usage: clears, ...change } = params
    const billing = await readChange(read, subscription, {
      ...change,
      items: [{ id, deleted: true, ...(clears === undefined ? {} : { clear_usage: clears }) }],
    })
    const stakes = stakesOfChange(billing, subscription, params)
    return {
      params,
      effect: stakes.money.length > 0 ? 'money' : 'change',
      stakes,
      facts: { ...subscriptionFacts(subscription), ...billingFacts(billing) },
      describe(sent) {
        const money = tellChange(billing, sent, { subscription, answered: false })
        return {
          summary: `Remove ${items[0]?.before ?? id} (${id}) from the subscription ${subscriptionName(subscription)}`,
          changes: [becomes('Item', items[0]?.before ?? id, 'removed', 'deleted', true), ...money.changes],
          warnings: [
            'The customer no longer has this item from now on; the subscription itself goes on.',
            ...(sent['clear_usage'] === true ? ['Usage that was not billed yet is given up.'] : []),
            ...money.warnings,
          ],
          irreversible: sent['clear_usage'] === true ? 'Cleared usage cannot be brought back.' : '',
          told: ['subscription_item_id', ...TOLD_OF_CHANGE, 'clear_usage'],
          literal: [],
        }
      },
    }
  },
})
