import { expect } from 'vitest'
import { held, heldCharge, paid, payer, token } from './payments.ts'
import type { Proof } from './prove-tools.ts'

/** The journeys of the tools for the balance, old charges and refunds. */
export const chargeProofs: Record<string, Proof> = {
  stripe_get_balance: {
    fixtures: async () => ({}),
    normal: [
      'the balance tells what is available and what is pending, by currency',
      async (bench) => {
        const amountOf = (part: Array<{ currency: string; amount: number }>): number =>
          part.find((one) => one.currency === 'usd')?.amount ?? 0
        const before = await bench.read('stripe_get_balance', {})
        const { charge } = await paid(bench)
        const [movement] = (await bench.stripe.balanceTransactions.list({ source: charge })).data
        const after = await bench.read('stripe_get_balance', {})
        expect(amountOf(after.pending) - amountOf(before.pending)).toBe(movement?.net)
        expect(amountOf(after.available)).toBe(amountOf(before.available))
      },
    ],
    subtle: [
      'it has no id: there is one for each account, with its sources on request',
      async (bench) => {
        await paid(bench, {}, 'pm_card_bypassPending')
        const full = await bench.read('stripe_get_balance', {}, { view: 'full' })
        expect(full).not.toHaveProperty('id')
        expect(full.available[0].source_types.card).toBe(full.available[0].amount)
      },
    ],
    error: [
      'a parameter that it does not have is refused by name',
      async (bench) => {
        const error = await bench.refused('stripe_get_balance', { currency: 'usd' })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('"currency"')
      },
    ],
  },
  stripe_list_balance_transactions: {
    fixtures: async (bench) => ({ charge: (await paid(bench)).charge }),
    normal: [
      'the movements of a charge and of its refund, by source and by type',
      async (bench) => {
        const { charge } = await paid(bench)
        const refund = await bench.stripe.refunds.create({ charge, amount: 1000 })
        const ofCharge = await bench.read('stripe_list_balance_transactions', { source: charge })
        expect(ofCharge.data).toMatchObject([{ type: 'charge', amount: 5000, source: charge }])
        const refunds = await bench.read('stripe_list_balance_transactions', { type: 'refund', limit: 1 })
        expect(refunds.data).toMatchObject([{ amount: -1000, source: refund.id }])
      },
    ],
    subtle: [
      'net is the amount without the fee',
      async (bench) => {
        const { charge } = await paid(bench)
        const { data } = await bench.read('stripe_list_balance_transactions', { source: charge })
        expect(data[0].fee).toBeGreaterThan(0)
        expect(data[0].net).toBe(data[0].amount - data[0].fee)
      },
    ],
    error: [
      'a payout that does not exist says payout_not_found and how to find the right one',
      async (bench) => {
        const error = await bench.refused('stripe_list_balance_transactions', {
          payout: 'po_1QpTx4mZc7kW1rBNoSuch42',
        })
        expect(error).toMatchObject({ code: 'payout_not_found' })
        expect(error.next_step).toContain('stripe_list_payouts')
      },
    ],
  },
  stripe_create_charge: {
    fixtures: async (bench) => ({ token: await token(bench) }),
    normal: [
      'a token is charged at once, shown as the card that it is',
      async (bench) => {
        const { preview, result } = await bench.write('stripe_create_charge', {
          amount: { value: '25.00', currency: 'usd' },
          source: await token(bench),
          description: 'Order 7',
        })
        expect(preview.effect).toBe('money')
        expect(preview.summary).toContain('Charge $25.00 now on Visa ••4242 (tok_')
        expect(preview.warnings.join(' ')).toContain('3-D Secure')
        expect(await bench.stripe.charges.retrieve(result.id)).toMatchObject({
          amount_captured: 2500,
          paid: true,
          description: 'Order 7',
        })
      },
    ],
    subtle: [
      'pm_ is sent to payment intents; of a customer, the default source is named in what is sent',
      async (bench) => {
        const { customer, paymentMethod } = await payer(bench)
        const params = { amount: 2500, currency: 'usd', customer }
        const wrong = await bench.refused('stripe_create_charge', { ...params, source: paymentMethod })
        expect(wrong).toMatchObject({ code: 'invalid_params' })
        expect(wrong.next_step).toContain('stripe_create_payment_intent')
        const none = await bench.refused('stripe_create_charge', params)
        expect(none).toMatchObject({ code: 'missing_payment_method' })

        const card = await bench.stripe.customers.createSource(customer, { source: 'tok_mastercard' })
        const { preview, result } = await bench.write('stripe_create_charge', { ...params, capture: false })
        expect(preview.summary).toContain(`Hold $25.00 now on MasterCard ••4444 (${card.id}) for Jane Doe`)
        expect(bench.hub.wire.writes().at(-1)?.body).toContain(`source=${card.id}`)
        expect(await bench.stripe.charges.retrieve(result.id)).toMatchObject({
          captured: false,
          amount: 2500,
        })
      },
    ],
    error: [
      'a declined card and a token that was used before say what to do next',
      async (bench) => {
        const declined = await bench.refusedByStripe('stripe_create_charge', {
          amount: 2500,
          currency: 'usd',
          source: 'tok_chargeDeclined',
        })
        expect(declined).toMatchObject({ code: 'card_declined' })
        expect(declined.next_step).toContain('another payment method')
        const used = await token(bench)
        await bench.stripe.charges.create({ amount: 2500, currency: 'usd', source: used })
        const again = await bench.refused('stripe_create_charge', {
          amount: 2500,
          currency: 'usd',
          source: used,
        })
        expect(again).toMatchObject({ code: 'payment_method_unusable' })
        expect(again.next_step).toContain('stripe_create_checkout_session')
      },
    ],
  },
  stripe_capture_charge: {
    fixtures: async (bench) => ({ charge: await heldCharge(bench) }),
    normal: [
      'all that an old charge holds is taken',
      async (bench) => {
        const charge = await heldCharge(bench)
        const { preview } = await bench.write('stripe_capture_charge', { charge_id: charge })
        expect(preview.summary).toContain('Capture $50.00 of $50.00 held on')
        expect(await bench.stripe.charges.retrieve(charge)).toMatchObject({
          captured: true,
          amount_captured: 5000,
        })
      },
    ],
    subtle: [
      'a charge of a payment intent is captured through that; of a part, the rest is released',
      async (bench) => {
        const { paymentIntent } = await held(bench)
        const { latest_charge: ofIntent } = await bench.stripe.paymentIntents.retrieve(paymentIntent)
        const error = await bench.refused('stripe_capture_charge', { charge_id: ofIntent })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toBe(
          `Use stripe_capture_payment_intent with payment_intent_id ${paymentIntent}.`,
        )
        const charge = await heldCharge(bench)
        const { preview } = await bench.write('stripe_capture_charge', { charge_id: charge, amount: 3000 })
        expect(preview.warnings.join(' ')).toContain('$20.00 are released')
        expect(preview.irreversible).toContain('cannot be held again')
        expect(await bench.stripe.charges.retrieve(charge)).toMatchObject({ amount_captured: 3000 })
      },
    ],
    error: [
      'what is captured already, too much, and what is unknown are refused with the way out',
      async (bench) => {
        const charge = await heldCharge(bench)
        const more = await bench.refused('stripe_capture_charge', { charge_id: charge, amount: 5001 })
        expect(more.message).toContain('Only $50.00 are held')
        await bench.stripe.charges.capture(charge)
        const twice = await bench.refused('stripe_capture_charge', { charge_id: charge })
        expect(twice).toMatchObject({ code: 'invalid_state' })
        expect(twice.next_step).toContain('stripe_create_refund')
        const unknown = await bench.refused('stripe_capture_charge', { id: 'ch_3QpTx4mZc7kW1rB0NoSuch42' })
        expect(unknown.code).toBe('charge_not_found')
      },
    ],
  },
  stripe_create_refund: {
    fixtures: async (bench) => ({ charge: (await paid(bench)).charge }),
    normal: [
      'a part is refunded, shown beside the whole, the card and the customer',
      async (bench) => {
        const { charge, customer } = await paid(bench)
        const { preview, result } = await bench.write('stripe_create_refund', {
          charge,
          amount: { value: '20.00', currency: 'usd' },
        })
        expect(preview.summary).toContain(
          `Refund $20.00 of $50.00 on ${charge}, Visa ••4242, Jane Doe <jane@example.com> (${customer})`,
        )
        expect(preview.irreversible).toContain('does not return its fee')
        expect(result.status).toBe('succeeded')
        expect(await bench.stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 2000 })
      },
    ],
    subtle: [
      'without an amount all that remains is refunded; money that is only held is released instead',
      async (bench) => {
        const { charge, paymentIntent } = await paid(bench)
        await bench.stripe.refunds.create({ charge, amount: 1500 })
        const { preview } = await bench.write('stripe_create_refund', { payment_intent: paymentIntent })
        expect(preview.summary).toContain('Refund $35.00 of $50.00')
        expect(await bench.stripe.charges.retrieve(charge)).toMatchObject({ refunded: true })

        const hold = await bench.refused('stripe_create_refund', {
          payment_intent: (await held(bench)).paymentIntent,
        })
        expect(hold).toMatchObject({ code: 'invalid_state' })
        expect(hold.next_step).toContain('stripe_cancel_payment_intent')
        const disputed = await paid(bench, {}, 'pm_card_createDispute')
        const taken = await bench.refused('stripe_create_refund', { charge: disputed.charge })
        expect(taken).toMatchObject({ code: 'invalid_state' })
        expect(taken.next_step).toContain('stripe_get_dispute')
      },
    ],
    error: [
      'too much says how much remains, and a second full refund is already_refunded',
      async (bench) => {
        const { charge } = await paid(bench)
        const more = await bench.refused('stripe_create_refund', { charge, amount: 5001 })
        expect(more).toMatchObject({ code: 'invalid_params' })
        expect(more.message).toContain('Only $50.00')
        await bench.stripe.refunds.create({ charge })
        const again = await bench.refused('stripe_create_refund', { charge })
        expect(again).toMatchObject({ code: 'already_refunded', retryable: false })
        expect(again.next_step).toContain('stripe_refunds_list')
      },
    ],
  },
}
