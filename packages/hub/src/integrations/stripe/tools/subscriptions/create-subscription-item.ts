import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import type { Params } from '../../../define.ts'
import { textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { isItemTold, readItemsChange } from '../../wording/item-changes.ts'
import { billingFacts } from '../../wording/next-invoice.ts'
import {
  stakesOfChange,
  readChange,
  tellChange,
  TOLD_OF_CHANGE,
  withProrations,
} from '../../wording/subscription-changes.ts'
import {
  itemsText,
  LIVING,
  readSubscription,
  requireSubscriptionStatus,
  subscriptionFacts,
  subscriptionMethod,
  subscriptionName,
} from '../../wording/subscriptions.ts'

/** What belongs to the subscription, not to the item. */
const OF_CHANGE = ['subscription', ...TOLD_OF_CHANGE]

export const createSubscriptionItem = defineTool({
  name: 'stripe_create_subscription_item',
  group: 'Subscriptions',
  description: 'Add an item to an existing subscription',
  mode: 'write',
  effect: 'change',
  operation: 'subscriptionItems.create',
  usual: ['subscription', 'price', 'quantity', 'proration_behavior', 'proration_date', 'metadata'],
  rules: [{ exactlyOne: ['price', 'price_data', 'plan'] }, { param: 'quantity', min: 0 }],
  guidance: {
    whenToUse:
      'To add one more price to a subscription. To change price or quantity of an item it has: stripe_update_subscription.',
    askBefore: [
      'Which price and how many.',
      'Whether the rest of this period is billed now, later or not at all.',
    ],
    safeDefaults: [
      'Stripe prorates by default: the rest of the period goes on the next invoice. proration_behavior none bills nothing before the renewal.',
      'proration_date (now, Unix seconds) makes the amounts exactly those of the preview.',
    ],
    examples: [
      {
        title: 'One more price from the next period on',
        params: { subscription: EXAMPLE.subscription, price: EXAMPLE.otherPrice, proration_behavior: 'none' },
      },
    ],
    followups: ['stripe_delete_subscription_item takes it off again.'],
  },
  async prepare(given, read) {
    const subscription = await readSubscription(read, textAt(given, 'subscription') ?? '')
    requireSubscriptionStatus(subscription, LIVING, 'given more items')
    const params = withProrations(given)
    const item = itemOf(params)
    const { items } = await readItemsChange(read, subscription, [item])
    const [added] = items
    const billing = await readChange(read, subscription, { ...changeOf(params), items: [item] })
    const stakes = stakesOfChange(billing, subscription, params)
    const charges = stakes.money.length > 0
    return {
      params,
      effect: charges ? 'money' : 'change',
      stakes,
      facts: { ...subscriptionFacts(subscription), ...billingFacts(billing) },
      describe(sent) {
        const money = tellChange(billing, sent, { subscription, answered: false })
        return {
          summary: `Add ${added?.after ?? 'an item'} to the subscription ${subscriptionName(subscription)} (${itemsText(subscription)})${charges ? `, which bills ${subscriptionMethod(subscription) ?? 'the customer'} now` : ''}`,
          changes: [
            ...(added?.price === undefined
              ? [{ what: 'Price', before: null, after: added?.after ?? '' }]
              : [becomes('Price', null, added.after ?? added.price, 'price', added.price)]),
            ...(added?.quantity === undefined
              ? []
              : [becomes('Quantity', null, String(added.quantity.after), 'quantity', added.quantity.after)]),
            ...money.changes,
          ],
          warnings: money.warnings,
          irreversible: '',
          told: [
            'subscription',
            ...TOLD_OF_CHANGE,
            ...(isItemTold(itemOf(sent)) ? ['price', 'price_data', 'quantity'] : []),
          ],
          literal: ['metadata', 'price', 'quantity'],
        }
      },
    }
  },
})

function itemOf(params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).filter(([name]) => !OF_CHANGE.includes(name) && name !== 'metadata'),
  )
}

function changeOf(params: Params): Params {
  return Object.fromEntries(
    Object.entries(params).filter(([name]) => OF_CHANGE.includes(name) && name !== 'subscription'),
  )
}
