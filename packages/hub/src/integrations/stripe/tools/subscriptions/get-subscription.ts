import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const getSubscription = defineTool({
  name: 'stripe_get_subscription',
  group: 'Subscriptions',
  description: 'Get subscription details and schedule',
  mode: 'read',
  effect: 'read',
  operation: 'subscriptions.retrieve',
  pathParam: {
    name: 'subscription_id',
    aliases: ['subscription', 'id'],
    description: 'The subscription, sub_…',
  },
  usual: ['expand'],
  guidance: {
    whenToUse: 'To see one subscription: status, items with prices and periods, discounts, when it ends.',
    askBefore: [],
    safeDefaults: [
      'Periods are on the items: items.data[].current_period_end.',
      'The schedule is an id: expand ["schedule"] shows its phases, ["latest_invoice"] the last invoice.',
    ],
    examples: [
      { title: 'With its schedule', params: { subscription_id: EXAMPLE.subscription, expand: ['schedule'] } },
    ],
    followups: [
      'What comes next: stripe_create_preview_invoice. past_due: its latest_invoice was not paid.',
      'pause_collection set or status paused: stripe_resume_subscription.',
    ],
  },
})
