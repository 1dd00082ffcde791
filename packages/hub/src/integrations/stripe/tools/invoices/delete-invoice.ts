import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import {
  invoiceName,
  lineText,
  linesOf,
  moneyOf,
  readInvoice,
  requireStatus,
  subscriptionOf,
} from '../../wording/invoices.ts'

export const deleteInvoice = defineTool({
  name: 'stripe_delete_invoice',
  group: 'Invoices',
  description: 'Permanently delete a draft invoice',
  mode: 'write',
  effect: 'money',
  operation: 'invoices.del',
  pathParam: { name: 'invoice_id', aliases: ['invoice', 'id'], description: 'The draft invoice, in_…' },
  usual: [],
  guidance: {
    whenToUse:
      'To drop a draft that somebody made. A finalized invoice: stripe_void_invoice. The draft of a subscription cannot be deleted: finalize, then void it.',
    askBefore: ['That this draft is not needed any more.'],
    safeDefaults: [],
    examples: [{ title: 'Delete a draft', params: { invoice_id: EXAMPLE.invoice } }],
    followups: ['stripe_list_invoice_items with pending: true shows what now waits for the next invoice.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'invoice_id') ?? ''
    const invoice = await readInvoice(read, id)
    requireStatus(invoice, ['draft'], 'deleted')
    const subscription = subscriptionOf(invoice)
    if (subscription !== undefined) {
      throw new Problem(
        'invalid_state',
        `${id} is a draft of the subscription ${subscription}: Stripe does not delete these.`,
        {
          nextStep:
            'Finalize it with stripe_finalize_invoice and auto_advance false, then stripe_void_invoice.',
        },
      )
    }
    const total = moneyOf(invoice, 'total')
    const { lines, hasMore } = linesOf(invoice)
    return {
      params,
      stakes: { money: total.amount > 0 ? [total] : [], customer: idAt(invoice, 'customer') ?? null },
      facts: { status: 'draft', total: total.amount, currency: total.currency, lines: lines.length },
      describe: () => ({
        summary: `Delete the draft invoice ${invoiceName(invoice)} of ${formatMoney(total)}`,
        changes: [
          becomes('Invoice', `draft of ${formatMoney(total)}`, 'deleted', 'deleted', true),
          ...lines.map((line) => ({ what: 'Line', before: lineText(line), after: 'gone from this invoice' })),
          ...(hasMore ? [{ what: 'Line', before: 'more lines', after: 'gone from this invoice' }] : []),
        ],
        warnings:
          lines.length === 0
            ? []
            : ['What was pending before may wait for the customer’s next invoice again.'],
        irreversible: 'A deleted draft cannot be brought back.',
        told: ['invoice_id'],
        literal: [],
      }),
    }
  },
})
