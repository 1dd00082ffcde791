import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

const WHOSE = ['customer', 'customer_account', 'customer_details', 'subscription', 'schedule']

export const createPreviewInvoice = defineTool({
  name: 'stripe_create_preview_invoice',
  group: 'Invoices',
  description: 'Preview an upcoming invoice',
  mode: 'read',
  effect: 'read',
  operation: 'invoices.createPreview',
  usual: ['customer', 'subscription', 'subscription_details', 'preview_mode'],
  rules: [
    { atLeastOne: WHOSE },
    { atMostOne: ['subscription', 'schedule'] },
    { when: 'schedule', excludes: ['subscription_details'] },
  ],
  guidance: {
    whenToUse:
      'To see what a customer will be billed next, or what a change of a subscription would cost. It calculates only: nothing is stored, charged or sent.',
    askBefore: [],
    safeDefaults: [
      'An item to change needs its id (si_…) in subscription_details.items; without id it is added.',
      'Prorations count from now: give the same proration_date here and in the change to get the same amounts.',
    ],
    examples: [
      { title: 'The next invoice of a subscription', params: { subscription: EXAMPLE.subscription } },
      {
        title: 'What another price would cost now',
        params: {
          subscription: EXAMPLE.subscription,
          subscription_details: {
            items: [{ id: EXAMPLE.subscriptionItem, price: EXAMPLE.otherPrice }],
            proration_behavior: 'always_invoice',
          },
        },
      },
    ],
    followups: ['The answer cannot be read again. stripe_update_subscription makes the change.'],
  },
})
