import { Problem } from '../../../../contract/problem.ts'
import { defineTool } from '../../define-tool.ts'

export const listCustomers = defineTool({
  name: 'stripe_list_customers',
  group: 'Customers',
  description: 'List customers with pagination and filters',
  mode: 'read',
  effect: 'read',
  operation: 'customers.list',
  usual: ['email', 'limit', 'starting_after', 'created'],
  guidance: {
    whenToUse: 'To find a customer by the exact e-mail address, or to page through customers, newest first.',
    askBefore: ['Which customer is meant, when several share a name or an e-mail.'],
    safeDefaults: ['limit 10; follow next_starting_after while has_more is true.'],
    examples: [
      { title: 'The ten newest customers', params: { limit: 10 } },
      { title: 'The customer with this address', params: { email: 'jane.doe@example.com' } },
    ],
    followups: ['stripe_get_customer for one of them in detail.'],
  },
  check: (params) => {
    const email = params['email']
    if (typeof email === 'string' && !email.includes('@')) {
      throw new Problem(
        'invalid_params',
        `Stripe's list compares the whole e-mail address, so "${email.slice(0, 80)}" would match nobody.`,
        { nextStep: 'Give the whole address (upper and lower case count), or list without email and page.' },
      )
    }
  },
})
