import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const listPaymentMethods = defineTool({
  name: 'stripe_list_payment_methods',
  group: 'Payment Methods',
  description: 'List payment methods attached to a customer',
  mode: 'read',
  effect: 'read',
  operation: 'paymentMethods.list',
  usual: ['customer', 'type', 'limit', 'starting_after'],
  // Without either Stripe lists what belongs to the account itself, and looks as if nobody had a card.
  rules: [{ exactlyOne: ['customer', 'customer_account'] }],
  guidance: {
    whenToUse: 'To see the cards and accounts that a customer can be charged on.',
    askBefore: ['Which one to use, where a customer has several.'],
    safeDefaults: ['type "card" lists cards alone; without it every type is listed.'],
    examples: [{ title: "A customer's cards", params: { customer: EXAMPLE.customer, type: 'card' } }],
    followups: [
      'The default for invoices is in stripe_get_customer: invoice_settings.default_payment_method.',
    ],
  },
})
