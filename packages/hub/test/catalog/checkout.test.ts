import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const SUCCESS = 'https://shop.example/thanks'

const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

const priceOf = async ({ stripe }: Bench, amount: number, interval?: 'month'): Promise<string> =>
  (
    await stripe.prices.create({
      currency: 'usd',
      unit_amount: amount,
      product_data: { name: interval === undefined ? 'Mug' : 'Pro plan' },
      ...(interval === undefined ? {} : { recurring: { interval } }),
    })
  ).id

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
  stripe_create_checkout_session: {
    fixtures: async (bench) => ({
      customer: await jane(bench),
      price: await priceOf(bench, 1500),
      otherPrice: await priceOf(bench, 2000, 'month'),
    }),
    normal: [
      'each line is told with its product, price, quantity and total, and the sum is what Stripe asks for',
      async (bench) => {
        const customer = await jane(bench)
        const price = await priceOf(bench, 1500)
        const { preview, result } = await bench.write('stripe_create_checkout_session', {
          mode: 'payment',
          customer,
          line_items: [
            { price, quantity: 2 },
            {
              price_data: {
                currency: 'usd',
                unit_amount: { value: '4.99', currency: 'usd' },
                product_data: { name: 'Gift box' },
              },
              quantity: 1,
            },
          ],
          success_url: `${SUCCESS}?session={CHECKOUT_SESSION_ID}`,
          cancel_url: 'https://shop.example/cart',
        })
        expect(preview.effect).toBe('change')
        expect(preview.summary).toContain(`Jane Doe <jane@example.com> (${customer}) pays: $34.99`)
        const row = (what: string) =>
          preview.changes.find((change: { what: string }) => change.what === what)?.after
        expect(row('Line 1: Mug')).toBe(`2 × $15.00 (${price}) = $30.00`)
        expect(row('Line 2: Gift box')).toBe('1 × $4.99 = $4.99')
        expect(row('To pay on the page')).toBe('$34.99 (3499 usd)')
        expect(row('Afterwards the customer is sent to')).toContain('https://shop.example, at /thanks')
        const session = await bench.stripe.checkout.sessions.retrieve(result.id)
        expect(session).toMatchObject({ amount_total: 3499, customer, ui_mode: 'hosted_page' })
        expect(session.expires_at - session.created).toBe(24 * 60 * 60)
        expect(result.url).toBe(session.url)
        const again = await bench.hub.device.call('stripe_create_checkout_session', {
          confirmation: preview.confirmation,
        })
        expect(JSON.stringify(again.body), 'the link is delivered once').not.toContain(session.url)
      },
    ],
    subtle: [
      'a subscription says what it costs from then on, a trial what it does not cost yet, a discount that the sum is not all',
      async (bench) => {
        const [monthly, once] = [await priceOf(bench, 2000, 'month'), await priceOf(bench, 500)]
        const params = {
          mode: 'subscription',
          line_items: [
            { price: monthly, quantity: 3 },
            { price: once, quantity: 1 },
          ],
          success_url: SUCCESS,
        }
        const { preview } = await bench.write('stripe_create_checkout_session', params)
        expect(JSON.stringify(preview.changes)).toContain('$60.00 per month, until it is cancelled')
        expect(preview.summary).toContain('subscribes: $65.00')
        const trial = await bench.preview('stripe_create_checkout_session', {
          ...params,
          subscription_data: { trial_period_days: 14 },
        })
        expect(JSON.stringify(trial.changes)).toContain('free for 14 days, then $60.00 per month')
        expect(trial.summary).not.toContain('$65')
        const coupon = await bench.stripe.coupons.create({
          percent_off: 25,
          duration: 'once',
          name: 'Spring',
        })
        const cheaper = await bench.write('stripe_create_checkout_session', {
          ...params,
          discounts: [{ coupon: coupon.id }],
        })
        expect(JSON.stringify(cheaper.preview.changes)).toContain('25% off, once')
        expect(JSON.stringify(cheaper.preview.changes)).not.toContain('To pay on the page')
        expect(cheaper.result).toMatchObject({ amount_subtotal: 6500, amount_total: 4875 })
        const setup = await bench.write('stripe_create_checkout_session', {
          mode: 'setup',
          currency: 'usd',
          success_url: SUCCESS,
        })
        expect(setup.result).toMatchObject({ amount_total: null, payment_status: 'no_payment_required' })
        const embedded = await bench.write('stripe_create_checkout_session', {
          ...params,
          success_url: undefined,
          ui_mode: 'embedded_page',
          return_url: SUCCESS,
        })
        expect(embedded.result).toMatchObject({ url: null, ui_mode: 'embedded_page' })
      },
    ],
    error: [
      'what does not fit together is refused before the wire, by its name',
      async (bench) => {
        const [monthly, once] = [await priceOf(bench, 2000, 'month'), await priceOf(bench, 500)]
        const archived = await priceOf(bench, 500)
        await bench.stripe.prices.update(archived, { active: false })
        const sell = (price: string, more = {}) => ({
          mode: 'payment',
          success_url: SUCCESS,
          line_items: [{ price, quantity: 1 }],
          ...more,
        })
        const wrong: Array<[Record<string, unknown>, string]> = [
          [{ mode: 'payment', success_url: SUCCESS }, 'line_items'],
          [sell(once, { success_url: undefined }), 'success_url'],
          [sell(once, { success_url: 'shop.example/thanks' }), 'success_url'],
          [sell(once, { success_url: 'https://stripe.com@evil.example/' }), 'success_url'],
          [sell(once, { return_url: SUCCESS }), 'return_url'],
          [sell(once, { line_items: [{ price: once }] }), 'line_items[0].quantity'],
          [sell(monthly), 'mode'],
          [sell(once, { mode: 'subscription' }), 'mode'],
          [sell(once, { subscription_data: { trial_period_days: 7 } }), 'subscription_data'],
          [sell(once, { customer: await jane(bench), customer_email: 'a@example.com' }), 'customer_email'],
          [{ mode: 'setup', success_url: SUCCESS }, 'currency'],
          [sell(once, { payment_method_types: ['card'] }), 'payment_method_types'],
        ]
        for (const [params, path] of wrong) {
          const error = await bench.refused('stripe_create_checkout_session', params)
          expect(error, JSON.stringify(params)).toMatchObject({
            code: 'invalid_params',
            violations: [{ path }],
          })
          expect(error.next_step).toContain('clawlink_describe_tool')
        }
        const gone = await bench.refused('stripe_create_checkout_session', sell(archived))
        expect(gone).toMatchObject({ code: 'invalid_state' })
        expect(gone.next_step).toContain('stripe_list_prices')
        const missing = await bench.refused('stripe_create_checkout_session', sell('price_1QpTxNobody42x9'))
        expect(missing).toMatchObject({ code: 'price_not_found' })
        const deleted = await jane(bench)
        await bench.stripe.customers.del(deleted)
        const nobody = await bench.refused(
          'stripe_create_checkout_session',
          sell(once, { customer: deleted }),
        )
        expect(nobody).toMatchObject({ code: 'customer_not_found' })
      },
    ],
  },

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
