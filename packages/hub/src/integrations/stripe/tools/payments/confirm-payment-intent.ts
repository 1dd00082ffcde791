import { Problem } from '../../../../contract/problem.ts'
import { formatMoney } from '../../../../contract/money.ts'
import { cleanLine } from '../../../../contract/clean-text.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, objectAt, textAt } from '../../json.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { cardName, customerName } from '../../wording/names.ts'

const CONFIRMABLE = new Set(['requires_payment_method', 'requires_confirmation', 'requires_action'])

export const confirmPaymentIntent = defineTool({
  name: 'stripe_confirm_payment_intent',
  group: 'Payment Intents & Charges',
  description: 'Confirm a payment intent and initiate payment',
  mode: 'write',
  effect: 'money',
  operation: 'paymentIntents.confirm',
  pathParam: {
    name: 'payment_intent_id',
    aliases: ['intent', 'payment_intent', 'id'],
    description: 'The payment intent to charge, pi_…',
  },
  usual: ['payment_method', 'return_url'],
  guidance: {
    whenToUse: 'To charge a payment intent that was prepared before.',
    askBefore: ['That the user wants to charge this amount to this payment method now.'],
    safeDefaults: [
      'Read the intent first: only requires_payment_method or requires_confirmation can be confirmed.',
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
      'card_declined: ask for another payment method.',
    ],
  },
  async prepare(params, read) {
    const id = textAt(params, 'payment_intent_id') ?? ''
    const intent = await read('paymentIntents.retrieve', { id, expand: ['customer', 'payment_method'] })
    const status = textAt(intent, 'status') ?? 'unknown'
    if (!CONFIRMABLE.has(status)) {
      throw new Problem('provider_rejected', `${id} is ${status}: it cannot be confirmed.`, {
        nextStep: 'Read it with stripe_get_payment_intent and tell the user its status.',
      })
    }
    const given = textAt(params, 'payment_method')
    const method =
      given === undefined
        ? objectAt(intent, 'payment_method')
        : await read('paymentMethods.retrieve', { id: given })
    if (method === undefined) {
      throw new Problem('invalid_params', `${id} has no payment method yet.`, {
        nextStep: 'Ask which saved payment method to charge and pass it as payment_method.',
      })
    }
    const money = { amount: integerAt(intent, 'amount'), currency: textAt(intent, 'currency') ?? '' }
    const customer = objectAt(intent, 'customer')
    return {
      params,
      facts: {
        status,
        amount: money.amount,
        currency: money.currency,
        payment_method: idAt(method, 'id') ?? null,
        capture_method: textAt(intent, 'capture_method') ?? null,
      },
      describe(sent) {
        const holds = (textAt(sent, 'capture_method') ?? textAt(intent, 'capture_method')) === 'manual'
        const whom = customer === undefined ? '' : ` for ${customerName(customer)}`
        const on = cardName(method) ?? `payment method ${idAt(method, 'id') ?? ''}`
        const description = textAt(intent, 'description')
        return {
          summary: `${holds ? 'Hold' : 'Charge'} ${formatMoney(money)} on ${on}${whom} (${id})`,
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
          warnings: [],
          irreversible: '',
          told: ['payment_intent_id', 'payment_method'],
          literal: ['return_url', 'receipt_email'],
        }
      },
    }
  },
})
