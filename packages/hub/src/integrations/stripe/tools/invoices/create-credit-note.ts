import { formatMoney, type Money } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Change, Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { emailRow, invoiceName, moneyOf, readInvoice, requireStatus } from '../../wording/invoices.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** Where the credited amount of a paid invoice goes, which together must make the whole. */
const PARTS = {
  refund_amount: 'Refunded to how it was paid',
  credit_amount: 'Kept as the customer’s credit',
  out_of_band_amount: 'Given back outside of Stripe',
} as const

const PART_NAMES = Object.keys(PARTS) as Array<keyof typeof PARTS>

export const createCreditNote = defineTool({
  name: 'stripe_create_credit_note',
  group: 'Invoices',
  description: 'Create a credit note for an invoice',
  mode: 'write',
  effect: 'money',
  operation: 'creditNotes.create',
  usual: [
    'invoice',
    'amount',
    'refund_amount',
    'credit_amount',
    'out_of_band_amount',
    'lines',
    'reason',
    'memo',
    'email_type',
  ],
  rules: [
    { atLeastOne: ['amount', 'lines', 'shipping_cost', 'refunds', ...PART_NAMES] },
    { atMostOne: ['amount', 'lines'] },
    ...['amount', ...PART_NAMES].map((param) => ({ param, min: 0 })),
  ],
  guidance: {
    whenToUse:
      'To take back an open or paid invoice, wholly or in part. An open one that is wrong as a whole: stripe_void_invoice. A draft: stripe_delete_invoice.',
    askBefore: [
      'How much, and why (reason).',
      'For a paid invoice: back to the card (refund_amount), as credit (credit_amount) or outside of Stripe (out_of_band_amount).',
    ],
    safeDefaults: [
      'On an open invoice give amount or lines alone: less is to be paid. On a paid one the three parts must make the whole.',
      'The customer gets an e-mail unless email_type is none.',
    ],
    examples: [
      {
        title: 'Keep $5.00 of a paid invoice as the customer’s credit',
        params: { invoice: EXAMPLE.invoice, credit_amount: 500, reason: 'product_unsatisfactory' },
      },
    ],
    followups: [
      'stripe_get_invoice shows what is left; a negative balance of the customer pays later invoices.',
    ],
  },
  async prepare(given, read) {
    const id = textAt(given, 'invoice') ?? ''
    const invoice = await readInvoice(read, id)
    const status = requireStatus(invoice, ['open', 'paid'], 'credited')
    const params: Params = {
      ...settled(await withRefunds(given, read), status, invoice),
      email_type: given['email_type'] ?? 'credit_note',
    }
    // Stripe's own arithmetic: discounts and taxes of lines, and what it refuses.
    const { metadata: _metadata, expand: _expand, ...asked } = params
    const preview = await read('creditNotes.preview', asked)
    const amount = moneyOf(preview, 'amount')
    const creditedBefore = integerAt(invoice, 'post_payment_credit_notes_amount')
    const remaining = integerAt(invoice, 'amount_remaining')
    return {
      params,
      stakes: { money: [amount], customer: idAt(invoice, 'customer') ?? null },
      currencies: Object.fromEntries(['amount', ...PART_NAMES].map((name) => [name, amount.currency])),
      facts: {
        status,
        amount: amount.amount,
        currency: amount.currency,
        credited_before: creditedBefore,
        remaining,
      },
      describe(sent) {
        const sends = textAt(sent, 'email_type') !== 'none'
        const refund = sent['refund_amount']
        const email = textAt(invoice, 'customer_email')
        return {
          summary: `Credit ${formatMoney(amount)} of the ${status} invoice ${invoiceName(invoice)}${typeof refund === 'number' && refund > 0 ? `, of which ${formatMoney({ ...amount, amount: refund })} are refunded` : ''}`,
          changes: [
            moneyBecomes('Credit note', null, amount, 'amount'),
            ...(status === 'paid'
              ? paidRows(sent, amount, id, creditedBefore)
              : openRows(amount, id, remaining)),
            ...(sends
              ? [emailRow(invoice, email, 'the credit note')]
              : [{ what: 'E-mail', before: null, after: 'none' }]),
          ],
          warnings: [
            ...amountWarnings(amount),
            ...(status === 'open' && amount.amount === remaining
              ? ['Nothing is left to pay: the invoice counts as paid.']
              : []),
            ...(typeof sent['out_of_band_amount'] === 'number' && sent['out_of_band_amount'] > 0
              ? ['Stripe gives nothing back of what is out of band: somebody has to pay it out elsewhere.']
              : []),
          ],
          irreversible:
            status === 'paid' || amount.amount === remaining
              ? 'A credit note cannot be voided once its invoice is paid.'
              : '',
          told: ['invoice', 'amount', 'email_type', ...PART_NAMES],
          literal: ['reason', 'memo', 'metadata', 'effective_at', 'lines'],
        }
      },
    }
  },
})

/** A refund that was made before counts in full unless less is said: then the bytes say it. */
async function withRefunds(params: Params, read: Read): Promise<Params> {
  if (params['refunds'] === undefined) return params
  const refunds: Params[] = []
  for (const [index, linked] of listAt(params, 'refunds').entries()) {
    const id = textAt(linked, 'refund')
    if (linked['amount_refunded'] === undefined && id === undefined)
      throw wrongParam(`refunds[${index}].amount_refunded`, `"refunds[${index}]" needs amount_refunded`)
    const amount = linked['amount_refunded'] ?? (await read('refunds.retrieve', { id }))['amount']
    refunds.push({ ...linked, amount_refunded: amount })
  }
  return { ...params, refunds }
}

/** The params with the whole amount in them, where only its parts were given. */
function settled(params: Params, status: string, invoice: Params): Params {
  const linked = listAt(params, 'refunds')
  const parts = PART_NAMES.filter((name) => params[name] !== undefined)
  if (status === 'open') {
    const given = parts[0] ?? (linked.length > 0 ? 'refunds' : undefined)
    if (given !== undefined)
      throw wrongParam(given, `"${given}" is for paid invoices; of this open one give amount or lines alone`)
    return params
  }
  const sum =
    parts.reduce((total, name) => total + integerAt(params, name), 0) +
    linked.reduce((total, refund) => total + integerAt(refund, 'amount_refunded'), 0)
  if (sum === 0) {
    throw new Problem('invalid_params', 'This invoice is paid: the credit must go somewhere.', {
      nextStep:
        'Ask the user how much goes back to the card (refund_amount), stays as credit (credit_amount) or is given back elsewhere (out_of_band_amount).',
    })
  }
  refuseWrongSum(params, sum, invoice)
  return params['lines'] === undefined ? { ...params, amount: sum } : params
}

function refuseWrongSum(params: Params, sum: number, invoice: Params): void {
  const money = (amount: number): string =>
    formatMoney({ amount, currency: textAt(invoice, 'currency') ?? '' })
  const amount = params['amount']
  if (typeof amount === 'number' && amount !== sum)
    throw wrongParam(
      'amount',
      `The parts make ${money(sum)}, but amount is ${money(amount)}: they must be equal`,
    )
  const paid = integerAt(invoice, 'amount_paid')
  const refund = params['refund_amount']
  if (typeof refund === 'number' && refund > paid)
    throw wrongParam('refund_amount', `Only ${money(paid)} was paid: ${money(refund)} cannot be refunded`)
}

function paidRows(sent: Params, { amount, currency }: Money, invoice: string, before: number): Change[] {
  const parts = PART_NAMES.flatMap((name) => {
    const part = sent[name]
    return typeof part === 'number' && part > 0
      ? [{ what: PARTS[name], before: null, after: formatMoney({ amount: part, currency }) }]
      : []
  })
  return [
    ...parts,
    moneyBecomes(
      'Credited of the invoice in all',
      before,
      { amount: before + amount, currency },
      'post_payment_credit_notes_amount',
      { operation: 'invoices.retrieve', params: { id: invoice } },
    ),
  ]
}

function openRows({ amount, currency }: Money, invoice: string, remaining: number): Change[] {
  const read = { operation: 'invoices.retrieve', params: { id: invoice } }
  const left = remaining - amount
  return [
    moneyBecomes('Still to pay', remaining, { amount: left, currency }, 'amount_remaining', read),
    ...(left === 0 ? [becomes('Invoice status', 'open', 'paid', 'status', 'paid', read)] : []),
  ]
}
