import { defineTool } from '../../define-tool.ts'
import { textAt } from '../../json.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

export const searchCustomers = defineTool({
  name: 'stripe_search_customers',
  group: 'Customers',
  description: 'Search customers by email, name, or metadata',
  mode: 'read',
  effect: 'read',
  operation: 'customers.search',
  usual: ['query', 'limit', 'page'],
  properties: {
    query: {
      type: 'string',
      description:
        "Clauses such as email:'jane@example.com', name~'doe', phone:'+1555', metadata['plan']:'gold', created>1700000000, joined by AND or by OR.",
    },
  },
  guidance: {
    whenToUse:
      'To find customers by part of an e-mail or name, by phone or by metadata. Not for what was changed within the last minute: stripe_get_customer or stripe_list_customers show that at once.',
    askBefore: ['Which customer is meant, when several match.'],
    safeDefaults: [
      ': is equal, ~ contains (3 characters or more), - in front is not. AND and OR do not mix.',
      'Continue with page = next_page. The number of matches: expand ["total_count"] with view "full".',
    ],
    examples: [
      { title: 'By part of a name', params: { query: "name~'doe'" } },
      {
        title: 'By metadata and date',
        params: { query: "metadata['internal_id']:'CUST-001' AND created>1700000000", limit: 5 },
      },
    ],
    followups: ['stripe_get_customer for one of them in detail.'],
  },
  check(params) {
    if (!/[:~<>]/.test(textAt(params, 'query') ?? ''))
      throw wrongParam('query', '"query" needs a field and an operator, such as name~\'doe\'')
  },
})
