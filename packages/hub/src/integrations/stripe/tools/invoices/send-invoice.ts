import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, objectAt, textAt } from '../../json.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import {
  emailRow,
  invoiceName,
  lineRows,
  linesOf,
  moneyOf,
  readInvoice,
  requireStatus,
} from '../../wording/invoices.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

export const sendInvoice = defineTool({
  name: 'stripe_send_invoice',
  group: 'Invoices',
  description: 'Send a finalized invoice to the customer',
  mode: 'write',
  effect: 'change',
  operation: 'invoices.sendInvoice',
  pathParam: { name: 'invoice_id', aliases: ['invoice', 'id'], description: 'The invoice, in_…' },
  usual: [],
  guidance: {
    whenToUse:
      'To e-mail an invoice with collection_method send_invoice to its customer, now or once more. A draft is finalized first. One that is charged automatically cannot be sent.',
    askBefore: ['That the customer shall get this e-mail now, at the address that the preview shows.'],
    safeDefaults: ['Each call is one more e-mail. In test mode none is sent.'],
    examples: [{ title: 'E-mail an invoice', params: { invoice_id: EXAMPLE.invoice } }],
    followups: ['stripe_get_invoice later: paid, when the customer has paid.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'invoice_id') ?? ''
    const invoice = await readInvoice(read, id)
    const status = requireStatus(invoice, ['draft', 'open', 'paid'], 'sent')
    const email = receiverOf(invoice, status)
    refuseUnsendable(invoice, email)
    const sentBefore = await readLastSent(read, id)
    const due = moneyOf(invoice, 'amount_due')
    const remaining = moneyOf(invoice, 'amount_remaining')
    return {
      params,
      stakes: { money: [], customer: idAt(invoice, 'customer') ?? null },
      facts: {
        status,
        amount_due: due.amount,
        amount_remaining: remaining.amount,
        currency: due.currency,
        email: email ?? null,
        sent_before: textAt(sentBefore ?? {}, 'id') ?? null,
      },
      describe() {
        const { lines, hasMore } = linesOf(invoice)
        const isDraft = status === 'draft'
        const after = isDraft ? (due.amount === 0 ? 'paid' : 'open') : status
        return {
          summary: `${isDraft ? 'Finalize and send' : 'Send'} the invoice ${invoiceName(invoice)}, ${formatMoney(remaining)} to pay`,
          changes: [
            emailRow(invoice, email, 'the invoice'),
            becomes('Status', status, after === status ? `${status}, as before` : after, 'status', after),
            ...(isDraft ? lineRows('Line', lines, hasMore) : []),
            moneyBecomes('Amount due', null, due, 'amount_due'),
          ],
          warnings: [
            ...(sentBefore === undefined
              ? []
              : [
                  `This invoice was already sent on ${formatDate(integerAt(sentBefore, 'created'))}: the customer gets one more e-mail.`,
                ]),
            ...(isDraft
              ? ['It is a draft: sending finalizes it, and its lines are fixed from then on.']
              : []),
            ...(status === 'paid' ? ['It is paid already: the e-mail does not say so.'] : []),
          ],
          irreversible: isDraft
            ? 'An e-mail cannot be called back, and a finalized invoice does not become a draft again.'
            : 'An e-mail cannot be called back.',
          told: ['invoice_id'],
          literal: [],
        }
      },
    }
  },
})

/** A draft takes the customer's address when it is finalized; afterwards the invoice keeps its own. */
function receiverOf(invoice: Params, status: string): string | undefined {
  const from = status === 'draft' ? objectAt(invoice, 'customer') : undefined
  return textAt(from ?? {}, 'email') ?? textAt(invoice, 'customer_email')
}

function refuseUnsendable(invoice: Params, email: string | undefined): void {
  const id = textAt(invoice, 'id') ?? ''
  if (textAt(invoice, 'collection_method') !== 'send_invoice') {
    throw new Problem('invalid_state', `${id} is charged automatically: Stripe does not send it.`, {
      nextStep:
        'Give the user its link (hosted_invoice_url of stripe_get_invoice), or make a new invoice with collection_method send_invoice.',
    })
  }
  if (email === undefined) {
    throw new Problem('invalid_state', `The customer of ${id} has no e-mail address.`, {
      nextStep: 'Ask the user for the address and save it with stripe_update_customer.',
    })
  }
}

/** Stripe keeps events for 30 days; the newest come first. */
async function readLastSent(read: Read, id: string): Promise<Params | undefined> {
  const events = await readIfAllowed(read, 'events.list', { type: 'invoice.sent', limit: 100 })
  return listAt(events ?? {}, 'data').find(
    (event) => textAt(objectAt(objectAt(event, 'data') ?? {}, 'object') ?? {}, 'id') === id,
  )
}
