import { Problem } from '../../../../contract/problem.ts'
import type { Effect } from '../../../../contract/effects.ts'
import { formatMoney } from '../../../../contract/money.ts'
import type { Change, Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import { invoiceName, readInvoice, requireStatus } from '../../wording/invoices.ts'
import { costText, isTold, readLineCost } from '../../wording/line-costs.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { readNextInvoice, type NextInvoice } from '../../wording/next-invoice.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

const COSTS = ['amount', 'pricing', 'price_data', 'unit_amount_decimal']

export const createInvoiceItem = defineTool({
  name: 'stripe_create_invoice_item',
  group: 'Invoices',
  description: 'Add a charge or credit to a customer',
  mode: 'write',
  effect: 'draft',
  effectOf: (params): Exclude<Effect, 'read'> => {
    const amount = params['amount']
    if (typeof amount === 'number' && amount < 0) return 'money'
    return params['invoice'] === undefined ? 'change' : 'draft'
  },
  operation: 'invoiceItems.create',
  usual: ['customer', 'amount', 'currency', 'description', 'pricing', 'quantity', 'invoice', 'subscription'],
  rules: [
    { atLeastOne: ['customer', 'customer_account', 'invoice'] },
    { exactlyOne: COSTS },
    { when: 'amount', excludes: ['quantity'] },
    { atMostOne: ['invoice', 'subscription'] },
    { param: 'quantity', min: 0 },
  ],
  guidance: {
    whenToUse:
      'To add a charge, or with a negative amount a credit, to a customer’s next invoice (or to a draft given as invoice). To charge at once: stripe_create_payment_intent.',
    askBefore: [
      'What it is for, the amount and the currency.',
      'Whether it waits for the next invoice, or goes on a draft.',
    ],
    safeDefaults: [
      'Without invoice it waits; with a running subscription it is charged with the next renewal.',
      'A catalog price goes into pricing {"price": "price_…"} with quantity, and must be one-time.',
    ],
    examples: [
      {
        title: 'A charge of $15.00 on the next invoice',
        params: {
          customer: EXAMPLE.customer,
          amount: 1500,
          currency: 'usd',
          description: 'Extra support hour',
        },
      },
      {
        title: 'A credit on a draft invoice',
        params: {
          customer: EXAMPLE.customer,
          invoice: EXAMPLE.invoice,
          amount: -500,
          currency: 'usd',
          description: 'Goodwill',
        },
      },
    ],
    followups: ['stripe_create_invoice with pending_invoice_items_behavior include bills it now.'],
  },
  async prepare(given, read) {
    const invoice = await readDraft(given, read)
    const params = withOwner(given, invoice)
    const customerId = textAt(params, 'customer')
    const customer = customerId === undefined ? undefined : await readLivingCustomer(read, customerId)
    const currency = await currencyOf(params, read, invoice, customer)
    const cost = await readLineCost(params, { read, currency, at: '' })
    const next = invoice === undefined ? await readWhereItGoes(read, params) : undefined
    const usual = await readUsualAmount(read, currency, customerId)
    const whom = customer === undefined ? '' : ` for ${customerName(customer)}`
    return {
      params: params['amount'] === undefined ? params : { ...params, currency },
      currencies: { amount: currency },
      stakes: {
        money: cost.amount === undefined ? 'unknown' : [{ amount: Math.abs(cost.amount), currency }],
        customer: customerId ?? null,
      },
      facts: {
        customer: customerId ?? null,
        currency,
        cost: cost.amount ?? null,
        invoice_status: textAt(invoice ?? {}, 'status') ?? null,
        next_subscription: next?.subscription ?? null,
      },
      describe(sent) {
        const credit = cost.amount !== undefined && cost.amount < 0
        const where = invoice === undefined ? 'the next invoice' : `the draft invoice ${invoiceName(invoice)}`
        return {
          summary: `Add a ${credit ? 'credit' : 'charge'}${amountText(cost.amount, currency)} to ${where}${invoice === undefined ? whom : ''}`,
          changes: [
            { what: credit ? 'Credit' : 'Charge', before: null, after: costText(cost, currency) },
            ...(cost.amount === undefined
              ? []
              : [moneyBecomes('Amount', null, { amount: cost.amount, currency }, 'amount')]),
            placeRow(textAt(sent, 'invoice'), next),
            ...(customerId === undefined
              ? []
              : [becomes('Customer', null, customerId, 'customer', customerId)]),
          ],
          warnings: [
            ...(cost.amount === undefined
              ? []
              : amountWarnings(
                  { amount: cost.amount, currency },
                  { customerCurrency: textAt(customer ?? {}, 'currency'), usual },
                )),
            ...(next?.subscription === undefined || credit
              ? []
              : [`It is billed by itself with the next renewal, on ${formatDate(next.at)}.`]),
          ],
          irreversible: '',
          told: [
            'customer',
            'invoice',
            ...(isTold(costParts(sent)) ? ['amount', 'currency', 'description', ...COSTS, 'quantity'] : []),
          ],
          literal: ['metadata', 'period', 'discountable', 'subscription', 'currency', 'description'],
        }
      },
    }
  },
})

async function readDraft(params: Params, read: Read): Promise<Params | undefined> {
  const id = textAt(params, 'invoice')
  if (id === undefined) return undefined
  const invoice = await readInvoice(read, id)
  requireStatus(invoice, ['draft'], 'given more items')
  const owner = idAt(invoice, 'customer')
  const customer = textAt(params, 'customer')
  if (customer !== undefined && customer !== owner)
    throw wrongParam('customer', `${id} is an invoice of ${owner ?? 'somebody else'}, not of ${customer}`)
  return invoice
}

/** An item on an invoice is of the invoice's customer: said in the bytes. */
function withOwner(params: Params, invoice: Params | undefined): Params {
  if (invoice === undefined || params['customer'] !== undefined || params['customer_account'] !== undefined)
    return params
  return { customer: idAt(invoice, 'customer'), ...params }
}

/** Stated, or that of the invoice, the price, the customer. */
async function currencyOf(
  params: Params,
  read: Read,
  invoice: Params | undefined,
  customer: Params | undefined,
): Promise<string> {
  const price = textAt(objectAt(params, 'pricing') ?? {}, 'price')
  const places = [
    params,
    objectAt(params, 'price_data'),
    invoice,
    price === undefined ? undefined : await read('prices.retrieve', { id: price, expand: ['product'] }),
    customer,
  ]
  const found = places.flatMap((place) => textAt(place ?? {}, 'currency') ?? [])[0]
  if (found !== undefined) return found.toLowerCase()
  throw new Problem('invalid_params', 'The currency of this item is not known: the customer has none yet.', {
    nextStep: 'Ask the user, and give currency.',
  })
}

/** The invoice that takes the item up by itself; undefined where somebody has to make one. */
async function readWhereItGoes(read: Read, params: Params): Promise<NextInvoice | undefined> {
  const { customer, subscription } = params
  if (customer === undefined) return undefined
  return readNextInvoice(read, subscription === undefined ? { customer } : { subscription })
}

function placeRow(invoice: string | undefined, next: NextInvoice | undefined): Change {
  if (invoice !== undefined) return becomes('On', null, `the draft ${invoice}`, 'invoice', invoice)
  const where =
    next?.subscription === undefined
      ? 'waits until somebody makes an invoice that includes it'
      : `the next invoice of ${next.subscription}, on ${formatDate(next.at)}`
  return becomes('On', null, where, 'invoice', null)
}

function amountText(amount: number | undefined, currency: string): string {
  return amount === undefined ? '' : ` of ${formatMoney({ amount: Math.abs(amount), currency })}`
}

function costParts(sent: Params): Params {
  const names = ['amount', 'currency', 'description', 'quantity', ...COSTS]
  return Object.fromEntries(Object.entries(sent).filter(([name]) => names.includes(name)))
}
