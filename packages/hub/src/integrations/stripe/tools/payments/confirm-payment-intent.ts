import { Problem } from '../../../../contract/problem.ts'
import { formatMoney } from '../../../../contract/money.ts'
import { cleanLine } from '../../../../contract/clean-text.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { customerName, methodName } from '../../wording/names.ts'
import {
  intentId,
  readCharged,
  readIntent,
  receiptWarnings,
  refuseState,
  refuseWithoutReturnUrl,
} from '../../wording/payments.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

const CONFIRMABLE = new Set(['requires_payment_method', 'requires_confirmation', 'requires_action'])

const WAYS_OUT: Record<string, string> = {
  succeeded: 'It is paid already: tell the user, and do not charge again.',
  requires_capture: 'The money is held already: stripe_capture_payment_intent takes it.',
  processing: 'Wait: the bank is working on it. stripe_get_payment_intent shows how it ends.',
  canceled: 'A new payment begins with stripe_create_payment_intent.',
}

export const confirmPaymentIntent = defineTool({
  name: 'stripe_confirm_payment_intent',
  group: 'Payment Intents & Charges',
  description: 'Confirm a payment intent and initiate payment',
  mode: 'write',
  effect: 'money',
  operation: 'paymentIntents.confirm',
  pathParam: intentId('The payment intent to charge, pi_…'),
  usual: ['payment_method', 'return_url'],
  guidance: {
    whenToUse:
      'To charge a payment intent that was prepared before. A held one (requires_capture): stripe_capture_payment_intent.',
    askBefore: ['That the user wants to charge this amount to this payment method now.'],
    safeDefaults: [
      'A payment_method that is given replaces the one of the intent; it must be of the same customer.',
    ],
    examples: [
      {
        title: 'Charge a prepared payment with a saved card',
        params: {
          payment_intent_id: EXAMPLE.paymentIntent,
          payment_method: EXAMPLE.paymentMethod,
        },
      },
    ],
    followups: [
      'A charge can be refunded with stripe_create_refund, but Stripe keeps its fee.',
      'requires_action: the customer has to authenticate; nothing is charged before.',
      'card_declined: the intent waits for another payment_method; confirm it again with that.',
    ],
  },
  async prepare(params, read) {
    const intent = await readIntent(read, params)
    const id = textAt(intent, 'id') ?? ''
    const status = textAt(intent, 'status') ?? 'unknown'
    if (!CONFIRMABLE.has(status))
      refuseState(id, status, 'confirmed', WAYS_OUT[status] ?? 'Tell the user its status.')
    const customer = objectAt(intent, 'customer')
    const given = textAt(params, 'payment_method')
    const method =
      given === undefined
        ? objectAt(intent, 'payment_method')
        : await readCharged(read, given, idAt(intent, 'customer'))
    if (method === undefined) {
      throw new Problem('missing_payment_method', `${id} has no payment method yet.`, {
        nextStep: 'Ask which of stripe_list_payment_methods to charge and pass it as payment_method.',
      })
    }
    refuseWithoutReturnUrl(
      objectAt(intent, 'automatic_payment_methods'),
      params,
      'Ask the user for the page the customer comes back to, and give it as return_url.',
    )
    const money = { amount: integerAt(intent, 'amount'), currency: textAt(intent, 'currency') ?? '' }
    const usual = await readUsualAmount(read, money.currency, idAt(intent, 'customer'))
    return {
      params,
      stakes: { money: [money], customer: idAt(intent, 'customer') ?? null },
      facts: {
        status,
        amount: money.amount,
        currency: money.currency,
        payment_method: given ?? idAt(method, 'id') ?? null,
        capture_method: textAt(intent, 'capture_method') ?? null,
        customer: customer === undefined ? null : customerName(customer),
        description: textAt(intent, 'description') ?? null,
      },
      describe(sent) {
        const holds = (textAt(sent, 'capture_method') ?? textAt(intent, 'capture_method')) === 'manual'
        const whom = customer === undefined ? '' : ` for ${customerName(customer)}`
        const description = textAt(intent, 'description')
        return {
          summary: `${holds ? 'Hold' : 'Charge'} ${formatMoney(money)} on ${methodName(method)}${whom} (${id})`,
          changes: [
            becomes(
              'Payment status',
              status,
              holds ? 'requires_capture, if the bank agrees' : 'succeeded, if the bank agrees',
              'status',
              holds ? 'requires_capture' : 'succeeded',
            ),
            moneyBecomes(
              holds ? 'Held' : 'Charged',
              0,
              money,
              holds ? 'amount_capturable' : 'amount_received',
            ),
            ...(description === undefined
              ? []
              : [{ what: 'For', before: null, after: cleanLine(description, 200) }]),
          ],
          warnings: [
            ...amountWarnings(money, { customerCurrency: textAt(customer ?? {}, 'currency'), usual }),
            ...receiptWarnings(sent, intent),
          ],
          irreversible: '',
          told: ['payment_intent_id', 'payment_method', 'receipt_email'],
          literal: ['return_url'],
        }
      },
    }
  },
})
