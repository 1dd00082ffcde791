import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { isObject, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { readGivenCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { keepsItsId, methodWithId, readMethodFor } from '../../wording/payment-methods.ts'
import { AUTHENTICATION, refuseWithoutReturnUrl } from '../../wording/setup-intents.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** What stands for a payment method at a confirmation. */
const METHODS = ['payment_method', 'payment_method_data', 'confirmation_token']

export const createSetupIntent = defineTool({
  name: 'stripe_create_setup_intent',
  group: 'Setup Intents',
  description: 'Create a setup intent for saving payment details',
  mode: 'write',
  effect: 'draft',
  effectOf: (params) => (params['confirm'] === true ? 'change' : 'draft'),
  operation: 'setupIntents.create',
  usual: [
    'customer',
    'payment_method',
    'usage',
    'confirm',
    'return_url',
    'automatic_payment_methods',
    'description',
    'metadata',
  ],
  rules: [
    { atMostOne: ['customer', 'customer_account'] },
    { atMostOne: METHODS },
    { when: 'return_url', needs: ['confirm'] },
    { when: 'mandate_data', needs: ['confirm'] },
    { when: 'confirmation_token', needs: ['confirm'] },
    { when: 'attach_to_self', is: true, excludes: ['customer'] },
  ],
  guidance: {
    whenToUse:
      'To save a payment method of a customer without charging it. Where a person has to enter the card, stripe_create_checkout_session with mode "setup" gives a page to send.',
    askBefore: ['Whose payment method it is, and that they agreed to later charges.'],
    safeDefaults: [
      'usage "off_session" (the default) allows charges while the customer is away; "on_session" only with them.',
      'automatic_payment_methods {"enabled": true, "allow_redirects": "never"} spares the return_url.',
    ],
    examples: [
      {
        title: 'Prepare to save a card',
        params: {
          customer: EXAMPLE.customer,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        },
      },
    ],
    followups: [
      'stripe_confirm_setup_intent with a payment method, or client_secret for Stripe.js in a browser.',
    ],
  },
  async prepare(given, read) {
    const params = { usage: 'off_session', ...given }
    const confirms = given['confirm'] === true
    if (confirms) {
      if (METHODS.every((name) => given[name] === undefined))
        throw wrongParam('payment_method', 'confirm: true needs a payment_method')
      refuseWithoutReturnUrl(given, withDefaults(given))
    }
    const customer = await readGivenCustomer(read, given)
    const id = textAt(given, 'payment_method')
    const method = id === undefined ? undefined : await readMethodFor(read, id, textAt(given, 'customer'))
    return {
      params,
      facts: {
        customer: customer === undefined ? null : customerName(customer),
        payment_method: method === undefined ? null : methodWithId(method),
      },
      describe(sent) {
        const which = method === undefined ? 'a payment method' : methodWithId(method)
        const whom = customer === undefined ? 'nobody yet' : customerName(customer)
        const away = textAt(sent, 'usage') === 'off_session'
        const status = confirms
          ? 'succeeded'
          : hasMethod(sent)
            ? 'requires_confirmation'
            : 'requires_payment_method'
        return {
          summary: confirms
            ? `Save ${which} for ${whom} now, to be charged later; nothing is charged by this`
            : `Prepare to save ${which} for ${whom}; nothing is saved until it is confirmed`,
          changes: [
            becomes('Setup', null, confirms ? 'succeeded, if the bank agrees' : status, 'status', status),
            becomes('For', null, whom, 'customer', textAt(sent, 'customer') ?? null),
            becomes(
              'May be charged',
              null,
              away ? 'while the customer is away' : 'only while the customer is present',
              'usage',
              textAt(sent, 'usage') ?? '',
            ),
            ...(method !== undefined && keepsItsId(method)
              ? [becomes('Payment method', null, methodWithId(method), 'payment_method', id ?? '')]
              : []),
          ],
          warnings: [
            ...(customer === undefined && sent['customer_account'] === undefined
              ? ['Without a customer the payment method is saved for nobody.']
              : []),
            ...(confirms
              ? [AUTHENTICATION]
              : ['client_secret lets a browser finish it: pass it to the page of this customer alone.']),
          ],
          irreversible: '',
          told: ['customer', 'usage', 'confirm', ...(method === undefined ? [] : ['payment_method'])],
          literal: [
            'allowed_payment_method_types',
            'automatic_payment_methods',
            'description',
            'excluded_payment_method_types',
            'metadata',
            'return_url',
            'use_stripe_sdk',
          ],
        }
      },
    }
  },
})

function hasMethod(sent: Record<string, unknown>): boolean {
  return METHODS.some((name) => sent[name] !== undefined)
}

/** The intent as Stripe makes it of these params, as far as redirects go. */
function withDefaults(params: Record<string, unknown>): Record<string, unknown> {
  if (isObject(params['automatic_payment_methods'])) return params
  return params['allowed_payment_method_types'] === undefined
    ? { automatic_payment_methods: { enabled: true } }
    : {}
}
