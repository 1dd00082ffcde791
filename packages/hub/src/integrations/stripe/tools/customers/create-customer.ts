import { cleanLine } from '../../../../contract/clean-text.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { listAt, textAt } from '../../json.ts'
import { becomes, unchecked, updatesOf } from '../../wording/changes.ts'
import { keepsItsId, methodWithId, readMethodFor } from '../../wording/payment-methods.ts'

/** More namesakes than this do not make the warning any clearer. */
const NAMESAKES_SHOWN = 3

export const createCustomer = defineTool({
  name: 'stripe_create_customer',
  group: 'Customers',
  description: 'Create a new customer record',
  mode: 'write',
  effect: 'change',
  operation: 'customers.create',
  usual: ['name', 'email', 'description', 'phone', 'payment_method', 'metadata'],
  // A default must be saved with the customer, and only this one is.
  rules: [{ when: 'invoice_settings.default_payment_method', needs: ['payment_method'] }],
  guidance: {
    whenToUse:
      'When somebody has to be charged or invoiced who is not a customer yet. Discounts are given to subscriptions and invoices, not here.',
    askBefore: ['The name and the e-mail address; receipts and invoices go there.'],
    safeDefaults: [
      'List customers by this e-mail first: Stripe does not refuse duplicates.',
      'payment_method saves one; to charge it by default, name it in invoice_settings.default_payment_method too.',
    ],
    examples: [
      {
        title: 'A customer with an internal id',
        params: { email: 'customer@example.com', name: 'Jane Doe', metadata: { internal_id: 'CUST-001' } },
      },
      {
        title: 'With a card that invoices are charged to',
        params: {
          name: 'Jane Doe',
          payment_method: EXAMPLE.paymentMethod,
          invoice_settings: { default_payment_method: EXAMPLE.paymentMethod },
        },
      },
    ],
    followups: ['stripe_create_payment_intent or stripe_create_subscription with the new id as customer.'],
  },
  async prepare(params, read) {
    const email = textAt(params, 'email')
    const namesakes =
      email === undefined
        ? []
        : listAt(await read('customers.list', { email, limit: NAMESAKES_SHOWN }), 'data')
    const ids = namesakes.map((customer) => textAt(customer, 'id') ?? '')
    const given = textAt(params, 'payment_method')
    const method = given === undefined ? undefined : await readMethodFor(read, given, undefined)
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
            ...(method === undefined
              ? []
              : [{ what: 'Saved payment method', before: null, after: methodWithId(method) }]),
            ...updatesOf({}, sent, ['invoice_settings', 'description', 'phone', 'metadata']).map((row) =>
              // Saving makes another payment method of a test card by name.
              method !== undefined && !keepsItsId(method) && row.check?.value === given
                ? unchecked(row)
                : row,
            ),
          ],
          warnings:
            ids.length === 0
              ? []
              : [`This e-mail address already belongs to ${ids.join(', ')}: this would be another.`],
          irreversible: '',
          told: ['name', 'email', 'payment_method', 'invoice_settings', 'description', 'phone', 'metadata'],
          literal: [
            'address',
            'shipping',
            'preferred_locales',
            'business_name',
            'individual_name',
            'test_clock',
          ],
        }
      },
    }
  },
})
