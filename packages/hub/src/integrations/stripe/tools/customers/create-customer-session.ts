import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { isObject, objectAt, textAt } from '../../json.ts'
import { becomes, updatesOf } from '../../wording/changes.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** What whoever holds the secret can do with a component. */
const OPENS: Record<string, string> = {
  active_entitlements: 'see what the customer is entitled to',
  buy_button: 'buy as this customer',
  customer_portal: 'manage billing as this customer',
  customer_sheet: 'see and manage the saved payment methods',
  mobile_payment_element: 'see and use the saved payment methods',
  payment_element: 'see and use the saved payment methods',
  pricing_table: 'subscribe as this customer',
}

export const createCustomerSession = defineTool({
  name: 'stripe_create_customer_session',
  group: 'Customers',
  description: 'Create a customer session for portal access',
  mode: 'write',
  effect: 'change',
  operation: 'customerSessions.create',
  // Accounts of the second version of the API are no customers that a preview could name.
  without: ['customer_account'],
  required: ['customer', 'components'],
  usual: ['customer', 'components'],
  properties: {
    customer: { type: 'string', description: 'The customer, cus_…' },
  },
  guidance: {
    whenToUse:
      'To let Elements, a pricing table or a buy button in your own page know the customer: it answers a client_secret for the browser. Not a link: for the billing portal use stripe_create_billing_portal_session.',
    askBefore: [
      'Whether a page of the user embeds a component; if a link is wanted, this is the wrong tool.',
    ],
    safeDefaults: [
      'Enable only the component that the page uses. The secret is short-lived: make it when needed.',
    ],
    examples: [
      {
        title: 'Saved cards in the Payment Element',
        params: {
          customer: EXAMPLE.customer,
          components: {
            payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled' } },
          },
        },
      },
    ],
    followups: ['The client_secret is delivered once: hand it to the page, never to a log or a chat.'],
  },
  async prepare(params, read) {
    const enabled = enabledIn(params)
    if (enabled.length === 0)
      throw wrongParam(
        'components',
        '"components" must enable one, such as {"payment_element": {"enabled": true}}',
      )
    const customer = await readLivingCustomer(read, textAt(params, 'customer') ?? '')
    const id = textAt(customer, 'id') ?? ''
    return {
      params,
      facts: { customer: customerName(customer) },
      describe: (sent) => ({
        summary: `Open ${enabledIn(sent).join(', ')} for ${customerName(customer)} in a browser, by a secret`,
        changes: [
          becomes('Customer', null, customerName(customer), 'customer', id),
          ...updatesOf({}, sent, ['components']),
        ],
        warnings: [
          `For some minutes, whoever has the client_secret can ${opened(enabledIn(sent))}. It is no link to send.`,
        ],
        irreversible: '',
        told: ['customer', 'components'],
        literal: [],
      }),
    }
  },
})

function enabledIn(params: Params): string[] {
  return Object.entries(objectAt(params, 'components') ?? {}).flatMap(([name, component]) =>
    isObject(component) && component['enabled'] === true ? [name] : [],
  )
}

function opened(components: string[]): string {
  const can = new Set(components.map((name) => OPENS[name] ?? `use ${name}`))
  return [...can].join(', ')
}
