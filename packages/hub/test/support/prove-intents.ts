import { expect } from 'vitest'
import { automatic_payment_methods, held, paid, payer, prepared } from './payments.ts'
import type { Proof } from './prove-tools.ts'

const UNKNOWN = 'pi_3QpTx4mZc7kW1rB0NoSuch42'

/** The journeys of the tools for payment intents. */
export const intentProofs: Record<string, Proof> = {
  stripe_list_payment_intents: {
    fixtures: (bench) => prepared(bench),
    normal: [
      'the payments of a customer come newest first, with a cursor that works',
      async (bench) => {
        const { customer, paymentIntent: first } = await prepared(bench)
        const { id: second } = await bench.stripe.paymentIntents.create({
          amount: 700,
          currency: 'usd',
          customer,
        })
        const page = await bench.read('stripe_list_payment_intents', { customer, limit: 1 })
        expect(page).toMatchObject({ data: [{ id: second, amount: 700 }], next_starting_after: second })
        const next = await bench.read('stripe_list_payment_intents', {
          customer,
          limit: 1,
          starting_after: second,
        })
        expect(next).toMatchObject({ data: [{ id: first }], has_more: false })
      },
    ],
    subtle: [
      'a status is searched for, with the other filters kept, by page, and the answer says so',
      async (bench) => {
        const { customer } = await paid(bench)
        const older = await bench.stripe.paymentIntents.create({ amount: 700, currency: 'usd', customer })
        const newer = await bench.stripe.paymentIntents.create({ amount: 800, currency: 'usd', customer })
        const params = {
          status: 'requires_payment_method',
          customer,
          created: { gte: older.created, lt: newer.created + 100 },
          limit: 1,
        }
        const first = await bench.hub.device.call('stripe_list_payment_intents', { params })
        expect(first.body.advice).toEqual([expect.stringContaining('no status filter')])
        expect(first.body.result).toMatchObject({ data: [{ id: newer.id }], has_more: true })
        const page = first.body.result.next_page
        const rest = await bench.read('stripe_list_payment_intents', { ...params, page })
        expect(rest).toMatchObject({ data: [{ id: older.id }], has_more: false })
        const early = await bench.read('stripe_list_payment_intents', {
          status: 'requires_payment_method',
          customer,
          created: { lt: older.created },
        })
        expect(early.data).toEqual([])
      },
    ],
    error: [
      'a cursor of the other kind is refused before anything is asked',
      async (bench) => {
        const { paymentIntent } = await prepared(bench)
        const before = bench.hub.wire.sent.length
        for (const params of [{ status: 'succeeded', starting_after: paymentIntent }, { page: 'abc' }]) {
          const error = await bench.refused('stripe_list_payment_intents', params)
          expect(error.code).toBe('invalid_params')
          expect(error.next_step).toContain('clawlink_describe_tool')
        }
        expect(bench.hub.wire.sent.length).toBe(before)
      },
    ],
  },
  stripe_get_payment_intent: {
    fixtures: (bench) => prepared(bench),
    normal: [
      'a payment is read with its status and the charge it made',
      async (bench) => {
        const { paymentIntent, charge } = await paid(bench)
        expect(
          await bench.read('stripe_get_payment_intent', { payment_intent_id: paymentIntent }),
        ).toMatchObject({
          id: paymentIntent,
          status: 'succeeded',
          latest_charge: charge,
          amount_text: '$50.00',
        })
      },
    ],
    subtle: [
      'there is no list of charges: the latest one comes whole when it is expanded, by any alias of the id',
      async (bench) => {
        const { paymentIntent: id, charge } = await paid(bench)
        const whole = await bench.read(
          'stripe_get_payment_intent',
          { intent: id, expand: ['latest_charge'] },
          { view: 'full' },
        )
        expect(whole).not.toHaveProperty('charges')
        expect(whole).not.toHaveProperty('invoice')
        expect(whole.latest_charge).toMatchObject({ id: charge, amount_captured: 5000 })
      },
    ],
    error: [
      'an unknown id says payment_intent_not_found and how to find the right one',
      async (bench) => {
        const error = await bench.refused('stripe_get_payment_intent', { payment_intent_id: UNKNOWN })
        expect(error).toMatchObject({ code: 'payment_intent_not_found', retryable: false })
        expect(error.next_step).toContain('stripe_list_payment_intents')
      },
    ],
  },
  stripe_create_payment_intent: {
    fixtures: (bench) => payer(bench),
    normal: [
      'without confirm it is a draft that charges nothing',
      async (bench) => {
        const { customer, paymentMethod } = await payer(bench)
        const { preview, result } = await bench.write('stripe_create_payment_intent', {
          amount: { value: '50.00', currency: 'usd' },
          customer,
          payment_method: paymentMethod,
        })
        expect(preview).toMatchObject({ effect: 'draft', state: 'approved' })
        expect(preview.summary).toContain('nothing is charged until it is confirmed')
        expect(result).toMatchObject({ amount: 5000, currency: 'usd', status: 'requires_confirmation' })
        expect((await bench.stripe.charges.list({ customer })).data).toEqual([])
      },
    ],
    subtle: [
      'with confirm it is money; a bank’s page is settled first, and payment_method_types is known to be gone',
      async (bench) => {
        const { customer, paymentMethod } = await payer(bench)
        const params = {
          amount: 5000,
          currency: 'usd',
          customer,
          payment_method: paymentMethod,
          confirm: true,
        }
        const page = await bench.refused('stripe_create_payment_intent', params)
        expect(page.code).toBe('invalid_params')
        expect(page.next_step).toContain('allow_redirects')
        const old = await bench.refused('stripe_create_payment_intent', {
          ...params,
          payment_method_types: ['card'],
        })
        expect(JSON.stringify(old)).toContain('allowed_payment_method_types')
        const { preview, result } = await bench.write('stripe_create_payment_intent', {
          ...params,
          automatic_payment_methods,
        })
        expect(preview).toMatchObject({ effect: 'money', needs: 'dashboard' })
        expect(preview.summary).toContain('Charge $50.00 now for Jane Doe')
        expect(preview.summary).toContain('Visa ••4242')
        expect(await bench.stripe.paymentIntents.retrieve(result.id)).toMatchObject({
          status: 'succeeded',
          amount_received: 5000,
        })
      },
    ],
    error: [
      'too small an amount is warned of and refused by Stripe; a declined card says why and what next',
      async (bench) => {
        const tiny = { amount: 10, currency: 'usd' }
        const preview = await bench.preview('stripe_create_payment_intent', tiny)
        expect(preview.warnings.join(' ')).toContain('smallest unit')
        const small = await bench.refusedByStripe('stripe_create_payment_intent', tiny)
        expect(small).toMatchObject({ code: 'amount_too_small' })
        expect(small.next_step).toContain('higher amount')

        const { customer, paymentMethod } = await payer(bench, 'pm_card_chargeCustomerFail')
        const declined = await bench.refusedByStripe('stripe_create_payment_intent', {
          amount: 5000,
          currency: 'usd',
          customer,
          payment_method: paymentMethod,
          confirm: true,
          automatic_payment_methods,
        })
        expect(declined).toMatchObject({ code: 'card_declined' })
        expect(declined.next_step).toContain('another payment method')
        expect((await bench.stripe.charges.list({ customer })).data).toMatchObject([{ status: 'failed' }])
      },
    ],
  },
  stripe_confirm_payment_intent: {
    fixtures: (bench) => prepared(bench),
    normal: [
      'a prepared payment is charged on its card',
      async (bench) => {
        const { paymentIntent } = await prepared(bench)
        const { preview, result } = await bench.write('stripe_confirm_payment_intent', {
          payment_intent_id: paymentIntent,
        })
        expect(preview.effect).toBe('money')
        expect(preview.summary).toContain('Charge $50.00 on Visa ••4242')
        expect(result.status).toBe('succeeded')
        const balance = await bench.stripe.balanceTransactions.list({ source: result.latest_charge })
        expect(balance.data).toMatchObject([{ amount: 5000, type: 'charge' }])
      },
    ],
    subtle: [
      'what the bank wants to ask first is not a success, and the answer says so; nothing is charged',
      async (bench) => {
        const { paymentIntent } = await prepared(bench, {}, 'pm_card_authenticationRequired')
        const { hub } = bench
        const shown = await bench.preview('stripe_confirm_payment_intent', {
          payment_intent_id: paymentIntent,
        })
        await hub.owner.approve(shown.confirmation)
        const reply = await hub.device.call('stripe_confirm_payment_intent', {
          confirmation: shown.confirmation,
        })
        expect(reply.status).toBe(200)
        expect(reply.body.result.status).toBe('requires_action')
        expect(reply.body.differs_from_preview).toContainEqual({
          what: 'Payment status',
          previewed: 'succeeded',
          got: 'requires_action',
        })
        expect((await bench.stripe.charges.list({ payment_intent: paymentIntent })).data).toEqual([])
      },
    ],
    error: [
      'a decline puts the payment back, and a second confirmation of a paid one is refused at the preview',
      async (bench) => {
        const { paymentIntent } = await prepared(bench, {}, 'pm_card_chargeCustomerFail')
        const declined = await bench.refusedByStripe('stripe_confirm_payment_intent', {
          payment_intent_id: paymentIntent,
        })
        expect(declined).toMatchObject({ code: 'card_declined', stripe: { decline_code: 'generic_decline' } })
        const after = await bench.stripe.paymentIntents.retrieve(paymentIntent)
        expect(after).toMatchObject({ status: 'requires_payment_method' })
        expect(after.last_payment_error?.code).toBe('card_declined')

        const again = await bench.refused('stripe_confirm_payment_intent', {
          payment_intent_id: (await paid(bench)).paymentIntent,
        })
        expect(again).toMatchObject({ code: 'invalid_state' })
        expect(again.next_step).toContain('do not charge again')
      },
    ],
  },
  stripe_capture_payment_intent: {
    fixtures: (bench) => held(bench),
    normal: [
      'without an amount all that is held is taken, and the bytes say how much that is',
      async (bench) => {
        const { paymentIntent } = await held(bench)
        const { preview, result } = await bench.write('stripe_capture_payment_intent', {
          payment_intent_id: paymentIntent,
        })
        expect(preview.summary).toContain('Capture $50.00 of $50.00 held on')
        expect(preview.irreversible).toBe('')
        expect(bench.hub.wire.writes().at(-1)?.body).toContain('amount_to_capture=5000')
        expect(result).toMatchObject({ status: 'succeeded', amount_received: 5000 })
      },
    ],
    subtle: [
      'of a part, the rest is released for good, and the preview says how much and until when it is held',
      async (bench) => {
        const { paymentIntent } = await held(bench)
        const { preview } = await bench.write('stripe_capture_payment_intent', {
          payment_intent_id: paymentIntent,
          amount_to_capture: { value: '30.00', currency: 'usd' },
        })
        expect(preview.warnings.join(' ')).toMatch(/holds the money until 20\d\d-.*\$20\.00 are released/)
        expect(preview.irreversible).toContain('cannot be held again')
        expect(await bench.stripe.paymentIntents.retrieve(paymentIntent)).toMatchObject({
          amount_received: 3000,
          amount_capturable: 0,
        })
      },
    ],
    error: [
      'more than is held, or what is not held, is refused at the preview with the way out',
      async (bench) => {
        const { paymentIntent } = await held(bench)
        const more = await bench.refused('stripe_capture_payment_intent', {
          payment_intent_id: paymentIntent,
          amount_to_capture: 5001,
        })
        expect(more).toMatchObject({ code: 'invalid_params' })
        expect(more.message).toContain('Only $50.00 are held')
        const taken = await bench.refused('stripe_capture_payment_intent', {
          payment_intent_id: (await paid(bench)).paymentIntent,
        })
        expect(taken).toMatchObject({ code: 'invalid_state' })
        expect(taken.next_step).toContain('stripe_create_refund')
      },
    ],
  },
  stripe_cancel_payment_intent: {
    fixtures: (bench) => prepared(bench),
    normal: [
      'a payment that was never charged ends, which moves no money',
      async (bench) => {
        const { paymentIntent } = await prepared(bench)
        const { preview } = await bench.write('stripe_cancel_payment_intent', {
          payment_intent_id: paymentIntent,
          cancellation_reason: 'duplicate',
        })
        expect(preview.effect).toBe('change')
        expect(await bench.stripe.paymentIntents.retrieve(paymentIntent)).toMatchObject({
          status: 'canceled',
          cancellation_reason: 'duplicate',
        })
      },
    ],
    subtle: [
      'held money is given up: that counts as money and is said with its amount; an invoice stays unpaid',
      async (bench) => {
        const { paymentIntent } = await held(bench)
        const { preview } = await bench.write('stripe_cancel_payment_intent', {
          payment_intent_id: paymentIntent,
        })
        expect(preview).toMatchObject({ effect: 'money', needs: 'dashboard' })
        expect(preview.warnings.join(' ')).toContain('$50.00 that the bank holds')
        expect(await bench.stripe.paymentIntents.retrieve(paymentIntent)).toMatchObject({
          status: 'canceled',
          amount_capturable: 0,
        })

        const { customer } = await payer(bench)
        await bench.stripe.invoiceItems.create({ customer, amount: 900, currency: 'usd' })
        const invoice = await bench.stripe.invoices.create({
          customer,
          pending_invoice_items_behavior: 'include',
        })
        await bench.stripe.invoices.finalizeInvoice(invoice.id)
        const [payment] = (await bench.stripe.invoicePayments.list({ invoice: invoice.id })).data
        const ofInvoice = await bench.preview('stripe_cancel_payment_intent', {
          payment_intent_id: payment?.payment.payment_intent,
        })
        expect(ofInvoice.warnings.join(' ')).toContain(`invoice ${invoice.id}, which stays unpaid`)
      },
    ],
    error: [
      'what is paid is refunded, not canceled',
      async (bench) => {
        const error = await bench.refused('stripe_cancel_payment_intent', {
          payment_intent_id: (await paid(bench)).paymentIntent,
        })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_create_refund')
        const unknown = await bench.refused('stripe_cancel_payment_intent', { id: UNKNOWN })
        expect(unknown.code).toBe('payment_intent_not_found')
      },
    ],
  },
}
