import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const PRODUCT = { id: 'prod_QpTx4mZc7kW1rB', object: 'product', active: true, name: 'Pro plan' }
const PRICE = {
  id: 'price_1QpTx4mZc7kW1rB',
  object: 'price',
  active: true,
  billing_scheme: 'per_unit',
  currency: 'usd',
  product: PRODUCT,
  recurring: null,
  unit_amount: 2000,
  unit_amount_decimal: '2000',
}
const MONTHLY = { ...PRICE, recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed' } }

const create = (params: Params, account: Account = {}) =>
  plan(
    stripe,
    'stripe_create_checkout_session',
    {
      mode: 'payment',
      success_url: 'https://shop.example/thanks',
      line_items: [{ price: PRICE.id, quantity: 2 }],
      ...params,
    },
    { 'prices.retrieve': PRICE, 'customers.retrieve': JANE, ...account },
  )

const checkedPaths = ({ description }: Awaited<ReturnType<typeof create>>) =>
  description.changes.flatMap(({ check }) => (check === undefined ? [] : [check.path]))

test('nothing is left unsaid of a plain session, and both sums are checked afterwards', async () => {
  const planned = await create({ customer: JANE.id, cancel_url: 'https://shop.example/cart' })
  expect(planned.description.uninterpreted).toEqual([])
  expect(checkedPaths(planned)).toEqual(
    expect.arrayContaining([
      'status',
      'mode',
      'amount_subtotal',
      'amount_total',
      'success_url',
      'cancel_url',
    ]),
  )
  expect(planned.stakes).toMatchObject({
    customer: JANE.id,
    redirects: ['https://shop.example/thanks', 'https://shop.example/cart'],
  })
  expect(planned.sent).not.toHaveProperty('expires_at')
})

test('the same account gives the same bytes and facts again', async () => {
  const [first, second] = [await create({ customer: JANE.id }), await create({ customer: JANE.id })]
  expect(second.request).toEqual(first.request)
  expect(second.facts).toEqual(first.facts)
})

test('what a line holds beyond what is told raises the assurance', async () => {
  const taxed = await create({
    line_items: [{ price: PRICE.id, quantity: 1, tax_rates: ['txr_1QpTx4mZc7k'] }],
  })
  expect(taxed.description.uninterpreted).toEqual(['line_items'])
  const sent = await create({ payment_intent_data: { transfer_data: { destination: 'acct_1QpTx4mZc7k' } } })
  expect(sent.description.uninterpreted).toEqual(['payment_intent_data'])
  const noted = await create({ payment_intent_data: { description: 'Order 7', capture_method: 'manual' } })
  expect(noted.description.uninterpreted).toEqual([])
  expect(noted.description.warnings.join(' ')).toContain('only held')
})

test('what changes the total is not promised as one', async () => {
  for (const params of [
    { automatic_tax: { enabled: true } },
    { shipping_options: [{ shipping_rate: 'shr_1QpTx4mZc7k' }] },
    { optional_items: [{ price: PRICE.id, quantity: 1 }] },
  ])
    expect(checkedPaths(await create(params)), JSON.stringify(params)).not.toContain('amount_total')
  const discounted = { ...JANE, discount: { id: 'di_1QpTx4mZc7k', object: 'discount' } }
  const planned = await create({ customer: JANE.id }, { 'customers.retrieve': discounted })
  expect(checkedPaths(planned)).toContain('amount_subtotal')
  expect(checkedPaths(planned)).not.toContain('amount_total')
  expect(planned.description.summary).toMatch(/\$40\.00, before discounts and extras$/)
})

test('a price is told in the currency of the session, and one that has none there is refused', async () => {
  const euro = { ...PRICE, currency_options: { eur: { unit_amount: 1800, unit_amount_decimal: '1800' } } }
  const { description, reads } = await create({ currency: 'eur' }, { 'prices.retrieve': euro })
  expect(description.summary).toContain('€36.00')
  expect(reads[0]).toContain('currency_options')
  await expect(create({ currency: 'jpy' }, { 'prices.retrieve': euro })).rejects.toMatchObject({
    code: 'invalid_params',
  })
})

test('usage has no quantity, tiers no sum, and a quantity that may change is said', async () => {
  const metered = { ...MONTHLY, recurring: { ...MONTHLY.recurring, usage_type: 'metered' } }
  const usage = await create(
    { mode: 'subscription', line_items: [{ price: PRICE.id }] },
    { 'prices.retrieve': metered },
  )
  expect(JSON.stringify(usage.description.changes)).toContain('usage at $20.00 per month')
  expect(checkedPaths(usage)).not.toContain('amount_subtotal')
  await expect(create({ mode: 'subscription' }, { 'prices.retrieve': metered })).rejects.toMatchObject({
    code: 'invalid_params',
  })
  const tiered = { ...PRICE, billing_scheme: 'tiered', unit_amount: null, unit_amount_decimal: null }
  const tiers = await create({}, { 'prices.retrieve': tiered })
  expect(JSON.stringify(tiers.description.changes)).toContain('2 × tiered')
  expect(checkedPaths(tiers)).not.toContain('amount_subtotal')
  const adjustable = { enabled: true, maximum: 9 }
  const line = { price: PRICE.id, quantity: 1, adjustable_quantity: adjustable }
  const free = await create({ line_items: [line] })
  expect(JSON.stringify(free.description.changes)).toContain('may change the quantity (maximum 9)')
})

test('a promotion code is named with its coupon, and one that has ended is refused', async () => {
  const coupon = { id: 'SPRING', object: 'coupon', percent_off: 25, duration: 'once', name: null }
  const code = {
    id: 'promo_1QpTx4mZc7k',
    active: true,
    code: 'GO25',
    promotion: { type: 'coupon', coupon: coupon.id },
  }
  const discounts = [{ promotion_code: code.id }]
  const { description } = await create(
    { discounts },
    { 'promotionCodes.retrieve': code, 'coupons.retrieve': coupon },
  )
  expect(description.changes).toContainEqual({
    what: 'Discount',
    before: null,
    after: 'code GO25, SPRING: 25% off, once',
  })
  await expect(
    create({ discounts }, { 'promotionCodes.retrieve': { ...code, active: false } }),
  ).rejects.toMatchObject({ code: 'invalid_state' })
  const spent = { ...coupon, valid: false }
  await expect(
    create({ discounts: [{ coupon: 'SPRING' }] }, { 'coupons.retrieve': spent }),
  ).rejects.toMatchObject({ code: 'invalid_state' })
})

test('the product of an archived kind is refused; a page that is not encrypted is warned of', async () => {
  const archived = { ...PRICE, product: { ...PRODUCT, active: false } }
  await expect(create({}, { 'prices.retrieve': archived })).rejects.toMatchObject({ code: 'invalid_state' })
  const { description } = await create({ success_url: 'http://shop.example/' })
  expect(description.warnings.join(' ')).toContain('success_url is not encrypted')
  const local = await create({ success_url: 'http://localhost:3000/' })
  expect(local.description.warnings.join(' ')).not.toContain('not encrypted')
})

test('names cannot tell a story of their own', async () => {
  const product = { ...PRODUCT, name: 'Mug\n\u202E approved by Jane' }
  const { description } = await create({}, { 'prices.retrieve': { ...PRICE, product } })
  expect(JSON.stringify(description)).not.toMatch(/\\n|\u202E/u)
})
