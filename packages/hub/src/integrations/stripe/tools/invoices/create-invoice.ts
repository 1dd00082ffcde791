import { cleanLine } from '../../../../contract/clean-text.ts'
import { formatMoney } from '../../../../contract/money.ts'
import type { Effect } from '../../../../contract/effects.ts'
import type { Change, Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { integerAt, listAt, textAt } from '../../json.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import { lineRows, subscriptionOf } from '../../wording/invoices.ts'
import { readGivenCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** More than this wait for hardly any customer; beyond it nothing is added up. */
const ITEMS_READ = 100

export const createInvoice = defineTool({
  name: 'stripe_create_invoice',
  group: 'Invoices',
  description: 'Create a new draft invoice',
  mode: 'write',
  effect: 'draft',
  effectOf: (params): Exclude<Effect, 'read'> => {
    if (params['auto_advance'] !== true) return 'draft'
    return textAt(params, 'collection_method') === 'send_invoice' ? 'change' : 'money'
  },
  operation: 'invoices.create',
  usual: [
    'customer',
    'pending_invoice_items_behavior',
    'collection_method',
    'days_until_due',
    'auto_advance',
    'currency',
    'description',
    'metadata',
  ],
  rules: [
    { atLeastOne: ['customer', 'customer_account', 'from_invoice'] },
    { atMostOne: ['customer', 'customer_account'] },
    { atMostOne: ['days_until_due', 'due_date'] },
    { when: 'automatically_finalizes_at', needs: ['auto_advance'] },
    { when: 'from_invoice', excludes: ['pending_invoice_items_behavior', 'subscription'] },
    { param: 'days_until_due', min: 0 },
  ],
  guidance: {
    whenToUse: 'To bill a customer once. It only makes a draft; a subscription makes its invoices by itself.',
    askBefore: [
      'What the customer is billed for.',
      'Charged automatically, or sent with a time to pay (collection_method send_invoice and days_until_due).',
    ],
    safeDefaults: [
      'What waits for the customer is left out: give pending_invoice_items_behavior include to bill it.',
      'Leave auto_advance out: with true Stripe finalizes the draft after about an hour and charges or sends it.',
    ],
    examples: [
      {
        title: 'A draft of what waits, to be paid within 30 days',
        params: {
          customer: EXAMPLE.customer,
          collection_method: 'send_invoice',
          days_until_due: 30,
          pending_invoice_items_behavior: 'include',
        },
      },
    ],
    followups: [
      'stripe_add_invoice_lines to fill it, then stripe_finalize_invoice or stripe_send_invoice; stripe_delete_invoice to drop it.',
    ],
  },
  async prepare(given, read) {
    refuseWrongDue(given)
    const params = withDefaults(given)
    const customer = await readGivenCustomer(read, params)
    const currency = textAt(params, 'currency') ?? textAt(customer ?? {}, 'currency')
    const waiting = await readPending(read, params, currency)
    const all = waiting.hasMore ? undefined : waiting.items
    const total = all?.reduce((sum, item) => sum + integerAt(item, 'amount'), 0)
    const includes = textAt(params, 'pending_invoice_items_behavior') === 'include'
    return {
      params,
      ...(includes && total !== undefined && currency !== undefined
        ? { stakes: { money: [{ amount: Math.abs(total), currency }] } }
        : {}),
      facts: {
        currency: currency ?? null,
        customer_email: textAt(customer ?? {}, 'email') ?? null,
        pending: waiting.items.map((item) => `${textAt(item, 'id')} ${integerAt(item, 'amount')}`).join(),
      },
      describe(sent) {
        const excludes = textAt(sent, 'pending_invoice_items_behavior') === 'exclude'
        const sends = textAt(sent, 'collection_method') === 'send_invoice'
        const whom = customer === undefined ? '' : ` for ${customerName(customer)}`
        const what =
          includes && total !== undefined && currency !== undefined
            ? ` of ${formatMoney({ amount: total, currency })} before tax and discounts`
            : ''
        const left = waiting.items.length
        return {
          summary: `Create a draft invoice${what}${whom}; nothing is charged or sent until it is finalized`,
          changes: [
            becomes('Invoice', null, 'draft', 'status', 'draft'),
            ...(includes ? lineRows('Line', waiting.items, waiting.hasMore) : []),
            ...subtotalRows(includes ? total : excludes ? 0 : undefined, currency),
            ...(params['collection_method'] === undefined
              ? []
              : [paidRow(sent, sends ? 'send_invoice' : 'charge_automatically')]),
            ...(textAt(sent, 'description') === undefined
              ? []
              : [
                  {
                    what: 'Description',
                    before: null,
                    after: cleanLine(textAt(sent, 'description') ?? '', 200),
                  },
                ]),
          ],
          warnings: [
            ...(excludes && left > 0 ? [leftOut(waiting.items, waiting.hasMore)] : []),
            ...(includes && left === 0 ? ['Nothing waits for this customer: the draft will be empty.'] : []),
            ...(sent['auto_advance'] === true ? [advanceWarning(sent, sends)] : []),
            ...(sends && customer !== undefined && textAt(customer, 'email') === undefined
              ? ['The customer has no e-mail address: Stripe cannot send them an invoice.']
              : []),
          ],
          irreversible: '',
          told: [
            'customer',
            'pending_invoice_items_behavior',
            'collection_method',
            'auto_advance',
            'description',
            'days_until_due',
            'due_date',
            'automatically_finalizes_at',
          ],
          literal: [
            'currency',
            'metadata',
            'footer',
            'custom_fields',
            'statement_descriptor',
            'subscription',
            'effective_at',
          ],
        }
      },
    }
  },
})

/** Stripe's own defaults, so that the bytes say them; a revision and a subscription's invoice follow their origin. */
function withDefaults(params: Params): Params {
  if (params['from_invoice'] !== undefined) return params
  return {
    ...params,
    collection_method: params['collection_method'] ?? 'charge_automatically',
    auto_advance: params['auto_advance'] ?? false,
    ...(params['subscription'] === undefined
      ? { pending_invoice_items_behavior: params['pending_invoice_items_behavior'] ?? 'exclude' }
      : {}),
  }
}

function refuseWrongDue(params: Params): void {
  const sends = textAt(params, 'collection_method') === 'send_invoice'
  const due = ['days_until_due', 'due_date'].find((name) => params[name] !== undefined)
  if (sends && due === undefined)
    throw wrongParam('days_until_due', 'collection_method send_invoice needs days_until_due or due_date')
  if (!sends && due !== undefined)
    throw wrongParam(
      due,
      `"${due}" needs collection_method send_invoice: what is charged automatically is due at once`,
    )
}

async function readPending(
  read: Read,
  params: Params,
  currency: string | undefined,
): Promise<{ items: Params[]; hasMore: boolean }> {
  const customer = textAt(params, 'customer')
  if (customer === undefined || params['subscription'] !== undefined) return { items: [], hasMore: false }
  const list = await read('invoiceItems.list', { customer, pending: true, limit: ITEMS_READ })
  // What is in another currency, or waits for a subscription, goes on other invoices.
  const items = listAt(list, 'data').filter(
    (item) =>
      (currency === undefined || textAt(item, 'currency') === currency) && subscriptionOf(item) === undefined,
  )
  return { items, hasMore: list['has_more'] === true }
}

function subtotalRows(amount: number | undefined, currency: string | undefined): Change[] {
  if (amount === undefined || currency === undefined) return []
  return [moneyBecomes('Subtotal', null, { amount, currency }, 'subtotal')]
}

function paidRow(sent: Params, method: string): Change {
  const days = sent['days_until_due']
  const date = sent['due_date']
  const due =
    typeof days === 'number'
      ? `, due after ${days} days`
      : typeof date === 'number'
        ? `, due on ${formatDate(date)}`
        : ''
  const text =
    method === 'send_invoice' ? `the customer pays the invoice that is sent${due}` : 'charged automatically'
  return becomes('Payment', null, text, 'collection_method', method)
}

function leftOut(items: Params[], hasMore: boolean): string {
  const count = `${hasMore ? 'More than ' : ''}${items.length}`
  return `${count} pending ${items.length === 1 ? 'item' : 'items'} of this customer stay off this invoice (pending_invoice_items_behavior include would bill them).`
}

function advanceWarning(sent: Params, sends: boolean): string {
  const at = sent['automatically_finalizes_at']
  const when = typeof at === 'number' ? `on ${formatDate(at)}` : 'after about an hour'
  return `Stripe finalizes this draft by itself ${when} and then ${sends ? 'e-mails it to the customer' : 'charges the customer'}.`
}
