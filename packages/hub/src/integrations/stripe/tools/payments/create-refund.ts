import { Problem } from '../../../../contract/problem.ts'
import { formatMoney } from '../../../../contract/money.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, textAt } from '../../json.ts'
import { moneyBecomes } from '../../wording/changes.ts'
import { paymentName } from '../../wording/payments.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

/** Less than this part of what remains looks like units given for smallest units. */
const SMALL_PART = 20

export const createRefund = defineTool({
  name: 'stripe_create_refund',
  group: 'Payment Intents & Charges',
  description: 'Create a full or partial refund',
  mode: 'write',
  effect: 'money',
  operation: 'refunds.create',
  // Refunds of a customer's cash balance: they name no charge, so there is nothing to preview them from.
  without: ['currency', 'customer', 'instructions_email', 'origin'],
  usual: ['charge', 'payment_intent', 'amount', 'reason', 'metadata'],
  rules: [{ exactlyOne: ['charge', 'payment_intent'] }, { param: 'amount', min: 1 }],
  guidance: {
    whenToUse:
      'To give money of a captured charge back to the customer, all of it or a part. Money that is only held: stripe_cancel_payment_intent; for an invoice that must be corrected: stripe_create_credit_note.',
    askBefore: [
      'Which payment, and how much: all that remains, or a part.',
      'The reason, if the user has one.',
    ],
    safeDefaults: [
      'Give charge or payment_intent, not both.',
      'Leave amount out to refund all that remains; the preview shows how much that is.',
      'Use reason "fraudulent" only when the user says so: it adds the card and e-mail to block lists.',
    ],
    examples: [
      {
        title: 'Give back $25.00 of a charge',
        params: { charge: EXAMPLE.charge, amount: 2500 },
      },
      {
        title: 'The same amount with its currency',
        params: { charge: EXAMPLE.charge, amount: { value: '25.00', currency: 'usd' } },
      },
    ],
    followups: ['Refunds take 5 to 10 days to reach a card. Tell the user the refund id.'],
  },
  async prepare(params, read) {
    const charge = await readCharge(params, read)
    const id = textAt(charge, 'id') ?? ''
    const currency = textAt(charge, 'currency') ?? ''
    const captured = integerAt(charge, 'amount_captured')
    const refunded = integerAt(charge, 'amount_refunded')
    const authorized = integerAt(charge, 'amount')
    // What a partial capture releases counts as refunded, too.
    const remaining = Math.min(captured, authorized - refunded)
    refuseWhatCannotBeRefunded(charge, id, captured, remaining)
    await refuseWhatTheBankTookBack(charge, id, read)
    const amount = params['amount'] === undefined ? remaining : integerAt(params, 'amount')
    if (amount <= 0 || amount > remaining) {
      throw new Problem(
        'invalid_params',
        `Only ${formatMoney({ amount: remaining, currency })} of ${id} remains to be refunded; ${formatMoney({ amount, currency })} was asked for.`,
        {
          nextStep: 'Ask the user for an amount up to what remains, or leave amount out to refund all of it.',
        },
      )
    }
    return {
      params: { ...params, amount },
      currencies: { amount: currency },
      stakes: { customer: idAt(charge, 'customer') ?? null },
      facts: {
        charge: id,
        currency,
        captured,
        refunded,
        disputed: charge['disputed'] === true,
        payment: paymentName(charge),
      },
      describe(sent) {
        const sentAmount = integerAt(sent, 'amount')
        const of = `${formatMoney({ amount: captured, currency })} on ${paymentName(charge)}`
        const fraudulent = textAt(sent, 'reason') === 'fraudulent'
        return {
          summary: `Refund ${formatMoney({ amount: sentAmount, currency })} of ${of}`,
          changes: [
            moneyBecomes('This refund', null, { amount: sentAmount, currency }, 'amount'),
            moneyBecomes(
              captured < authorized ? 'Refunded or released in all' : 'Refunded in all',
              refunded,
              { amount: refunded + sentAmount, currency },
              'amount_refunded',
              { operation: 'charges.retrieve', params: { id } },
            ),
          ],
          warnings: [
            ...(charge['disputed'] === true
              ? ['This charge is disputed: refunding as well may give the money away twice.']
              : []),
            ...(sentAmount * SMALL_PART < remaining
              ? [
                  `${formatMoney({ amount: sentAmount, currency })} is a very small part of the ${formatMoney({ amount: remaining, currency })} that remain: amounts are in the smallest unit.`,
                ]
              : []),
            ...(fraudulent ? ['The reason "fraudulent" puts the card and the e-mail on block lists.'] : []),
          ],
          irreversible: 'A refund cannot be taken back, and Stripe does not return its fee.',
          told: ['charge', 'payment_intent', 'amount'],
          literal: ['reason', 'metadata'],
        }
      },
    }
  },
})

async function readCharge(params: Params, read: Read): Promise<Params> {
  const charge = textAt(params, 'charge')
  const intent = textAt(params, 'payment_intent')
  if (charge !== undefined) return read('charges.retrieve', { id: charge, expand: ['customer'] })
  const paid = await read('paymentIntents.retrieve', { id: intent })
  const latest = idAt(paid, 'latest_charge')
  if (latest === undefined) {
    throw new Problem('invalid_state', `${String(intent)} has no charge: there is nothing to refund.`, {
      nextStep:
        'Read it with stripe_get_payment_intent; what was never paid is ended with stripe_cancel_payment_intent.',
    })
  }
  return read('charges.retrieve', { id: latest, expand: ['customer'] })
}

function refuseWhatCannotBeRefunded(charge: Params, id: string, captured: number, remaining: number): void {
  if (captured === 0) {
    throw new Problem('invalid_state', `${id} was not captured: there is nothing to refund.`, {
      nextStep: 'Release the money with stripe_cancel_payment_intent instead of refunding it.',
    })
  }
  if (remaining === 0 || charge['refunded'] === true) {
    throw new Problem('already_refunded', `${id} has already been refunded in full.`, {
      nextStep: 'Nothing is left to refund: tell the user, and show the refunds with stripe_refunds_list.',
    })
  }
}

/** While a dispute has taken the money, a refund would pay it twice: Stripe refuses. */
async function refuseWhatTheBankTookBack(charge: Params, id: string, read: Read): Promise<void> {
  if (charge['disputed'] !== true) return
  const disputes = listAt((await readIfAllowed(read, 'disputes.list', { charge: id })) ?? {}, 'data')
  const taken = disputes.find((dispute) => dispute['is_charge_refundable'] === false)
  if (taken === undefined) return
  const dispute = textAt(taken, 'id') ?? ''
  throw new Problem('invalid_state', `${id} is disputed (${dispute}): the bank has the money already.`, {
    nextStep: 'Show the user the dispute with stripe_get_dispute; it is answered or conceded, not refunded.',
  })
}
