import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const getCustomer = defineTool({
  name: 'stripe_get_customer',
  group: 'Customers',
  description: 'Get customer details including balance and metadata',
  mode: 'read',
  effect: 'read',
  operation: 'customers.retrieve',
  pathParam: { name: 'customer_id', aliases: ['customer', 'id'], description: 'The customer, cus_…' },
  usual: ['expand'],
  guidance: {
    whenToUse: 'To see one customer: contact data, default payment method, balance, metadata.',
    askBefore: [],
    safeDefaults: [
      'A deleted customer is answered with deleted: true, not with an error.',
      'Subscriptions only come with expand ["subscriptions"]; payment methods with stripe_list_payment_methods.',
    ],
    examples: [
      { title: 'One customer', params: { customer_id: EXAMPLE.customer } },
      {
        title: 'With the active subscriptions',
        params: { customer_id: EXAMPLE.customer, expand: ['subscriptions'] },
      },
    ],
    followups: ['A negative balance is a credit that the next invoice uses up.'],
  },
})
