import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes, updatesOf } from '../../wording/changes.ts'
import { readGivenCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { receiptWarnings } from '../../wording/payments.ts'
import { readSource } from '../../wording/sources.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

const USE_INTENT =
  'Use stripe_create_payment_intent with it as payment_method, confirm true, and automatic_payment_methods {"enabled": true, "allow_redirects": "never"}.'

export const createCharge = defineTool({
  name: 'stripe_create_charge',
  group: 'Payment Intents & Charges',
  description: 'Create a direct charge',
  mode: 'write',
  effect: 'money',
  operation: 'charges.create',
  required: ['amount', 'currency'],
  usual: ['amount', 'currency', 'source', 'customer', 'description', 'capture', 'metadata'],
  rules: [{ param: 'amount', min: 1 }, { atLeastOne: ['source', 'customer'] }],
  guidance: {
    whenToUse:
      'Only for old integrations that hold tok_…, card_… or src_…: Stripe is removing it, and it cannot do 3-D Secure. Else stripe_create_payment_intent with confirm true.',
    askBefore: ['The amount, the currency and who pays: the money moves at once.'],
    safeDefaults: [
      'pm_… is not taken here. With customer alone, the customer’s default source is charged.',
      'capture false only holds the money; stripe_capture_charge takes it within 7 days.',
    ],
    examples: [
      {
        title: 'Charge a token $50.00',
        params: { amount: 5000, currency: 'usd', source: EXAMPLE.token, description: 'Order #12345' },
      },
    ],
    followups: ['stripe_create_refund gives it back.'],
  },
  async prepare(params, read) {
    const customer = await readGivenCustomer(read, params)
    const source = sourceOf(params, customer)
    const charged = await readSource(read, source, textAt(params, 'customer'))
    const currency = textAt(params, 'currency') ?? ''
    const usual = await readUsualAmount(read, currency, textAt(params, 'customer'))
    return {
      params: { ...params, source },
      facts: { customer: customer === undefined ? null : customerName(customer), source, charged },
      describe(sent) {
        const money = { amount: integerAt(sent, 'amount'), currency }
        const holds = sent['capture'] === false
        const whom = customer === undefined ? '' : ` for ${customerName(customer)}`
        return {
          summary: `${holds ? 'Hold' : 'Charge'} ${formatMoney(money)} now on ${charged}${whom}`,
          changes: [
            moneyBecomes(holds ? 'Held' : 'Charged', null, money, 'amount'),
            becomes('Charge status', null, 'succeeded, if the bank agrees', 'status', 'succeeded'),
            becomes('Captured', null, holds ? 'no, only held' : 'yes', 'captured', !holds),
            ...updatesOf({}, sent, ['description']),
          ],
          warnings: [
            ...amountWarnings(money, { customerCurrency: textAt(customer ?? {}, 'currency'), usual }),
            'This old way cannot ask the customer for 3-D Secure: a bank that wants it declines.',
            ...receiptWarnings(sent),
          ],
          irreversible: '',
          told: ['amount', 'currency', 'customer', 'source', 'capture', 'description', 'receipt_email'],
          literal: ['metadata', 'shipping', 'statement_descriptor', 'statement_descriptor_suffix'],
        }
      },
    }
  },
})

/** What Stripe would charge, named: the bytes hold no "default". */
function sourceOf(params: Params, customer: Params | undefined): string {
  const source = textAt(params, 'source') ?? idAt(customer ?? {}, 'default_source')
  if (source === undefined) {
    throw new Problem(
      'missing_payment_method',
      `${textAt(params, 'customer') ?? ''} has no default source.`,
      {
        nextStep: `Look with stripe_list_payment_methods for a saved one. ${USE_INTENT}`,
      },
    )
  }
  if (source.startsWith('pm_')) {
    throw new Problem('invalid_params', 'Charges take no payment methods (pm_…).', { nextStep: USE_INTENT })
  }
  return source
}
