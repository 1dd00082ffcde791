import { expect } from 'vitest'
import type { Proof } from '../support/prove-tools.ts'
import { fixtures, monthly, plan } from './product-fixtures.ts'

export const priceProofs: Record<string, Proof> = {
  stripe_create_price: {
    fixtures,
    normal: [
      'a price costs what was shown, for the product that was shown',
      async (bench) => {
        const id = await plan(bench)
        const { result, preview } = await bench.write('stripe_create_price', {
          product: id,
          currency: 'usd',
          unit_amount: 2000,
          recurring: { interval: 'month', interval_count: 3 },
        })
        expect(preview.summary).toContain(`Create a price for Pro plan (${id}): $20.00 every 3 months`)
        expect(preview.warnings.join(' ')).toContain('cannot be deleted')
        expect(await bench.stripe.prices.retrieve(result.id)).toMatchObject({
          product: id,
          unit_amount: 2000,
          recurring: { interval: 'month', interval_count: 3 },
        })
      },
    ],
    subtle: [
      'exactly one of the three kinds of amount; a fraction of a cent, tiers and an open amount are told',
      async (bench) => {
        const id = await plan(bench)
        const params = { product: id, currency: 'usd' }
        const none = await bench.refused('stripe_create_price', params)
        expect(none.message).toContain('unit_amount_decimal')
        const two = await bench.refused('stripe_create_price', {
          ...params,
          unit_amount: 5,
          unit_amount_decimal: '5.5',
        })
        expect(two.code).toBe('invalid_params')
        const metered = await bench.refused('stripe_create_price', {
          ...params,
          unit_amount: 5,
          recurring: { interval: 'month', usage_type: 'metered' },
        })
        expect(metered.message).toContain('recurring.meter')
        const fraction = await bench.write('stripe_create_price', { ...params, unit_amount_decimal: '0.5' })
        expect(fraction.preview.summary).toContain('0.5 USD in its smallest unit')
        const tiered = await bench.write('stripe_create_price', {
          ...params,
          billing_scheme: 'tiered',
          tiers_mode: 'volume',
          tiers: [
            { up_to: 10, unit_amount: { value: '5.00', currency: 'usd' } },
            { up_to: 'inf', unit_amount: 400, flat_amount: 1000 },
          ],
          recurring: { interval: 'month' },
        })
        expect(JSON.stringify(tiered.preview.changes)).toMatch(
          /up to 10: \$5\.00 each.*from there on: \$4\.00 each and \$10\.00 flat/,
        )
        const open = await bench.write('stripe_create_price', {
          ...params,
          custom_unit_amount: { enabled: true, minimum: 500 },
        })
        expect(open.preview.summary).toContain('the customer chooses: from $5.00')
      },
    ],
    error: [
      'a lookup key that another price has is not taken from it unasked',
      async (bench) => {
        const id = await plan(bench)
        const holder = await bench.stripe.prices.create({
          product: id,
          currency: 'usd',
          unit_amount: 1000,
          lookup_key: 'standard',
        })
        const params = { product: id, currency: 'usd', unit_amount: 2000, lookup_key: 'standard' }
        const error = await bench.refused('stripe_create_price', params)
        expect(error).toMatchObject({ code: 'resource_already_exists' })
        expect(error.next_step).toContain('transfer_lookup_key')
        const { preview, result } = await bench.write('stripe_create_price', {
          ...params,
          transfer_lookup_key: true,
        })
        expect(preview.warnings.join(' ')).toContain(holder.id)
        const { data } = await bench.stripe.prices.list({ lookup_keys: ['standard'] })
        expect(data.map((price) => price.id)).toEqual([result.id])
      },
    ],
  },

  stripe_list_prices: {
    fixtures: async (bench) => {
      const product = await plan(bench)
      await monthly(bench, product)
      return { product }
    },
    normal: [
      'the prices of one product, newest first',
      async (bench) => {
        const id = await plan(bench)
        const first = await monthly(bench, id)
        const second = await monthly(bench, id, 3000)
        const { data } = await bench.read('stripe_list_prices', { product: id })
        expect(data.map((price: { id: string }) => price.id)).toEqual([second, first])
      },
    ],
    subtle: [
      'tiers come only where they are asked for',
      async (bench) => {
        const id = await plan(bench)
        await bench.stripe.prices.create({
          product: id,
          currency: 'usd',
          billing_scheme: 'tiered',
          tiers_mode: 'volume',
          tiers: [{ up_to: 'inf', unit_amount: 400 }],
          recurring: { interval: 'month' },
        })
        const short = await bench.read('stripe_list_prices', { product: id })
        expect(short.data[0].tiers).toBeUndefined()
        const whole = await bench.read('stripe_list_prices', { product: id, expand: ['data.tiers'] })
        expect(whole.data[0].tiers).toMatchObject([{ unit_amount: 400 }])
      },
    ],
    error: [
      'one-time prices have no interval to look for',
      async (bench) => {
        const error = await bench.refused('stripe_list_prices', {
          type: 'one_time',
          recurring: { interval: 'month' },
        })
        expect(error).toMatchObject({ code: 'invalid_params', violations: [{ path: 'recurring' }] })
        expect(error.next_step).toContain('clawlink_describe_tool')
      },
    ],
  },
}
