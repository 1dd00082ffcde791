import { Problem } from '../../../../contract/problem.ts'
import type { Effect } from '../../../../contract/effects.ts'
import type { Change, Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, listAt, objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes } from '../../wording/changes.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { methodAt } from '../../wording/default-method.ts'
import { readDiscounts } from '../../wording/discount-params.ts'
import {
  chargesFirst,
  firstEndRows,
  firstInvoiceRows,
  firstPaymentWarnings,
  firstStatusRow,
  readFirstInvoice,
  trialText,
} from '../../wording/first-invoice.ts'
import { isItemTold, readItemPrice } from '../../wording/item-changes.ts'
import { readMethodOf } from '../../wording/methods.ts'
import { customerName, methodName } from '../../wording/names.ts'
import { billingFacts, billingWarnings, moneyMoved, type Billing } from '../../wording/next-invoice.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'
import { isMetered, itemText, withLatestInvoice } from '../../wording/subscriptions.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

export const createSubscription = defineTool({
  name: 'stripe_create_subscription',
  group: 'Subscriptions',
  description: 'Create a subscription for a customer',
  mode: 'write',
  effect: 'change',
  effectOf: (params): Exclude<Effect, 'read'> =>
    trialText(params) === undefined && chargesFirst(params) ? 'money' : 'change',
  operation: 'subscriptions.create',
  usual: [
    'customer',
    'items',
    'trial_period_days',
    'payment_behavior',
    'default_payment_method',
    'collection_method',
    'days_until_due',
    'discounts',
    'metadata',
  ],
  required: ['items'],
  rules: [
    { exactlyOne: ['customer', 'customer_account'] },
    { atMostOne: ['trial_end', 'trial_period_days'] },
    { atMostOne: ['billing_cycle_anchor', 'billing_cycle_anchor_config'] },
    { when: 'trial_from_plan', is: true, excludes: ['trial_end'] },
    { when: 'cancel_at_period_end', is: true, excludes: ['cancel_at'] },
    { when: 'collection_method', is: 'send_invoice', needs: ['days_until_due'] },
    { when: 'days_until_due', needs: ['collection_method'] },
    { param: 'trial_period_days', min: 1, max: 730 },
  ],
  guidance: {
    whenToUse:
      'To bill a customer regularly. It charges the first period at once, unless there is a trial. For the customer to subscribe and pay on a page: stripe_create_checkout_session.',
    askBefore: [
      'Who, which price and how many; a price (price_…), not a product.',
      'That the customer’s saved card may be charged now.',
    ],
    safeDefaults: [
      'A saved payment method is needed to charge; else payment_behavior default_incomplete lets the customer pay, or collection_method send_invoice with days_until_due.',
      'Coupons and promotion codes go into discounts: [{"coupon": "…"}].',
    ],
    examples: [
      {
        title: 'Two seats, charged now',
        params: { customer: EXAMPLE.customer, items: [{ price: EXAMPLE.price, quantity: 2 }] },
      },
      {
        title: 'Two weeks free first',
        params: { customer: EXAMPLE.customer, items: [{ price: EXAMPLE.price }], trial_period_days: 14 },
      },
    ],
    followups: [
      'incomplete: latest_invoice was not paid; it expires after 23 hours. stripe_cancel_subscription ends a subscription.',
    ],
  },
  async prepare(given, read) {
    refuseOtherParams(given)
    const customer = await readPayer(given, read)
    const items = await readItems(given, read)
    const discounts = await readDiscounts(read, given)
    const method = await readCharged(given, read, customer)
    const params = withDefaults(given)
    const billing = await readFirstInvoice(params, read, items)
    const trial = trialText(params)
    refuseWithoutMethod(params, billing, method, customer)
    const same = await readSame(params, read, items)
    const usual = await readUsualAmount(read, billing.after?.due.currency ?? '', textAt(params, 'customer'))
    const name = customer === undefined ? '' : ` for ${customerName(customer)}`
    const money = trial === undefined ? moneyMoved(billing, chargesFirst(params)) : []
    return {
      params: withLatestInvoice(params),
      stakes: { money },
      facts: {
        customer: textAt(customer ?? {}, 'id') ?? null,
        charged_to: method ?? null,
        same: same.join(),
        ...billingFacts(billing),
      },
      describe(sent) {
        const what = items.map(itemText).join(' and ')
        const now = money.length > 0
        return {
          summary: `Subscribe${name === '' ? '' : name.replace(' for', '')} to ${what}${now ? `, and charge ${method ?? 'the customer'} now` : ''}`,
          changes: [
            ...itemRows(items),
            firstStatusRow(sent, billing, trial),
            ...firstInvoiceRows(billing, trial, sent),
            ...firstEndRows(sent),
            ...(discounts.length === 0
              ? []
              : [{ what: 'Discounts', before: null, after: discounts.join('; ') }]),
          ],
          warnings: [
            ...same.map((id) => `This customer has a subscription to the same price already: ${id}.`),
            ...(billing.after === undefined
              ? []
              : amountWarnings(billing.after.due, {
                  customerCurrency: textAt(customer ?? {}, 'currency'),
                  usual,
                })),
            ...firstPaymentWarnings(sent, { now: trial === undefined, method }),
            ...billingWarnings(billing),
          ],
          irreversible: '',
          told: [
            'customer',
            'expand',
            'trial_end',
            'trial_period_days',
            'payment_behavior',
            'collection_method',
            'days_until_due',
            'discounts',
            'default_payment_method',
            'proration_behavior',
            'cancel_at_period_end',
            ...(typeof sent['cancel_at'] === 'number' ? ['cancel_at'] : []),
            ...(listAt(sent, 'items').every(isItemTold) ? ['items'] : []),
          ],
          literal: ['metadata', 'description', 'currency', 'off_session', 'trial_settings'],
        }
      },
    }
  },
})

function refuseOtherParams(params: Params): void {
  if (textAt(params, 'payment_behavior') === 'pending_if_incomplete')
    throw wrongParam('payment_behavior', 'pending_if_incomplete is for changes of a subscription alone')
  if (params['days_until_due'] !== undefined && textAt(params, 'collection_method') !== 'send_invoice')
    throw wrongParam('days_until_due', '"days_until_due" needs collection_method send_invoice')
}

function withDefaults(params: Params): Params {
  if (textAt(params, 'collection_method') === 'send_invoice') return params
  return {
    ...params,
    collection_method: 'charge_automatically',
    payment_behavior: params['payment_behavior'] ?? 'allow_incomplete',
  }
}

async function readPayer(params: Params, read: Read): Promise<Params | undefined> {
  const id = textAt(params, 'customer')
  return id === undefined
    ? undefined
    : readLivingCustomer(read, id, ['invoice_settings.default_payment_method'])
}

async function readItems(params: Params, read: Read): Promise<Params[]> {
  const items: Params[] = []
  for (const [index, item] of listAt(params, 'items').entries()) {
    const price = await readItemPrice(read, item, `items[${index}]`)
    if (price === undefined) throw wrongParam(`items[${index}].price`, `"items[${index}]" needs a price`)
    items.push({ price, quantity: item['quantity'] ?? (isMetered(price) ? undefined : 1) })
  }
  if (items.length === 0) throw wrongParam('items', '"items" needs at least one item with a price')
  return items
}

/** `Visa ••4242` that the first invoice would be charged to. */
async function readCharged(
  params: Params,
  read: Read,
  customer: Params | undefined,
): Promise<string | undefined> {
  const id = textAt(params, 'default_payment_method')
  if (id !== undefined) return methodName(await readMethodOf(read, id, textAt(params, 'customer')))
  const source = textAt(params, 'default_source') ?? idAt(customer ?? {}, 'default_source')
  return methodAt(customer ?? {}, ['invoice_settings.default_payment_method']) ?? source
}

function refuseWithoutMethod(
  params: Params,
  billing: Billing,
  method: string | undefined,
  customer: Params | undefined,
): void {
  const due = billing.after?.due.amount ?? 0
  if (due === 0 || method !== undefined || !chargesFirst(params) || trialText(params) !== undefined) return
  throw new Problem(
    'missing_payment_method',
    `${customer === undefined ? 'This customer' : customerName(customer)} has no default payment method, so that nothing can be charged.`,
    {
      nextStep:
        'Ask the user: default_payment_method with one of stripe_list_payment_methods, payment_behavior default_incomplete for the customer to pay, collection_method send_invoice with days_until_due, or stripe_create_checkout_session.',
    },
  )
}

/** Living subscriptions of this customer to one of the prices. */
async function readSame(params: Params, read: Read, items: Params[]): Promise<string[]> {
  const customer = textAt(params, 'customer')
  if (customer === undefined) return []
  const list = await readIfAllowed(read, 'subscriptions.list', { customer, limit: 100 })
  const wanted = new Set(items.map((item) => idAt(item, 'price')))
  return listAt(list ?? {}, 'data')
    .filter((one) =>
      listAt(objectAt(one, 'items') ?? {}, 'data').some((item) => wanted.has(idAt(item, 'price'))),
    )
    .map((one) => textAt(one, 'id') ?? '')
}

/** Checked where there is one: the order of several is Stripe's. */
function itemRows(items: Params[]): Change[] {
  return items.map((item) => {
    const price = idAt(item, 'price')
    const text = itemText(item)
    return items.length === 1 && price !== undefined
      ? becomes('Item', null, text, 'items.data.0.price', price)
      : { what: 'Item', before: null, after: text }
  })
}
