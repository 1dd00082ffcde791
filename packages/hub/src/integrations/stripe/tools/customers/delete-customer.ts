import type { Change, Params, Read } from '../../../define.ts'
import { formatMoney } from '../../../../contract/money.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, objectAt, textAt } from '../../json.ts'
import { balanceAtStake, creditText } from '../../wording/balance.ts'
import { becomes } from '../../wording/changes.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { customerName, methodName } from '../../wording/names.ts'
import { priceAmount } from '../../wording/prices.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

/** As many as one request lists; more are said to be more. */
const MOST_LISTED = 100

/** As many of a kind as a person reads one by one. */
const MOST_ROWS = 20

const OVER = new Set(['canceled', 'incomplete_expired'])

export const deleteCustomer = defineTool({
  name: 'stripe_delete_customer',
  group: 'Customers',
  description: 'Permanently delete a customer',
  mode: 'write',
  effect: 'money',
  operation: 'customers.del',
  pathParam: { name: 'customer_id', aliases: ['customer', 'id'], description: 'The customer, cus_…' },
  usual: [],
  guidance: {
    whenToUse:
      'When the user wants a customer gone for good, such as a duplicate. To stop billing only: stripe_cancel_subscription.',
    askBefore: ['That this very customer is meant, and that its subscriptions may end at once.'],
    safeDefaults: ['Settle or void open invoices first: nothing collects them afterwards.'],
    examples: [{ title: 'Delete one customer', params: { customer_id: EXAMPLE.customer } }],
    followups: ['Its payments and invoices stay readable; stripe_get_customer answers deleted: true.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'customer_id') ?? ''
    const customer = await readLivingCustomer(read, id)
    const goes = await readWhatGoes(read, id)
    const balance = integerAt(customer, 'balance')
    return {
      params,
      stakes: { money: balanceAtStake(customer, 0) },
      facts: {
        name: customerName(customer),
        balance,
        subscriptions: goes.subscriptions
          .map((one) => `${textAt(one, 'id')} ${textAt(one, 'status')}`)
          .join(),
        payment_methods: goes.methods?.map((one) => textAt(one, 'id')).join() ?? null,
        unpaid_invoices:
          goes.invoices?.map((one) => `${textAt(one, 'id')} ${textAt(one, 'status')}`).join() ?? null,
      },
      describe: () => ({
        summary: `Delete ${customerName(customer)} with ${said(goes)}`,
        changes: [
          becomes('Customer', 'exists', 'deleted', 'deleted', true),
          ...goes.subscriptions.slice(0, MOST_ROWS).map(subscriptionEnds),
          ...(goes.methods ?? []).slice(0, MOST_ROWS).map(methodGoes),
          ...(balance === 0
            ? []
            : [
                {
                  what: 'Balance',
                  before: creditText(balance, textAt(customer, 'currency')),
                  after: 'lost',
                },
              ]),
        ],
        warnings: [
          ...invoiceWarnings(goes.invoices),
          ...(goes.methods === undefined || goes.invoices === undefined
            ? ['This key may not read payment methods or invoices, so what of these goes is not shown.']
            : []),
          ...(goes.subscriptions.length > MOST_ROWS || (goes.methods ?? []).length > MOST_ROWS
            ? ['Not all that goes is listed one by one.']
            : []),
        ],
        irreversible:
          'A deleted customer cannot be brought back, nor its subscriptions and payment methods. Nothing is refunded.',
        told: ['customer_id'],
        literal: [],
      }),
    }
  },
})

interface Goes {
  subscriptions: Params[]
  methods: Params[] | undefined
  invoices: Params[] | undefined
}

async function readWhatGoes(read: Read, customer: string): Promise<Goes> {
  const running = await read('subscriptions.list', { customer, limit: MOST_LISTED })
  const methods = await readIfAllowed(read, 'customers.listPaymentMethods', {
    id: customer,
    limit: MOST_LISTED,
  })
  const invoices = await readIfAllowed(read, 'invoices.list', { customer, limit: MOST_LISTED })
  return {
    subscriptions: listAt(running, 'data').filter((one) => !OVER.has(textAt(one, 'status') ?? '')),
    methods: methods && listAt(methods, 'data'),
    invoices:
      invoices &&
      listAt(invoices, 'data').filter((one) => /^(?:draft|open)$/.test(textAt(one, 'status') ?? '')),
  }
}

function said({ subscriptions, methods }: Goes): string {
  const count = (list: unknown[], noun: string): string =>
    list.length === 0
      ? `no ${noun}`
      : `${list.length >= MOST_LISTED ? 'at least ' : ''}${list.length} ${noun}${list.length === 1 ? '' : 's'}`
  const saved = methods === undefined ? 'its payment methods' : count(methods, 'payment method')
  return `${count(subscriptions, 'active subscription')} and ${saved}`
}

function subscriptionEnds(subscription: Params): Change {
  const id = textAt(subscription, 'id') ?? ''
  const items = listAt(objectAt(subscription, 'items') ?? {}, 'data').map((item) => {
    const quantity = item['quantity']
    const times = typeof quantity === 'number' && quantity !== 1 ? `${quantity} × ` : ''
    return `${times}${priceAmount(objectAt(item, 'price') ?? {})}`
  })
  const status = textAt(subscription, 'status') ?? 'unknown'
  return becomes(
    `Subscription ${id}`,
    [status, ...items].join(', '),
    'canceled at once, without a refund',
    'status',
    'canceled',
    { operation: 'subscriptions.retrieve', params: { id } },
  )
}

function methodGoes(method: Params): Change {
  const id = idAt(method, 'id') ?? ''
  return becomes(`Payment method ${id}`, methodName(method), 'removed', 'customer', null, {
    operation: 'paymentMethods.retrieve',
    params: { id },
  })
}

function invoiceWarnings(invoices: Params[] | undefined): string[] {
  return (invoices ?? []).slice(0, MOST_ROWS).map((invoice) => {
    const money = {
      amount: integerAt(invoice, 'amount_remaining'),
      currency: textAt(invoice, 'currency') ?? '',
    }
    return `Invoice ${textAt(invoice, 'id')} (${textAt(invoice, 'status')}, ${formatMoney(money)}) stays, and nothing collects it any more.`
  })
}
