import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const spring = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.coupons.create({ percent_off: 25, duration: 'once', name: 'Spring sale' })).id

proveTools('Coupons & Discounts', {
  stripe_create_coupon: {
    fixtures: () => Promise.resolve({}),
    normal: [
      'a coupon has the terms that were shown, and lasts once unless it is said otherwise',
      async (bench) => {
        const { result, preview } = await bench.write('stripe_create_coupon', {
          amount_off: { value: '5.00', currency: 'usd' },
          currency: 'usd',
          name: 'Welcome',
          max_redemptions: 3,
        })
        expect(preview.summary).toContain('Create a coupon "Welcome": $5.00 off, once; up to 3 times')
        expect(await bench.stripe.coupons.retrieve(result.id)).toMatchObject({
          amount_off: 500,
          currency: 'usd',
          duration: 'once',
          max_redemptions: 3,
        })
      },
    ],
    subtle: [
      'either a percentage or an amount with its currency, months only when repeating; all off for ever is warned of',
      async (bench) => {
        const wrong: Array<[Record<string, unknown>, string]> = [
          [{}, 'percent_off'],
          [{ percent_off: 10, amount_off: 500, currency: 'usd' }, 'amount_off'],
          [{ amount_off: 500 }, 'currency'],
          [{ percent_off: 10, duration: 'repeating' }, 'duration_in_months'],
          [{ percent_off: 10, duration: 'forever', duration_in_months: 3 }, 'duration_in_months'],
          [{ percent_off: 101 }, 'percent_off'],
        ]
        for (const [params, path] of wrong) {
          const error = await bench.refused('stripe_create_coupon', params)
          expect(error, JSON.stringify(params)).toMatchObject({
            code: 'invalid_params',
            violations: [{ path }],
          })
        }
        const { preview } = await bench.write('stripe_create_coupon', {
          percent_off: 100,
          duration: 'forever',
        })
        expect(preview.warnings.join(' ')).toMatch(/never pays.*Nothing ends it/)
        const months = await bench.write('stripe_create_coupon', {
          percent_off: 12.5,
          duration: 'repeating',
          duration_in_months: 3,
          redeem_by: 2_000_000_000,
        })
        expect(months.preview.summary).toContain('12.5% off, for 3 months; until 2033-05-18')
        expect(months.preview.warnings.join(' ')).not.toMatch(/Nothing ends it|Forever/)
      },
    ],
    error: [
      'an id that is taken is refused, with the terms that it has',
      async (bench) => {
        const id = await spring(bench)
        const error = await bench.refused('stripe_create_coupon', { id, percent_off: 50 })
        expect(error).toMatchObject({ code: 'resource_already_exists' })
        expect(error.message).toContain('25% off, once')
        expect(error.next_step).toContain('another id')
      },
    ],
  },

  stripe_list_coupons: {
    fixtures: () => Promise.resolve({}),
    normal: [
      'the newest coupons come first',
      async (bench) => {
        const [first, second] = [await spring(bench), await spring(bench)]
        const { data } = await bench.read('stripe_list_coupons', { limit: 2 })
        expect(data.map((coupon: { id: string }) => coupon.id)).toEqual([second, first])
      },
    ],
    subtle: [
      'there is no filter but the date: a page leads to the next',
      async (bench) => {
        await spring(bench)
        await spring(bench)
        const page = await bench.read('stripe_list_coupons', { limit: 1 })
        expect(page.has_more).toBe(true)
        const next = await bench.read('stripe_list_coupons', {
          limit: 1,
          starting_after: page.next_starting_after,
        })
        expect(next.data[0].id).not.toBe(page.data[0].id)
      },
    ],
    error: [
      'a filter that Stripe does not have is refused, not ignored',
      async (bench) => {
        const error = await bench.refused('stripe_list_coupons', { valid: true })
        expect(error).toMatchObject({ code: 'invalid_params', violations: [{ path: 'valid' }] })
        expect(error.next_step).toContain('clawlink_describe_tool')
      },
    ],
  },

  stripe_delete_coupon: {
    fixtures: async (bench) => ({ coupon: await spring(bench) }),
    normal: [
      'a coupon is deleted for good, and its codes are named',
      async (bench) => {
        const id = await spring(bench)
        const code = await bench.stripe.promotionCodes.create({
          promotion: { type: 'coupon', coupon: id },
          code: `GO${id}`,
        })
        const { preview } = await bench.write('stripe_delete_coupon', { coupon_id: id })
        expect(preview.effect).toBe('money')
        expect(JSON.stringify(preview.changes)).toContain(code.code)
        expect(preview.irreversible).toContain('cannot be brought back')
        await expect(bench.stripe.coupons.retrieve(id)).rejects.toMatchObject({ statusCode: 404 })
        expect((await bench.stripe.promotionCodes.retrieve(code.id)).active).toBe(false)
      },
    ],
    subtle: [
      'discounts that were given go on, and the preview says so',
      async (bench) => {
        const id = (await bench.stripe.coupons.create({ percent_off: 50, duration: 'forever' })).id
        const price = await bench.stripe.prices.create({
          currency: 'usd',
          unit_amount: 2000,
          recurring: { interval: 'month' },
          product_data: { name: 'Pro plan' },
        })
        const customer = await bench.stripe.customers.create({ payment_method: 'pm_card_visa' })
        const { data } = await bench.stripe.customers.listPaymentMethods(customer.id)
        const subscription = await bench.stripe.subscriptions.create({
          customer: customer.id,
          items: [{ price: price.id }],
          default_payment_method: data[0]?.id ?? '',
          discounts: [{ coupon: id }],
        })
        const { preview } = await bench.write('stripe_delete_coupon', { coupon: id })
        expect(preview.changes[0].before).toBe('50% off, forever, used once')
        expect(preview.warnings.join(' ')).toContain('keep it until it ends')
        const after = await bench.stripe.subscriptions.retrieve(subscription.id)
        expect(after.discounts).toHaveLength(1)
        const renewal = await bench.stripe.invoices.createPreview({ subscription: subscription.id })
        expect(renewal.total).toBe(1000)
      },
    ],
    error: [
      'an unknown coupon says coupon_not_found and where to look',
      async (bench) => {
        const error = await bench.refused('stripe_delete_coupon', { coupon_id: 'NOBODY42' })
        expect(error).toMatchObject({ code: 'coupon_not_found', retryable: false })
        expect(error.next_step).toContain('stripe_list_coupons')
      },
    ],
  },

  stripe_create_promotion_code: {
    fixtures: async (bench) => {
      const { data } = await bench.stripe.promotionCodes.list({ code: 'SPRING25' })
      for (const { id } of data) await bench.stripe.promotionCodes.update(id, { active: false })
      return { coupon: await spring(bench) }
    },
    normal: [
      'a code stands for the coupon that was shown, for the customer that was shown',
      async (bench) => {
        const coupon = await spring(bench)
        const customer = await bench.stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })
        const { result, preview } = await bench.write('stripe_create_promotion_code', {
          promotion: { coupon },
          code: `JANE-${coupon}`,
          customer: customer.id,
          max_redemptions: 1,
          restrictions: {
            minimum_amount: { value: '20.00', currency: 'usd' },
            minimum_amount_currency: 'usd',
          },
        })
        expect(preview.summary).toContain(
          `for Spring sale (${coupon}): 25% off, once; for Jane Doe <jane@example.com> (${customer.id}), up to 1 time`,
        )
        expect(JSON.stringify(preview.changes)).toContain('from $20.00 on')
        expect(await bench.stripe.promotionCodes.retrieve(result.id)).toMatchObject({
          code: `JANE-${coupon}`,
          customer: customer.id,
          promotion: { type: 'coupon', coupon },
          restrictions: { minimum_amount: 2000, minimum_amount_currency: 'usd' },
        })
      },
    ],
    subtle: [
      'the coupon stands inside promotion, and a code is the same in upper and lower case',
      async (bench) => {
        const coupon = await spring(bench)
        const old = await bench.refused('stripe_create_promotion_code', { coupon, code: 'SPRING' })
        expect(old).toMatchObject({ code: 'invalid_params' })
        const code = `Sale-${coupon}`
        const { preview } = await bench.write('stripe_create_promotion_code', { promotion: { coupon }, code })
        expect(preview.warnings.join(' ')).toContain('Whoever knows the code')
        const error = await bench.refused('stripe_create_promotion_code', {
          promotion: { coupon },
          code: code.toUpperCase(),
        })
        expect(error).toMatchObject({ code: 'resource_already_exists' })
        expect(error.next_step).toContain('stripe_promotion_codes_update')
      },
    ],
    error: [
      'a coupon that is used up is refused, as is a code that would outlast its coupon',
      async (bench) => {
        const { id } = await bench.stripe.coupons.create({ percent_off: 10, redeem_by: 2_000_000_000 })
        const late = await bench.refused('stripe_create_promotion_code', {
          promotion: { coupon: id },
          expires_at: 2_000_000_001,
        })
        expect(late).toMatchObject({ code: 'invalid_params', violations: [{ path: 'expires_at' }] })
        const gone = await bench.refused('stripe_create_promotion_code', {
          promotion: { coupon: 'NOBODY42' },
        })
        expect(gone).toMatchObject({ code: 'coupon_not_found' })
        expect(gone.next_step).toContain('stripe_list_coupons')
      },
    ],
  },
})
