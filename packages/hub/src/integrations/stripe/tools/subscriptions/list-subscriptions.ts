import { cleanLine } from '../../../../contract/clean-text.ts'
import { Problem } from '../../../../contract/problem.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { textAt } from '../../json.ts'

/** What people call them, and Stripe's statuses for it. */
const SPOKEN_STATUSES: Record<string, string> = {
  past: 'Give status canceled, ended (canceled or never begun), or all.',
  inactive: 'Give status canceled, ended (canceled or never begun), or all.',
  cancelled: 'Stripe writes it canceled.',
  trial: 'Give status trialing.',
  overdue: 'Give status past_due, and unpaid for those whose retries have ended.',
}

export const listSubscriptions = defineTool({
  name: 'stripe_list_subscriptions',
  group: 'Subscriptions',
  description: 'List active and past subscriptions',
  mode: 'read',
  effect: 'read',
  operation: 'subscriptions.list',
  usual: ['customer', 'status', 'price', 'limit', 'starting_after'],
  guidance: {
    whenToUse: 'To find subscriptions of a customer, a price or a status, newest first.',
    askBefore: [],
    safeDefaults: [
      'Without status, canceled ones are left out: past ones need status canceled, ended or all.',
      'active includes those whose collection is paused (pause_collection) and those that end (cancel_at).',
    ],
    examples: [
      { title: 'All of a customer, past ones too', params: { customer: EXAMPLE.customer, status: 'all' } },
      { title: 'Whose payment failed', params: { status: 'past_due', limit: 20 } },
    ],
    followups: ['stripe_get_subscription for one; its periods are on the items.'],
  },
  advise: (params) =>
    params['status'] === undefined ? ['Canceled subscriptions are left out; status all shows them too.'] : [],
  check(params) {
    const status = textAt(params, 'status') ?? ''
    const nextStep = Object.hasOwn(SPOKEN_STATUSES, status) ? SPOKEN_STATUSES[status] : undefined
    if (nextStep === undefined) return
    throw new Problem('invalid_params', `No subscription has the status "${cleanLine(status, 40)}".`, {
      nextStep,
    })
  },
})
