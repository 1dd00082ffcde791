import { cleanLine } from '../../../../contract/clean-text.ts'
import { defineTool } from '../../define-tool.ts'
import { becomes } from '../../wording/changes.ts'
import { listAt, textAt } from '../../json.ts'

/** More namesakes than this do not make the warning any clearer. */
const NAMESAKES_SHOWN = 3

export const createCustomer = defineTool({
  name: 'stripe_create_customer',
  group: 'Customers',
  description: 'Create a new customer record',
  mode: 'write',
  effect: 'change',
  operation: 'customers.create',
  usual: ['name', 'email', 'description', 'phone', 'metadata'],
  guidance: {
    whenToUse: 'When somebody has to be charged or invoiced who is not a customer yet.',
    askBefore: ['The name and the e-mail address; receipts and invoices go there.'],
    safeDefaults: ['List customers by this e-mail first: Stripe does not refuse duplicates.'],
    examples: [
      {
        title: 'A customer with an internal id',
        params: { email: 'customer@example.com', name: 'Jane Doe', metadata: { internal_id: 'CUST-001' } },
      },
    ],
    followups: ['stripe_create_payment_intent with the new id as customer.'],
  },
  async prepare(params, read) {
    const email = textAt(params, 'email')
    const namesakes =
      email === undefined
        ? []
        : listAt(await read('customers.list', { email, limit: NAMESAKES_SHOWN }), 'data')
    const ids = namesakes.map((customer) => textAt(customer, 'id') ?? '')
    return {
      params,
      facts: { customers_with_this_email: ids.join(',') },
      describe(sent) {
        const name = textAt(sent, 'name')
        const sentEmail = textAt(sent, 'email')
        const who = [name && cleanLine(name, 80), sentEmail && `<${cleanLine(sentEmail, 120)}>`].filter(
          Boolean,
        )
        return {
          summary:
            who.length === 0
              ? 'Create a customer without name or e-mail'
              : `Create the customer ${who.join(' ')}`,
          changes: [
            ...(name === undefined ? [] : [becomes('Name', null, name, 'name', name)]),
            ...(sentEmail === undefined ? [] : [becomes('E-mail', null, sentEmail, 'email', sentEmail)]),
          ],
          warnings:
            ids.length === 0
              ? []
              : [`This e-mail address already belongs to ${ids.join(', ')}: this would be another.`],
          irreversible: '',
          told: ['name', 'email'],
          literal: [
            'description',
            'phone',
            'metadata',
            'address',
            'shipping',
            'preferred_locales',
            'business_name',
            'individual_name',
          ],
        }
      },
    }
  },
})
