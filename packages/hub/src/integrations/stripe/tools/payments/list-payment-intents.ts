import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { textAt } from '../../json.ts'
import { quoted, SEARCH_IS_LATE, searchInstead } from '../../wording/search-instead.ts'

export const listPaymentIntents = defineTool({
  name: 'stripe_list_payment_intents',
  group: 'Payment Intents & Charges',
  description: 'List payment intents with status filters',
  mode: 'read',
  effect: 'read',
  operation: 'paymentIntents.list',
  alternatives: ['paymentIntents.search'],
  usual: ['status', 'customer', 'created', 'limit', 'starting_after', 'page'],
  properties: {
    status: {
      type: 'string',
      enum: [
        'requires_payment_method',
        'requires_confirmation',
        'requires_action',
        'requires_capture',
        'processing',
        'succeeded',
        'canceled',
      ],
      description: 'Answered by search: up to a minute late, and paged by page.',
    },
    page: { type: 'string', description: 'With status: next_page of the answer before.' },
  },
  rules: [
    { when: 'status', excludes: ['starting_after', 'ending_before', 'customer_account'] },
    { when: 'page', needs: ['status'] },
  ],
  guidance: {
    whenToUse:
      'To find payments by customer, time or status, newest first. One by its id: stripe_get_payment_intent.',
    askBefore: [],
    safeDefaults: [
      'Without status, follow next_starting_after; with status, page = next_page.',
      'A payment of a moment ago: leave status out and look at it in the answer.',
    ],
    examples: [
      { title: 'The latest payments of a customer', params: { customer: EXAMPLE.customer, limit: 10 } },
      { title: 'Holds that wait for capture', params: { status: 'requires_capture' } },
    ],
    followups: ['stripe_get_payment_intent for one of them in detail.'],
  },
  advise: (params) =>
    params['status'] === undefined
      ? []
      : [`Stripe's list has no status filter, so this was a search. ${SEARCH_IS_LATE}`],
  route(params) {
    const status = textAt(params, 'status')
    const customer = textAt(params, 'customer')
    return status === undefined
      ? undefined
      : searchInstead('paymentIntents.search', params, [
          `status:${quoted(status)}`,
          ...(customer === undefined ? [] : [`customer:${quoted(customer)}`]),
        ])
  },
})
