import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'

test('a product with a price in one call', async () => {
  const { stripe } = await startSandbox()
  const product = await stripe.products.create({
    name: 'Gold',
    default_price_data: { currency: 'usd', unit_amount: 1500, recurring: { interval: 'month' } },
    images: ['https://example.com/gold.png'],
    metadata: { tier: '1' },
    expand: ['default_price'],
  })
  expect(product).toMatchObject({
    active: true,
    default_price: { object: 'price', unit_amount: 1500, type: 'recurring' },
  })
  expect(product.id).toMatch(/^prod_/)
  const events = (await stripe.events.list()).data.map(({ type }) => type)
  expect(events).toEqual(['product.updated', 'price.created', 'product.created'])
})

test('a product may have an id of its own, only once, and expands by it', async () => {
  const { stripe } = await startSandbox()
  await stripe.coupons.create({ id: 'gold', percent_off: 10 })
  await stripe.products.create({ id: 'gold', name: 'Gold' })
  expect(await refusal(stripe.products.create({ id: 'gold', name: 'Again' }))).toMatchObject({
    code: 'resource_already_exists',
  })
  const price = await stripe.prices.create({
    product: 'gold',
    currency: 'usd',
    unit_amount: 5,
    expand: ['product'],
  })
  expect(price.product).toMatchObject({ object: 'product', name: 'Gold' })
})

test('archiving is an update, unsetting is an empty text', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.products.create({
    name: 'Gold',
    description: 'shiny',
    url: 'https://a.example',
  })
  expect(await stripe.products.update(id, { active: false, description: '' })).toMatchObject({
    active: false,
    description: null,
    url: 'https://a.example',
  })
  expect((await stripe.products.list({ active: true })).data).toEqual([])
  expect((await stripe.products.list({ active: false })).data).toHaveLength(1)
})

test('a product with prices cannot be deleted; a deleted one is a 404', async () => {
  const { stripe } = await startSandbox()
  const priced = await stripe.products.create({
    name: 'A',
    default_price_data: { currency: 'usd', unit_amount: 100 },
  })
  expect(await refusal(stripe.products.del(priced.id))).toMatchObject({ statusCode: 400 })
  const bare = await stripe.products.create({ name: 'B' })
  expect(await stripe.products.del(bare.id)).toMatchObject({ id: bare.id, deleted: true })
  expect(await refusal(stripe.products.retrieve(bare.id))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
})

test('ids do not mix with cursors', async () => {
  const { stripe } = await startSandbox()
  const a = await stripe.products.create({ name: 'A' })
  const b = await stripe.products.create({ name: 'B' })
  expect((await stripe.products.list({ ids: [a.id] })).data).toHaveLength(1)
  expect(
    await refusal(stripe.products.list({ ids: [a.id], starting_after: b.id }).then((page) => page)),
  ).toMatchObject({ statusCode: 400 })
})

test('a price is of one kind, its amount fixed', async () => {
  const { stripe, request } = await startSandbox()
  const { id: product } = await stripe.products.create({ name: 'A' })
  const base = { product, currency: 'usd' } as const
  expect((await refusal(stripe.prices.create(base))).statusCode).toBe(400)
  expect(
    (await refusal(stripe.prices.create({ ...base, unit_amount: 1, custom_unit_amount: { enabled: true } })))
      .statusCode,
  ).toBe(400)
  const price = await stripe.prices.create({ ...base, unit_amount: 100 })
  const changed = await request('POST', `/v1/prices/${price.id}`, { body: 'unit_amount=5' })
  expect(changed.body.error).toMatchObject({ code: 'parameter_unknown' })
  expect(await refusal(stripe.prices.retrieve('invalid'))).toMatchObject({
    message: "No such price: 'invalid'",
    statusCode: 404,
  })
})

test('decimals, tiers on demand, custom amounts and packs', async () => {
  const { stripe } = await startSandbox()
  const base = { product_data: { name: 'A' }, currency: 'usd' } as const
  const decimal = await stripe.prices.create({ ...base, unit_amount_decimal: '0.50' as never })
  expect([decimal.unit_amount, String(decimal.unit_amount_decimal)]).toEqual([null, '0.5'])
  const tiered = await stripe.prices.create({
    ...base,
    recurring: { interval: 'month' },
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 10, unit_amount: 100 },
      { up_to: 'inf', unit_amount: 50, flat_amount: 10 },
    ],
  })
  expect(tiered.tiers).toBeUndefined()
  expect((await stripe.prices.retrieve(tiered.id, { expand: ['tiers'] })).tiers).toMatchObject([
    { up_to: 10, unit_amount: 100, flat_amount: null },
    { up_to: null, unit_amount: 50, flat_amount: 10 },
  ])
  const custom = await stripe.prices.create({ ...base, custom_unit_amount: { enabled: true, minimum: 500 } })
  expect(custom.custom_unit_amount).toEqual({ maximum: null, minimum: 500, preset: null })
  const packs = await stripe.prices.create({
    ...base,
    unit_amount: 10,
    transform_quantity: { divide_by: 5, round: 'up' },
    currency_options: { eur: { unit_amount: 9 } },
    expand: ['currency_options'],
  })
  expect(packs.currency_options).toMatchObject({ usd: { unit_amount: 10 }, eur: { unit_amount: 9 } })
})

test('metered prices need a meter', async () => {
  const { stripe } = await startSandbox()
  const base = { product_data: { name: 'A' }, currency: 'usd', unit_amount: 1 } as const
  expect(
    (
      await refusal(
        stripe.prices.create({ ...base, recurring: { interval: 'month', usage_type: 'metered' } }),
      )
    ).statusCode,
  ).toBe(400)
  const price = await stripe.prices.create({
    ...base,
    recurring: { interval: 'month', usage_type: 'metered', meter: 'mtr_1' },
  })
  expect(price.recurring).toMatchObject({ usage_type: 'metered', meter: 'mtr_1' })
})

test('a lookup key moves only when told to', async () => {
  const { stripe } = await startSandbox()
  const base = { product_data: { name: 'A' }, currency: 'usd', unit_amount: 1, lookup_key: 'std' } as const
  const first = await stripe.prices.create(base)
  expect((await refusal(stripe.prices.create(base))).param).toBe('lookup_key')
  const second = await stripe.prices.create({ ...base, transfer_lookup_key: true })
  expect((await stripe.prices.list({ lookup_keys: ['std'] })).data.map(({ id }) => id)).toEqual([second.id])
  expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull()
})

test('a recurring price is a plan too', async () => {
  const { stripe } = await startSandbox()
  const plan = await stripe.plans.create({
    id: 'gold',
    currency: 'usd',
    interval: 'year',
    amount: 900,
    product: { name: 'Gold' },
  })
  expect(plan).toMatchObject({ id: 'gold', object: 'plan', amount: 900, interval: 'year' })
  expect((await stripe.plans.list()).data).toEqual([plan])
  expect(await stripe.prices.retrieve('gold')).toMatchObject({ object: 'price', unit_amount: 900 })
})
