import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { integerAt, objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes, updatesOf } from '../../wording/changes.ts'
import { readGivenCustomer } from '../../wording/living-customer.ts'
import { customerName, methodName } from '../../wording/names.ts'
import { readCharged, receiptWarnings, refuseWithoutReturnUrl } from '../../wording/payments.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

/** Each of them says what is charged. */
const METHOD_PARAMS = ['payment_method', 'payment_method_data', 'confirmation_token']

export const createPaymentIntent = defineTool({
  name: 'stripe_create_payment_intent',
  group: 'Payment Intents & Charges',
  description: 'Create a payment intent to collect payment',
  mode: 'write',
  effect: 'draft',
  effectOf: (params) => (params['confirm'] === true ? 'money' : 'draft'),
  operation: 'paymentIntents.create',
  usual: [
    'amount',
    'currency',
    'customer',
    'payment_method',
    'confirm',
    'automatic_payment_methods',
    'description',
    'metadata',
    'capture_method',
  ],
  required: ['amount', 'currency'],
  rules: [
    { param: 'amount', min: 1 },
    { when: 'return_url', needs: ['confirm'] },
    { when: 'error_on_requires_action', needs: ['confirm'] },
    { when: 'off_session', needs: ['confirm', 'payment_method'] },
  ],
  guidance: {
    whenToUse:
      'To collect a one-time payment. Without confirm it only prepares the payment; with confirm: true it charges at once. If the customer is to pay on a page: stripe_create_checkout_session.',
    askBefore: ['The amount and the currency.', 'Who pays, and with which saved payment method.'],
    safeDefaults: [
      'Leave confirm out, and confirm with stripe_confirm_payment_intent when the user has seen the intent.',
      'With confirm, send automatic_payment_methods {"enabled": true, "allow_redirects": "never"}, or a return_url.',
    ],
    examples: [
      {
        title: 'Prepare a payment of $50.00',
        params: { amount: 5000, currency: 'usd', description: 'Order #12345' },
      },
      {
        title: 'Charge a saved card now',
        params: {
          amount: 5000,
          currency: 'usd',
          customer: EXAMPLE.customer,
          payment_method: EXAMPLE.paymentMethod,
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        },
      },
    ],
    followups: ['stripe_confirm_payment_intent to charge it; stripe_get_payment_intent for its status.'],
  },
  async prepare(params, read) {
    const payer = await readGivenCustomer(read, params)
    const given = textAt(params, 'payment_method')
    const method =
      given === undefined ? undefined : await readCharged(read, given, textAt(params, 'customer'))
    if (params['confirm'] === true) refuseWhatCannotBeConfirmed(params)
    const usual = await readUsualAmount(read, textAt(params, 'currency') ?? '', textAt(params, 'customer'))
    return {
      params,
      facts: {
        customer: payer === undefined ? null : customerName(payer),
        payment_method: method === undefined ? null : methodName(method),
      },
      describe(sent) {
        const money = { amount: integerAt(sent, 'amount'), currency: textAt(sent, 'currency') ?? '' }
        const confirms = sent['confirm'] === true
        const whom = payer === undefined ? '' : ` for ${customerName(payer)}`
        const holds = textAt(sent, 'capture_method') === 'manual'
        return {
          summary: confirms
            ? `${holds ? 'Hold' : 'Charge'} ${formatMoney(money)} now${whom}${method === undefined ? '' : ` on ${methodName(method)}`}`
            : `Prepare a payment of ${formatMoney(money)}${whom}; nothing is charged until it is confirmed`,
          changes: [
            moneyBecomes('Payment', null, money, 'amount'),
            becomes(
              'Payment status',
              null,
              confirms ? (holds ? 'requires_capture' : 'succeeded') : firstStatus(sent),
              'status',
              confirms ? (holds ? 'requires_capture' : 'succeeded') : firstStatus(sent),
            ),
            ...updatesOf({}, sent, ['description']),
          ],
          warnings: [
            ...amountWarnings(money, { customerCurrency: textAt(payer ?? {}, 'currency'), usual }),
            ...receiptWarnings(sent),
          ],
          irreversible: '',
          told: [
            'amount',
            'currency',
            'customer',
            'confirm',
            'description',
            'receipt_email',
            // Named in the summary of a charge alone.
            ...(confirms ? ['payment_method'] : []),
            ...(confirms && holds ? ['capture_method'] : []),
          ],
          literal: [
            'payment_method',
            'capture_method',
            'metadata',
            'statement_descriptor',
            'statement_descriptor_suffix',
            'automatic_payment_methods',
            'return_url',
          ],
        }
      },
    }
  },
})

/** Of a payment that is only prepared. */
function firstStatus(sent: Params): string {
  return sent['payment_method'] === undefined ? 'requires_payment_method' : 'requires_confirmation'
}

/** What Stripe would refuse before it asks the bank. */
function refuseWhatCannotBeConfirmed(params: Params): void {
  if (METHOD_PARAMS.every((name) => params[name] === undefined)) {
    throw new Problem('missing_payment_method', 'confirm: true charges at once, but nothing says what.', {
      nextStep: 'Choose with the user from stripe_list_payment_methods, or leave confirm out.',
    })
  }
  const chosen = params['allowed_payment_method_types'] !== undefined
  const automatic = objectAt(params, 'automatic_payment_methods') ?? { enabled: !chosen }
  refuseWithoutReturnUrl(
    automatic,
    params,
    'Preview again with automatic_payment_methods {"enabled": true, "allow_redirects": "never"}, or with a return_url.',
  )
}
