import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, textAt } from '../../json.ts'
import { becomes, moneyBecomes, updatesOf } from '../../wording/changes.ts'
import { intentId, paymentName, readIntent, refuseState } from '../../wording/payments.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

const WAYS_OUT: Record<string, string> = {
  succeeded: 'The money has been taken: stripe_create_refund gives it back.',
  canceled: 'It is canceled already: tell the user. A new payment begins with stripe_create_payment_intent.',
}

export const cancelPaymentIntent = defineTool({
  name: 'stripe_cancel_payment_intent',
  group: 'Payment Intents & Charges',
  description: 'Cancel an uncaptured payment intent',
  mode: 'write',
  effect: 'change',
  operation: 'paymentIntents.cancel',
  pathParam: intentId('The payment intent to cancel, pi_…'),
  usual: ['cancellation_reason'],
  guidance: {
    whenToUse:
      'To end a payment before the money is taken; a hold is released. After it succeeded: stripe_create_refund. Of a Checkout page: stripe_expire_checkout_session; of an invoice: stripe_void_invoice.',
    askBefore: ['That the user gives this payment up, and any money held with it.'],
    safeDefaults: ['cancellation_reason only if the user gave one.'],
    examples: [
      {
        title: 'The customer has changed their mind',
        params: {
          payment_intent_id: EXAMPLE.paymentIntent,
          cancellation_reason: 'requested_by_customer',
        },
      },
    ],
    followups: ['A released hold disappears from the card within days.'],
  },
  async prepare(params, read) {
    const intent = await readIntent(read, params)
    const id = textAt(intent, 'id') ?? ''
    const status = textAt(intent, 'status') ?? 'unknown'
    if (WAYS_OUT[status] !== undefined) refuseState(id, status, 'canceled', WAYS_OUT[status])
    await refuseCheckout(read, id)
    const invoice = await readInvoiceOf(read, id)
    const currency = textAt(intent, 'currency') ?? ''
    const held = integerAt(intent, 'amount_capturable')
    const amount = formatMoney({ amount: integerAt(intent, 'amount'), currency })
    return {
      params,
      // Giving up held money is graver than ending what was never charged.
      effect: held > 0 ? 'money' : 'change',
      stakes: {
        money: held > 0 ? [{ amount: held, currency }] : [],
        customer: idAt(intent, 'customer') ?? null,
      },
      facts: { status, held, amount, invoice: invoice ?? null, payment: paymentName(intent) },
      describe: (sent) => ({
        summary: `Cancel the payment of ${amount} on ${paymentName(intent)}`,
        changes: [
          becomes('Payment status', status, 'canceled', 'status', 'canceled'),
          ...(held > 0 ? [moneyBecomes('Held', held, { amount: 0, currency }, 'amount_capturable')] : []),
          ...updatesOf(intent, sent, ['cancellation_reason']),
        ],
        warnings: [
          ...(held > 0
            ? [`${formatMoney({ amount: held, currency })} that the bank holds are released to the customer.`]
            : []),
          ...(status === 'processing'
            ? ['The bank is working on it already: Stripe may refuse, and the payment may still succeed.']
            : []),
          ...(invoice === undefined
            ? []
            : [
                `It is the payment of invoice ${invoice}, which stays unpaid: stripe_void_invoice ends both.`,
              ]),
        ],
        irreversible: 'A canceled payment cannot be confirmed or captured any more.',
        told: ['payment_intent_id', 'cancellation_reason'],
        literal: [],
      }),
    }
  },
})

/** As long as a Checkout page is open, Stripe cancels its payment with the page alone. */
async function refuseCheckout(read: Read, intent: string): Promise<void> {
  const sessions = await readIfAllowed(read, 'checkout.sessions.list', { payment_intent: intent, limit: 1 })
  const open = listAt(sessions ?? {}, 'data').find((session) => textAt(session, 'status') === 'open')
  if (open === undefined) return
  throw new Problem('invalid_state', `${intent} belongs to an open Checkout page.`, {
    nextStep: `Expire the page with stripe_expire_checkout_session and checkout_session_id ${textAt(open, 'id') ?? ''}.`,
  })
}

async function readInvoiceOf(read: Read, intent: string): Promise<string | undefined> {
  const payments = await readIfAllowed(read, 'invoicePayments.list', {
    payment: { type: 'payment_intent', payment_intent: intent },
    limit: 1,
  })
  const [payment] = listAt(payments ?? {}, 'data')
  return payment && idAt(payment, 'invoice')
}
