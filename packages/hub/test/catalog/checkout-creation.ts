import { expect } from 'vitest'
import type { Proof } from '../support/prove-tools.ts'
import { jane, priceOf, SUCCESS } from './checkout-fixtures.ts'

export const checkoutCreation: Proof = {
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
      const nobody = await bench.refused('stripe_create_checkout_session', sell(once, { customer: deleted }))
      expect(nobody).toMatchObject({ code: 'customer_not_found' })
    },
  ],
}
