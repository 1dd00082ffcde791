import { expect } from 'vitest'
import type { Bench, Proof } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const plan = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.products.create({ name: 'Pro plan' })).id

const monthly = async ({ stripe }: Bench, product: string, amount = 2000): Promise<string> =>
  (
    await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: amount,
      recurring: { interval: 'month' },
    })
  ).id

const fixtures: Proof['fixtures'] = async (bench) => ({ product: await plan(bench) })

const unknown = (tool: string, params = {}): Proof['error'] => [
  'an unknown id says product_not_found and where to look',
  async (bench) => {
    const error = await bench.refused(tool, { product_id: 'prod_Nobody42x9', ...params })
    expect(error).toMatchObject({ code: 'product_not_found', retryable: false })
    expect(error.next_step).toContain('stripe_list_products')
  },
]

proveTools('Products & Pricing', {
  stripe_list_products: {
    fixtures,
    normal: [
      'archived products are left out where only active ones are asked for',
      async (bench) => {
        const [sold, archived] = [await plan(bench), await plan(bench)]
        await bench.stripe.products.update(archived, { active: false })
        const { data } = await bench.read('stripe_list_products', { active: true, limit: 100 })
        const ids = data.map((product: { id: string }) => product.id)
        expect(ids).toContain(sold)
        expect(ids).not.toContain(archived)
      },
    ],
    subtle: [
      'ids do not go with a cursor',
      async (bench) => {
        const id = await plan(bench)
        const found = await bench.read('stripe_list_products', { ids: [id] })
        expect(found.data.map((product: { id: string }) => product.id)).toEqual([id])
        const error = await bench.refused('stripe_list_products', { ids: [id], starting_after: id })
        expect(error).toMatchObject({ code: 'invalid_params', violations: [{ path: 'starting_after' }] })
      },
    ],
    error: [
      'a wrong parameter is named',
      async (bench) => {
        const error = await bench.refused('stripe_list_products', { activ: true })
        expect(error).toMatchObject({ code: 'invalid_params', violations: [{ suggestion: 'active' }] })
        expect(error.next_step).toContain('clawlink_describe_tool')
      },
    ],
  },

  stripe_get_product: {
    fixtures: async (bench) => {
      const { id } = await bench.stripe.products.create({
        name: 'Pro plan',
        default_price_data: { currency: 'usd', unit_amount: 2000 },
      })
      return { product: id }
    },
    normal: [
      'a product is read, its default price too where it is asked for',
      async (bench) => {
        const { id } = await bench.stripe.products.create({
          name: 'Pro plan',
          default_price_data: { currency: 'usd', unit_amount: 2000 },
        })
        const product = await bench.read('stripe_get_product', { id, expand: ['default_price'] })
        expect(product).toMatchObject({ id, name: 'Pro plan', default_price: { unit_amount: 2000 } })
      },
    ],
    subtle: [
      'a deleted product is not found, unlike a customer',
      async (bench) => {
        const id = await plan(bench)
        await bench.stripe.products.del(id)
        const error = await bench.refused('stripe_get_product', { product_id: id })
        expect(error.code).toBe('product_not_found')
      },
    ],
    error: unknown('stripe_get_product'),
  },

  stripe_create_product: {
    fixtures,
    normal: [
      'a product is made under the name that was shown',
      async (bench) => {
        const { result, preview } = await bench.write('stripe_create_product', {
          name: 'Setup fee',
          metadata: { sku: 'SETUP-1' },
        })
        expect(preview.summary).toContain('"Setup fee", without a price yet')
        expect(await bench.stripe.products.retrieve(result.id)).toMatchObject({
          name: 'Setup fee',
          active: true,
          default_price: null,
          metadata: { sku: 'SETUP-1' },
        })
      },
    ],
    subtle: [
      'default_price_data makes a price, which the preview tells and which cannot change later',
      async (bench) => {
        const { result, preview } = await bench.write('stripe_create_product', {
          name: 'Gold plan',
          default_price_data: {
            unit_amount: { value: '49.90', currency: 'eur' },
            currency: 'eur',
            recurring: { interval: 'year' },
          },
        })
        expect(preview.summary).toContain('€49.90 per year')
        expect(preview.warnings.join(' ')).toContain('never changes')
        const { data } = await bench.stripe.prices.list({ product: result.id })
        expect(data).toMatchObject([
          {
            id: result.default_price.id,
            unit_amount: 4990,
            currency: 'eur',
            recurring: { interval: 'year' },
          },
        ])
      },
    ],
    error: [
      'an id that is taken is refused before anything is sent',
      async (bench) => {
        const id = await plan(bench)
        const error = await bench.refused('stripe_create_product', { id, name: 'Another' })
        expect(error).toMatchObject({ code: 'resource_already_exists' })
        expect(error.next_step).toContain('stripe_update_product')
      },
    ],
  },

  stripe_update_product: {
    fixtures,
    normal: [
      'what changes is told beside what was there, and only that changes',
      async (bench) => {
        const { id } = await bench.stripe.products.create({
          name: 'Pro plan',
          description: 'For teams',
          metadata: { sku: 'PRO', old: 'yes' },
        })
        const { preview } = await bench.write('stripe_update_product', {
          product_id: id,
          name: 'Pro plan 2027',
          metadata: { old: '' },
        })
        expect(preview.changes).toContainEqual(
          expect.objectContaining({ what: 'name', before: 'Pro plan', after: 'Pro plan 2027' }),
        )
        expect(await bench.stripe.products.retrieve(id)).toMatchObject({
          name: 'Pro plan 2027',
          description: 'For teams',
          metadata: { sku: 'PRO' },
        })
      },
    ],
    subtle: [
      'active: false archives and "" clears, and archiving is told as what it is',
      async (bench) => {
        const { id } = await bench.stripe.products.create({ name: 'Pro plan', description: 'For teams' })
        const { preview } = await bench.write('stripe_update_product', {
          product_id: id,
          active: false,
          description: '',
        })
        expect(preview.summary).toContain('Archive the product Pro plan')
        expect(preview.warnings.join(' ')).toContain('go on and keep being charged')
        expect(await bench.stripe.products.retrieve(id)).toMatchObject({ active: false, description: null })
      },
    ],
    error: [
      'the price of another product is refused, as is a call that changes nothing',
      async (bench) => {
        const [id, other] = [await plan(bench), await plan(bench)]
        const price = await monthly(bench, other)
        const error = await bench.refused('stripe_update_product', { product_id: id, default_price: price })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.next_step).toContain('stripe_list_prices')
        const empty = await bench.refused('stripe_update_product', { product_id: id })
        expect(empty.code).toBe('invalid_params')
      },
    ],
  },

  stripe_delete_product: {
    fixtures,
    normal: [
      'a product is archived, and what that leaves alone is said',
      async (bench) => {
        const id = await plan(bench)
        const price = await monthly(bench, id)
        const { preview } = await bench.write('stripe_delete_product', { product_id: id })
        expect(preview.summary).toContain('not erased')
        expect(preview.warnings.join(' ')).toContain(price)
        expect(await bench.stripe.products.retrieve(id)).toMatchObject({ active: false, name: 'Pro plan' })
        expect(await bench.stripe.prices.retrieve(price)).toMatchObject({ active: true })
      },
    ],
    subtle: [
      'it never erases, not even a product without prices, and can be undone',
      async (bench) => {
        const id = await plan(bench)
        await bench.write('stripe_delete_product', { product_id: id })
        expect(bench.hub.wire.writes().at(-1)).toMatchObject({ method: 'POST' })
        expect(await bench.stripe.products.retrieve(id)).toMatchObject({ active: false })
        await bench.write('stripe_update_product', { product_id: id, active: true })
        expect(await bench.stripe.products.retrieve(id)).toMatchObject({ active: true })
      },
    ],
    error: [
      'one that is archived already is refused, with the way to erase it or to sell it again',
      async (bench) => {
        const id = await plan(bench)
        await bench.stripe.products.update(id, { active: false })
        const error = await bench.refused('stripe_delete_product', { product_id: id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toMatch(/stripe_update_product.*stripe_products_del/)
        const active = await bench.refused('stripe_delete_product', { product_id: id, active: true })
        expect(active.code).toBe('invalid_params')
      },
    ],
  },

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
})
