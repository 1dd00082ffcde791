import { formatMoney } from '../../../../contract/money.ts'
import { cleanLine } from '../../../../contract/clean-text.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { integerAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { cardName, customerName, readCustomer } from '../../wording/names.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

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
    'description',
    'metadata',
    'capture_method',
  ],
  required: ['amount', 'currency'],
  rules: [
    { param: 'amount', min: 1 },
    { when: 'return_url', needs: ['confirm'] },
    { when: 'off_session', needs: ['confirm', 'payment_method'] },
  ],
  guidance: {
    whenToUse:
      'To collect a one-time payment. Without confirm it only prepares the payment; with confirm: true it charges at once.',
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
    ],
    followups: ['stripe_confirm_payment_intent to charge it; stripe_get_payment_intent for its status.'],
  },
  async prepare(params, read) {
    const payer = await readPayer(params, read)
    const method = await readMethod(params, read)
    const usual = await readUsualAmount(read, textAt(params, 'currency') ?? '', textAt(params, 'customer'))
    return {
      params,
      facts: {
        customer: textAt(params, 'customer') ?? null,
        customer_deleted: payer?.['deleted'] === true,
        payment_method_customer: textAt(method ?? {}, 'customer') ?? null,
      },
      describe(sent) {
        const money = { amount: integerAt(sent, 'amount'), currency: textAt(sent, 'currency') ?? '' }
        const confirms = sent['confirm'] === true
        const whom = payer === undefined ? '' : ` for ${customerName(payer)}`
        const card = cardName(method)
        const description = textAt(sent, 'description')
        const holds = textAt(sent, 'capture_method') === 'manual'
        return {
          summary: confirms
            ? `${holds ? 'Hold' : 'Charge'} ${formatMoney(money)} now${whom}${card === undefined ? '' : ` on ${card}`}`
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
            ...(description === undefined
              ? []
              : [{ what: 'Description', before: null, after: cleanLine(description, 200) }]),
          ],
          warnings: [
            ...amountWarnings(money, { customerCurrency: textAt(payer ?? {}, 'currency'), usual }),
            ...(payer?.['deleted'] === true ? ['This customer was deleted: Stripe will refuse.'] : []),
            ...(textAt(sent, 'receipt_email') === undefined
              ? []
              : ['A receipt is sent by e-mail when the payment succeeds.']),
          ],
          irreversible: '',
          told: [
            'amount',
            'currency',
            'customer',
            'confirm',
            'description',
            // Named in the summary of a charge alone, and only as far as there is a name for it.
            ...(confirms && card !== undefined ? ['payment_method'] : []),
            ...(confirms && holds ? ['capture_method'] : []),
          ],
          literal: [
            'payment_method',
            'capture_method',
            'metadata',
            'receipt_email',
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

async function readPayer(params: Params, read: Read): Promise<Params | undefined> {
  const id = textAt(params, 'customer')
  return id === undefined ? undefined : readCustomer(read, id)
}

async function readMethod(params: Params, read: Read): Promise<Params | undefined> {
  const id = textAt(params, 'payment_method')
  return id === undefined ? undefined : read('paymentMethods.retrieve', { id })
}
