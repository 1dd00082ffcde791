import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

const PAGING = ['limit', 'starting_after', 'ending_before']

export const getInvoice = defineTool({
  name: 'stripe_get_invoice',
  group: 'Invoices',
  description: 'Get invoice details including line items',
  mode: 'read',
  effect: 'read',
  operation: 'invoices.retrieve',
  alternatives: ['invoices.listLineItems'],
  pathParam: { name: 'invoice_id', aliases: ['invoice', 'id'], description: 'The invoice, in_…' },
  usual: ['limit', 'starting_after', 'expand'],
  properties: {
    limit: { type: 'integer', description: 'Answers its lines instead, this many a page.' },
    starting_after: { type: 'string', description: 'Lines after this one, il_….' },
    ending_before: { type: 'string', description: 'Lines before this one, il_….' },
  },
  guidance: {
    whenToUse: 'To see one invoice: status, amounts, lines, customer, the link to its page.',
    askBefore: [],
    safeDefaults: [
      'It holds the first 10 lines; give limit (up to 100) or starting_after to page through all of them.',
      'How it was paid: expand ["payments"]. Its subscription is in parent.subscription_details.',
    ],
    examples: [
      { title: 'One invoice', params: { invoice_id: EXAMPLE.invoice } },
      { title: 'Up to 100 of its lines', params: { invoice_id: EXAMPLE.invoice, limit: 100 } },
    ],
    followups: [
      'draft: stripe_finalize_invoice. open: stripe_send_invoice or stripe_void_invoice. paid: stripe_create_credit_note.',
    ],
  },
  route({ invoice_id: id, ...rest }: Params) {
    if (!PAGING.some((name) => Object.hasOwn(rest, name))) return undefined
    return { operation: 'invoices.listLineItems', params: { id, ...rest } }
  },
})
