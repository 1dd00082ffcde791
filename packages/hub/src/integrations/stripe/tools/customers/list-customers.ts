import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { textAt } from '../../json.ts'
import { quoted, SEARCH_IS_LATE, searchInstead } from '../../wording/search-instead.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** Stripe's search finds no shorter part of a text. */
const SHORTEST_PART = 3

const WHOLE_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** What a list has and a search has not. */
const LIST_ONLY = ['starting_after', 'ending_before', 'test_clock']

export const listCustomers = defineTool({
  name: 'stripe_list_customers',
  group: 'Customers',
  description: 'List customers with pagination and filters',
  mode: 'read',
  effect: 'read',
  operation: 'customers.list',
  alternatives: ['customers.search'],
  usual: ['email', 'created', 'limit', 'starting_after'],
  properties: {
    email: {
      type: 'string',
      description:
        'A whole address, upper and lower case as stored; or a part of one, which is searched for.',
    },
    page: { type: 'string', description: 'With a part of an address: next_page of the answer before.' },
  },
  guidance: {
    whenToUse:
      'To page through customers, newest first, or to find one by e-mail. By name, phone or metadata: stripe_search_customers.',
    askBefore: ['Which customer is meant, when several share a name or an e-mail.'],
    safeDefaults: [
      'Follow next_starting_after while has_more is true.',
      'No match by whole address: upper and lower case count, so give a part of it.',
    ],
    examples: [
      { title: 'The ten newest customers', params: { limit: 10 } },
      { title: 'The customer with this address', params: { email: 'jane.doe@example.com' } },
      { title: 'All at one company', params: { email: '@example.com' } },
    ],
    followups: ['stripe_get_customer for one of them in detail.'],
  },
  check(params) {
    const part = partOfAddress(params)
    if (part === undefined) {
      if (params['page'] === undefined) return
      throw wrongParam('page', '"page" goes with a part of an e-mail; the list continues with starting_after')
    }
    if (part.length < SHORTEST_PART)
      throw wrongParam(
        'email',
        `"email" must be a whole address, or at least ${SHORTEST_PART} characters of it`,
      )
    const other = LIST_ONLY.find((name) => params[name] !== undefined)
    if (other !== undefined)
      throw wrongParam(
        other,
        `"${other}" does not go with a part of an e-mail, which is searched for by page`,
      )
  },
  advise: (params) =>
    partOfAddress(params) === undefined
      ? []
      : [
          `Stripe's list matches whole addresses alone, so this searched for addresses that contain the given part. ${SEARCH_IS_LATE}`,
        ],
  route(params) {
    const part = partOfAddress(params)
    return part === undefined
      ? undefined
      : searchInstead('customers.search', params, [`email~${quoted(part)}`])
  },
})

function partOfAddress(params: Params): string | undefined {
  const email = textAt(params, 'email')
  return email === undefined || WHOLE_ADDRESS.test(email) ? undefined : email
}
