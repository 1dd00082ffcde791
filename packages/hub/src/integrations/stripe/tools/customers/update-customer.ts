import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { objectAt, textAt } from '../../json.ts'
import { balanceAtStake, creditText } from '../../wording/balance.ts'
import { becomes, factsOf, updatesOf } from '../../wording/changes.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { readMethodOf } from '../../wording/methods.ts'
import { customerName } from '../../wording/names.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** What is told value by value, before and after. */
const TOLD = [
  'name',
  'email',
  'phone',
  'description',
  'address',
  'shipping',
  'business_name',
  'individual_name',
  'preferred_locales',
  'metadata',
  'invoice_settings',
  'invoice_prefix',
  'next_invoice_sequence',
  'tax_exempt',
  'default_source',
]

const CONSEQUENCES: Array<[param: string, warning: string]> = [
  ['email', 'Receipts, invoices and sign-in links of the portal go to the new address from now on.'],
  ['tax_exempt', 'This changes the tax on the next invoices.'],
  ['default_source', 'What has no payment method of its own may be charged to it.'],
  ['balance', 'This replaces the balance: what changes it meanwhile is overwritten.'],
]

export const updateCustomer = defineTool({
  name: 'stripe_update_customer',
  group: 'Customers',
  description: 'Update customer information or metadata',
  mode: 'write',
  effect: 'change',
  effectOf: (params) => (params['balance'] === undefined ? 'change' : 'money'),
  operation: 'customers.update',
  pathParam: { name: 'customer_id', aliases: ['customer', 'id'], description: 'The customer, cus_…' },
  usual: ['name', 'email', 'phone', 'description', 'metadata', 'address'],
  properties: {
    // The empty text that the derived schema allows is answered as "none".
    tax_exempt: { type: 'string', enum: ['none', 'exempt', 'reverse'], description: 'none is the default.' },
  },
  guidance: {
    whenToUse:
      'To correct contact data, metadata or the default payment method of a customer. To give credit or add a debt: stripe_create_customer_balance_transaction.',
    askBefore: ['The exact new values.'],
    safeDefaults: [
      'Send only what changes. "" clears a value; metadata is merged, and "" removes a key.',
      'The card for invoices is invoice_settings.default_payment_method; it must be attached to the customer.',
    ],
    examples: [
      {
        title: 'A new address and one key of metadata',
        params: {
          customer_id: EXAMPLE.customer,
          email: 'jane.new@example.com',
          metadata: { internal_id: 'CUST-002' },
        },
      },
      {
        title: 'Another card for invoices',
        params: {
          customer_id: EXAMPLE.customer,
          invoice_settings: { default_payment_method: EXAMPLE.paymentMethod },
        },
      },
    ],
    followups: ['Sent again with the values from "before", it is as it was.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'customer_id') ?? ''
    if (namesOf(params).length === 0) throw wrongParam('customer_id', 'There is nothing to update')
    const customer = await readLivingCustomer(read, id)
    await refuseForeignDefault(params, id, read)
    const currency = textAt(customer, 'currency')
    const changesFor = (sent: Params) => [
      ...updatesOf(customer, sent, TOLD),
      ...(typeof sent['balance'] === 'number' && typeof customer['balance'] === 'number'
        ? [
            becomes(
              'Balance',
              creditText(customer['balance'], currency),
              creditText(sent['balance'], currency),
              'balance',
              sent['balance'],
            ),
          ]
        : []),
    ]
    return {
      params,
      stakes: { money: balanceAtStake(customer, params['balance']) },
      facts: { ...factsOf(changesFor(params)), who: customerName(customer) },
      ...(currency === undefined ? {} : { currencies: { balance: currency } }),
      describe(sent) {
        const newDefault = textAt(objectAt(sent, 'invoice_settings') ?? {}, 'default_payment_method')
        return {
          summary: `Update ${customerName(customer)}: ${namesOf(sent).join(', ')}`,
          changes: changesFor(sent),
          warnings: [
            ...CONSEQUENCES.filter(([param]) => sent[param] !== undefined).map(([, warning]) => warning),
            ...(newDefault === undefined
              ? []
              : [
                  newDefault === ''
                    ? 'Invoices and subscriptions without a payment method of their own can no longer be charged by themselves.'
                    : 'Invoices and subscriptions without a payment method of their own are charged to the new one.',
                ]),
          ],
          irreversible: '',
          told: ['customer_id', 'balance', ...TOLD],
          literal: [],
        }
      },
    }
  },
})

function namesOf(params: Params): string[] {
  return Object.keys(params).filter((name) => name !== 'customer_id' && name !== 'expand')
}

async function refuseForeignDefault(params: Params, customer: string, read: Read): Promise<void> {
  const id = textAt(objectAt(params, 'invoice_settings') ?? {}, 'default_payment_method')
  if (id === undefined || id === '') return
  await readMethodOf(read, id, customer, { saved: true })
}
