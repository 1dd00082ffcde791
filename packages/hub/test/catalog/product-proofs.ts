import { expect } from 'vitest'
import type { Proof } from '../support/prove-tools.ts'
import { fixtures, monthly, plan } from './product-fixtures.ts'

const unknown = (tool: string, params = {}): Proof['error'] => [
  'an unknown id says product_not_found and where to look',
  async (bench) => {
    const error = await bench.refused(tool, { product_id: 'prod_Nobody42x9', ...params })
    expect(error).toMatchObject({ code: 'product_not_found', retryable: false })
    expect(error.next_step).toContain('stripe_list_products')
  },
]

export const productProofs: Record<string, Proof> = {
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
}
