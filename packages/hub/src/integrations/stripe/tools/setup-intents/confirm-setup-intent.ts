import { Problem } from '../../../../contract/problem.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { customerName } from '../../wording/names.ts'
import { keepsItsId, methodWithId, readMethodFor } from '../../wording/payment-methods.ts'
import { AUTHENTICATION, refuseFinalSetup, refuseWithoutReturnUrl } from '../../wording/setup-intents.ts'

/** Details of a new payment method, given in place of one that exists. */
const NEW_METHOD = ['payment_method_data', 'confirmation_token']

export const confirmSetupIntent = defineTool({
  name: 'stripe_confirm_setup_intent',
  group: 'Setup Intents',
  description: 'Confirm a setup intent',
  mode: 'write',
  effect: 'change',
  operation: 'setupIntents.confirm',
  pathParam: {
    name: 'setup_intent_id',
    aliases: ['intent', 'setup_intent', 'id'],
    description: 'The setup intent, seti_…',
  },
  usual: ['payment_method', 'return_url'],
  rules: [{ atMostOne: ['payment_method', ...NEW_METHOD] }],
  guidance: {
    whenToUse:
      'To save the payment method of a setup intent: on success it is attached to the customer of the intent. Nothing is charged.',
    askBefore: ['That the customer agreed to have this payment method saved for later charges.'],
    safeDefaults: ['Give payment_method, unless the intent has one already.'],
    examples: [
      {
        title: 'Save a card',
        params: { setup_intent_id: EXAMPLE.setupIntent, payment_method: EXAMPLE.paymentMethod },
      },
    ],
    followups: [
      'requires_action: the customer has to authenticate at next_action.redirect_to_url; it succeeds afterwards.',
      'card_declined: last_setup_error says why; confirm again with another payment method.',
      'It does not become the default: stripe_update_customer does that.',
    ],
  },
  async prepare(params, read) {
    const id = textAt(params, 'setup_intent_id') ?? ''
    const intent = await read('setupIntents.retrieve', { id, expand: ['customer', 'payment_method'] })
    refuseFinalSetup(intent, id, 'confirmed')
    const owner = idAt(intent, 'customer')
    const given = textAt(params, 'payment_method')
    const makesOne = NEW_METHOD.some((name) => params[name] !== undefined)
    const present = makesOne ? undefined : objectAt(intent, 'payment_method')
    const method = given === undefined ? present : await readMethodFor(read, given, owner)
    if (method === undefined && !makesOne) {
      throw new Problem('missing_payment_method', `${id} has no payment method yet.`, {
        nextStep:
          'Ask which one to save, and pass it as payment_method; stripe_list_payment_methods shows those a customer has.',
      })
    }
    refuseWithoutReturnUrl(params, intent)
    const customer = objectAt(intent, 'customer')
    return {
      params,
      stakes: { customer: owner ?? null },
      facts: {
        status: textAt(intent, 'status') ?? null,
        usage: textAt(intent, 'usage') ?? null,
        customer: customer === undefined ? null : customerName(customer),
        payment_method: method === undefined ? null : methodWithId(method),
      },
      describe() {
        const which = method === undefined ? 'a new payment method' : methodWithId(method)
        const whom = customer === undefined ? 'nobody' : customerName(customer)
        const methodId = method !== undefined && keepsItsId(method) ? textAt(method, 'id') : undefined
        const away = textAt(intent, 'usage') === 'off_session'
        return {
          summary: `Save ${which} for ${whom}, to be charged later${away ? ' also while they are away' : ''} (${id}); nothing is charged by this`,
          changes: [
            becomes(
              'Setup',
              textAt(intent, 'status') ?? null,
              'succeeded, if the bank agrees',
              'status',
              'succeeded',
            ),
            ...(methodId === undefined || owner === undefined
              ? []
              : [
                  becomes(
                    'Payment method belongs to',
                    idAt(method ?? {}, 'customer') === undefined ? null : whom,
                    whom,
                    'customer',
                    owner,
                    {
                      operation: 'paymentMethods.retrieve',
                      params: { id: methodId },
                    },
                  ),
                ]),
          ],
          warnings: [
            ...(owner === undefined
              ? ['The intent has no customer: the payment method is saved for nobody.']
              : []),
            AUTHENTICATION,
          ],
          irreversible: '',
          told: ['setup_intent_id', ...(method === undefined ? [] : ['payment_method'])],
          literal: ['return_url', 'use_stripe_sdk'],
        }
      },
    }
  },
})
