import { formatMoney } from '../../../../contract/money.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { invoiceName, moneyOf, readInvoice, requireStatus, subscriptionOf } from '../../wording/invoices.ts'

export const voidInvoice = defineTool({
  name: 'stripe_void_invoice',
  group: 'Invoices',
  description: 'Void an invoice',
  mode: 'write',
  effect: 'money',
  operation: 'invoices.voidInvoice',
  pathParam: { name: 'invoice_id', aliases: ['invoice', 'id'], description: 'The invoice, in_…' },
  usual: [],
  guidance: {
    whenToUse:
      'To cancel an open or uncollectible invoice that should not have been made. A draft: stripe_delete_invoice. A paid one, or a part: stripe_create_credit_note.',
    askBefore: ['That the customer shall never pay this invoice: voiding is for good.'],
    safeDefaults: [],
    examples: [{ title: 'Void an open invoice', params: { invoice_id: EXAMPLE.invoice } }],
    followups: ['A corrected invoice is a new one: stripe_create_invoice.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'invoice_id') ?? ''
    const invoice = await readInvoice(read, id)
    const status = requireStatus(invoice, ['open', 'uncollectible'], 'voided')
    const remaining = moneyOf(invoice, 'amount_remaining')
    const paid = moneyOf(invoice, 'amount_paid')
    const subscription = subscriptionOf(invoice)
    return {
      params,
      stakes: { money: [remaining], customer: idAt(invoice, 'customer') ?? null },
      facts: { status, remaining: remaining.amount, paid: paid.amount, currency: remaining.currency },
      describe: () => ({
        summary: `Void the invoice ${invoiceName(invoice)}: ${formatMoney(remaining)} will never be paid`,
        changes: [
          becomes('Status', status, 'void', 'status', 'void'),
          { what: 'Still to be paid', before: formatMoney(remaining), after: 'nothing' },
        ],
        warnings: [
          ...(paid.amount > 0
            ? [
                `${formatMoney(paid)} of it is paid already: voiding does not give that back, and Stripe may refuse.`,
              ]
            : []),
          ...(subscription === undefined
            ? []
            : [
                `It bills the subscription ${subscription}, which goes on without being paid for this period.`,
              ]),
          'The customer’s link to pay it stops working.',
        ],
        irreversible: 'A void invoice stays void.',
        told: ['invoice_id'],
        literal: [],
      }),
    }
  },
})
