import { formatMoney } from '../../../../contract/money.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, textAt } from '../../json.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import {
  chargedTo,
  invoiceName,
  lineRows,
  linesOf,
  moneyOf,
  readInvoice,
  requireStatus,
} from '../../wording/invoices.ts'

export const finalizeInvoice = defineTool({
  name: 'stripe_finalize_invoice',
  group: 'Invoices',
  description: 'Finalize a draft invoice for sending',
  mode: 'write',
  effect: 'change',
  operation: 'invoices.finalizeInvoice',
  pathParam: { name: 'invoice_id', aliases: ['invoice', 'id'], description: 'The draft invoice, in_…' },
  usual: ['auto_advance'],
  guidance: {
    whenToUse:
      'To fix a draft: it gets its number and can be paid. To e-mail it as well, stripe_send_invoice does both.',
    askBefore: [
      'That the lines and the total are right: afterwards nothing but a credit note corrects them.',
    ],
    safeDefaults: ['auto_advance false: Stripe neither charges nor reminds by itself.'],
    examples: [
      {
        title: 'Finalize, and collect nothing automatically',
        params: { invoice_id: EXAMPLE.invoice, auto_advance: false },
      },
    ],
    followups: [
      'stripe_send_invoice to e-mail it; stripe_get_invoice has the link to pay it (hosted_invoice_url).',
    ],
  },
  async prepare(params, read) {
    const id = textAt(params, 'invoice_id') ?? ''
    const invoice = await readInvoice(read, id)
    requireStatus(invoice, ['draft'], 'finalized')
    const due = moneyOf(invoice, 'amount_due')
    const advance = params['auto_advance'] ?? invoice['auto_advance'] === true
    const automatic = textAt(invoice, 'collection_method') === 'charge_automatically'
    const charges = advance === true && automatic && due.amount > 0
    const card = chargedTo(invoice)
    return {
      params: { ...params, auto_advance: advance },
      effect: charges ? 'money' : 'change',
      stakes: { money: charges ? [due] : [], customer: idAt(invoice, 'customer') ?? null },
      facts: {
        status: 'draft',
        amount_due: due.amount,
        total: integerAt(invoice, 'total'),
        currency: due.currency,
        collection_method: textAt(invoice, 'collection_method') ?? null,
        charged_to: charges ? (card ?? null) : null,
      },
      describe() {
        const { lines, hasMore } = linesOf(invoice)
        const total = integerAt(invoice, 'total')
        const then = charges
          ? ` and charge ${formatMoney(due)} to ${card ?? 'the customer’s default payment method'}`
          : ''
        return {
          summary: `Finalize the invoice ${invoiceName(invoice)} of ${formatMoney(due)}${then}`,
          changes: [
            statusRow(due.amount, charges),
            ...lineRows('Line', lines, hasMore),
            moneyBecomes('Amount due', null, due, 'amount_due'),
            ...(total === due.amount
              ? []
              : [
                  moneyBecomes(
                    'Total before the customer’s balance',
                    null,
                    { ...due, amount: total },
                    'total',
                  ),
                ]),
          ],
          warnings: warningsOf(invoice, {
            advance: advance === true,
            automatic,
            charges,
            card,
            due: due.amount,
          }),
          irreversible:
            'A finalized invoice keeps its number and lines; it can only be voided or corrected by a credit note.',
          told: ['invoice_id', 'auto_advance'],
          literal: [],
        }
      },
    }
  },
})

/** What is charged may be declined or take a while, so that nothing can be promised of its status. */
function statusRow(due: number, charges: boolean) {
  if (charges) return { what: 'Status', before: 'draft', after: 'open, then paid if the payment succeeds' }
  return due === 0
    ? becomes('Status', 'draft', 'paid, as there is nothing to pay', 'status', 'paid')
    : becomes('Status', 'draft', 'open', 'status', 'open')
}

function warningsOf(
  invoice: Params,
  {
    advance,
    automatic,
    charges,
    card,
    due,
  }: { advance: boolean; automatic: boolean; charges: boolean; card: string | undefined; due: number },
): string[] {
  return [
    ...(linesOf(invoice).lines.length === 0 ? ['This invoice has no lines.'] : []),
    ...(charges && card !== undefined
      ? ['auto_advance is on: Stripe charges at once or within about an hour, and again if that fails.']
      : []),
    ...(charges && card === undefined
      ? ['auto_advance is on, but the customer has no default payment method: the charge will fail.']
      : []),
    ...(advance && !automatic
      ? ['auto_advance is on: Stripe e-mails the invoice and its reminders by itself.']
      : []),
    ...(!advance && due > 0
      ? ['auto_advance is off: nobody is charged or e-mailed until somebody does it.']
      : []),
    ...(due === 0 && integerAt(invoice, 'total') < 0
      ? ['The total is negative: it is added to the customer’s credit balance.']
      : []),
  ]
}
