import { cleanLine } from '../../../../contract/clean-text.ts'
import { Problem } from '../../../../contract/problem.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { textAt } from '../../json.ts'

/** Statuses that people speak of and Stripe does not have, with what finds these invoices. */
const SPOKEN_STATUSES: Record<string, string> = {
  past_due: 'Give status open and due_date {"lt": <now as Unix seconds>}.',
  overdue: 'Give status open and due_date {"lt": <now as Unix seconds>}.',
  unpaid: 'Give status open, and uncollectible for those written off.',
  upcoming: 'Call stripe_create_preview_invoice: what is not yet an invoice is never listed.',
}

export const listInvoices = defineTool({
  name: 'stripe_list_invoices',
  group: 'Invoices',
  description: 'List invoices with status and customer filters',
  mode: 'read',
  effect: 'read',
  operation: 'invoices.list',
  usual: ['customer', 'subscription', 'status', 'due_date', 'limit', 'starting_after'],
  guidance: {
    whenToUse:
      'To find invoices of a customer, a subscription or a status, newest first. What will be billed next is no invoice yet: stripe_create_preview_invoice.',
    askBefore: [],
    safeDefaults: ['Overdue: status open with due_date {"lt": now}. All statuses without status.'],
    examples: [
      { title: 'What a customer still has to pay', params: { customer: EXAMPLE.customer, status: 'open' } },
    ],
    followups: ['stripe_get_invoice for one with its lines.'],
  },
  check(params) {
    const status = textAt(params, 'status') ?? ''
    const nextStep = Object.hasOwn(SPOKEN_STATUSES, status) ? SPOKEN_STATUSES[status] : undefined
    if (nextStep === undefined) return
    throw new Problem('invalid_params', `No invoice has the status "${cleanLine(status, 40)}".`, { nextStep })
  },
})
