import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'
import { checkoutCreation } from './checkout-creation.ts'
import { jane, priceOf, SUCCESS } from './checkout-fixtures.ts'

const sessionOf = async (bench: Bench, mode: 'payment' | 'subscription' = 'payment'): Promise<string> =>
  (
    await bench.stripe.checkout.sessions.create({
      mode,
      customer: await jane(bench),
      line_items: [
        { price: await priceOf(bench, 2000, mode === 'payment' ? undefined : 'month'), quantity: 2 },
      ],
      success_url: SUCCESS,
    })
  ).id

/** The customer finishes the page with a card that works. */
const finish = async ({ stripe }: Bench, session: string): Promise<void> => {
  const { data } = await stripe.customers.list({ limit: 1 })
  const email = data[0]?.email ?? ''
  const card = await stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_visa' },
    billing_details: { email, name: 'Jane Doe' },
  })
  await stripe.rawRequest('POST', `/v1/payment_pages/${session}/confirm`, { payment_method: card.id })
}

proveTools('Checkout Sessions', {
  stripe_create_checkout_session: checkoutCreation,

  stripe_get_checkout_session: {
    fixtures: async (bench) => ({ checkoutSession: await sessionOf(bench) }),
    normal: [
      'an open session has its link, and its lines only where they are asked for',
      async (bench) => {
        const id = await sessionOf(bench)
        const short = await bench.read('stripe_get_checkout_session', { checkout_session_id: id })
        expect(short).toMatchObject({ id, status: 'open', payment_status: 'unpaid', amount_total: 4000 })
        expect(short.line_items).toBeUndefined()
        const whole = await bench.read('stripe_get_checkout_session', { session: id, expand: ['line_items'] })
        expect(whole.line_items.data).toMatchObject([{ description: 'Mug', quantity: 2 }])
      },
    ],
    subtle: [
      'the subscription is there once the customer has finished',
      async (bench) => {
        const id = await sessionOf(bench, 'subscription')
        const before = await bench.read('stripe_get_checkout_session', { id })
        expect(before.subscription).toBeUndefined()
        await finish(bench, id)
        const after = await bench.read('stripe_get_checkout_session', { id })
        expect(after).toMatchObject({ status: 'complete', payment_status: 'paid' })
        expect(after.subscription).toMatch(/^sub_/)
        expect(after.url).toBeUndefined()
      },
    ],
    error: [
      'an unknown session says checkout_session_not_found and where to look',
      async (bench) => {
        const error = await bench.refused('stripe_get_checkout_session', {
          checkout_session_id: 'cs_test_a1Nobody42x9KxYz8aBcD',
        })
        expect(error).toMatchObject({ code: 'checkout_session_not_found' })
        expect(error.next_step).toContain('clawlink_search_tools')
      },
    ],
  },

  stripe_expire_checkout_session: {
    fixtures: async (bench) => ({ checkoutSession: await sessionOf(bench) }),
    normal: [
      'the page is closed and its link is gone',
      async (bench) => {
        const id = await sessionOf(bench)
        const { preview } = await bench.write('stripe_expire_checkout_session', { checkout_session_id: id })
        expect(preview.summary).toContain(
          'Close the checkout page (payment) over $40.00 of Jane Doe <jane@example.com>',
        )
        expect(await bench.stripe.checkout.sessions.retrieve(id)).toMatchObject({
          status: 'expired',
          url: null,
        })
      },
    ],
    subtle: [
      'a session that is finished between preview and call is not touched',
      async (bench) => {
        const id = await sessionOf(bench)
        const shown = await bench.preview('stripe_expire_checkout_session', { checkout_session_id: id })
        await finish(bench, id)
        const reply = await bench.hub.device.call('stripe_expire_checkout_session', {
          confirmation: shown.confirmation,
        })
        expect(reply.status).toBe(409)
        expect((await bench.stripe.checkout.sessions.retrieve(id)).status).toBe('complete')
      },
    ],
    error: [
      'only an open session can be expired; a finished one is refunded instead',
      async (bench) => {
        const id = await sessionOf(bench)
        await finish(bench, id)
        const done = await bench.refused('stripe_expire_checkout_session', { checkout_session_id: id })
        expect(done).toMatchObject({ code: 'invalid_state' })
        expect(done.next_step).toContain('stripe_create_refund')
        const other = await sessionOf(bench)
        await bench.stripe.checkout.sessions.expire(other)
        const expired = await bench.refused('stripe_expire_checkout_session', { id: other })
        expect(expired.next_step).toContain('stripe_create_checkout_session')
      },
    ],
  },
})
