import { formatMoney } from '../../../../contract/money.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import { invoiceName, readInvoice, requireStatus } from '../../wording/invoices.ts'
import { costText, isTold, readLineCost, type LineCost } from '../../wording/line-costs.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

export const addInvoiceLines = defineTool({
  name: 'stripe_add_invoice_lines',
  group: 'Invoices',
  description: 'Add line items to a draft invoice',
  mode: 'write',
  effect: 'draft',
  operation: 'invoices.addLines',
  pathParam: { name: 'invoice_id', aliases: ['invoice', 'id'], description: 'The draft invoice, in_…' },
  usual: ['lines'],
  guidance: {
    whenToUse:
      'To put lines on a draft invoice. A charge that waits for the next invoice: stripe_create_invoice_item.',
    askBefore: ['What each line is for, and its amount.'],
    safeDefaults: [
      'A line is one of: amount (whole, negative is a credit) with description; pricing.price with quantity (one-time prices); price_data; invoice_item (pending, ii_…).',
    ],
    examples: [
      {
        title: 'A line of $20.00',
        params: { invoice_id: EXAMPLE.invoice, lines: [{ amount: 2000, description: 'Setup' }] },
      },
      {
        title: 'Three of a price, and what waited',
        params: {
          invoice_id: EXAMPLE.invoice,
          lines: [{ pricing: { price: EXAMPLE.price }, quantity: 3 }, { invoice_item: EXAMPLE.invoiceItem }],
        },
      },
    ],
    followups: ['stripe_finalize_invoice or stripe_send_invoice when the total is right.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'invoice_id') ?? ''
    const lines = listAt(params, 'lines')
    if (lines.length === 0) throw wrongParam('lines', '"lines" needs at least one line')
    const invoice = await readInvoice(read, id)
    requireStatus(invoice, ['draft'], 'given more lines')
    const currency = textAt(invoice, 'currency') ?? ''
    const costs: LineCost[] = []
    for (const [index, line] of lines.entries())
      costs.push(await readLineCost(line, { read, currency, at: `lines[${index}].` }))
    const before = integerAt(invoice, 'subtotal')
    const after = sumOf(costs, before)
    return {
      params,
      stakes: { money: [], customer: idAt(invoice, 'customer') ?? null },
      currencies: Object.fromEntries(lines.map((_line, index) => [`lines[${index}].amount`, currency])),
      facts: {
        status: 'draft',
        subtotal: before,
        currency,
        costs: costs.map(({ amount }) => amount ?? 'unknown').join(),
      },
      describe(sent) {
        const count = lines.length === 1 ? 'a line' : `${lines.length} lines`
        return {
          summary: `Add ${count} to the draft invoice ${invoiceName(invoice)}`,
          changes: [
            ...costs.map((cost) => ({ what: 'Line', before: null, after: costText(cost, currency) })),
            after === undefined
              ? becomes('Status', 'draft', 'draft, as before', 'status', 'draft')
              : moneyBecomes('Subtotal', before, { amount: after, currency }, 'subtotal'),
          ],
          warnings: [
            ...costs.flatMap(({ amount }) =>
              amount === undefined ? [] : amountWarnings({ amount, currency }),
            ),
            ...(after !== undefined && after < 0
              ? [
                  `The invoice becomes ${formatMoney({ amount: after, currency })}: a credit for the customer.`,
                ]
              : []),
            ...advanceWarning(invoice),
          ],
          irreversible: '',
          told: ['invoice_id', ...(listAt(sent, 'lines').every(isTold) ? ['lines'] : [])],
          literal: ['invoice_metadata'],
        }
      },
    }
  },
})

/** Undefined as soon as one amount is Stripe's to work out. */
function sumOf(costs: LineCost[], before: number): number | undefined {
  return costs.reduce<number | undefined>(
    (sum, { amount }) => (sum === undefined || amount === undefined ? undefined : sum + amount),
    before,
  )
}

function advanceWarning(invoice: Params): string[] {
  const at = invoice['automatically_finalizes_at']
  if (invoice['auto_advance'] !== true || typeof at !== 'number') return []
  return [`Stripe finalizes this draft by itself on ${formatDate(at)}, and then charges or sends it.`]
}
