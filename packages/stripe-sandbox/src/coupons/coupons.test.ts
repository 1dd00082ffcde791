import { expect, test } from 'vitest'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'

test('a coupon takes a percentage or an amount, never both', async () => {
  const { stripe } = await startSandbox()
  const half = await stripe.coupons.create({ percent_off: 12.5 })
  expect(half).toMatchObject({ percent_off: 12.5, amount_off: null, duration: 'once', valid: true })
  for (const wrong of [
    {},
    { percent_off: 5, amount_off: 5, currency: 'usd' },
    { amount_off: 5 },
    { percent_off: 101 },
    { percent_off: 5, duration: 'repeating' as const },
  ]) {
    expect(await refusal(stripe.coupons.create(wrong))).toMatchObject({ statusCode: 400 })
  }
})

test('a deleted coupon is a 404 and its id is free again', async () => {
  const { stripe } = await startSandbox()
  await stripe.coupons.create({ id: 'SAVE', amount_off: 500, currency: 'usd' })
  expect((await refusal(stripe.coupons.create({ id: 'SAVE', percent_off: 5 }))).code).toBe(
    'resource_already_exists',
  )
  expect(await stripe.coupons.del('SAVE')).toMatchObject({ id: 'SAVE', deleted: true })
  expect(await refusal(stripe.coupons.retrieve('SAVE'))).toMatchObject({
    statusCode: 404,
    message: "No such coupon: 'SAVE'",
  })
  expect((await stripe.coupons.list()).data).toEqual([])
})

test('a coupon ends at its date', async () => {
  const { stripe, advance } = await startSandbox()
  const { id } = await stripe.coupons.create({ percent_off: 5, redeem_by: START_SECONDS + 60 })
  advance(60)
  expect((await stripe.coupons.retrieve(id)).valid).toBe(false)
})

test('a promotion code needs its coupon in `promotion`', async () => {
  const { stripe, request } = await startSandbox()
  const coupon = await stripe.coupons.create({ id: 'half', percent_off: 50 })
  const code = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: coupon.id },
    code: 'SPRING',
    expand: ['promotion.coupon'],
  })
  expect(code).toMatchObject({ code: 'SPRING', active: true, promotion: { coupon: { percent_off: 50 } } })
  const older = await request('POST', '/v1/promotion_codes', { body: 'coupon=half' })
  expect(older.status).toBe(400)
})

test('a code is unique among the active, in any case', async () => {
  const { stripe } = await startSandbox()
  await stripe.coupons.create({ id: 'half', percent_off: 50 })
  const promotion = { type: 'coupon', coupon: 'half' } as const
  const first = await stripe.promotionCodes.create({ promotion, code: 'Spring' })
  expect((await refusal(stripe.promotionCodes.create({ promotion, code: 'SPRING' }))).statusCode).toBe(400)
  await stripe.promotionCodes.update(first.id, { active: false })
  const second = await stripe.promotionCodes.create({ promotion, code: 'SPRING' })
  expect((await refusal(stripe.promotionCodes.update(first.id, { active: true }))).statusCode).toBe(400)
  expect((await stripe.promotionCodes.list({ code: 'spring', active: true })).data).toEqual([second])
})

test('a code ends with its coupon', async () => {
  const { stripe } = await startSandbox()
  await stripe.coupons.create({ id: 'half', percent_off: 50 })
  const { id } = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: 'half' } })
  await stripe.coupons.del('half')
  expect((await stripe.promotionCodes.retrieve(id)).active).toBe(false)
})

test('tax rates are created, changed and archived', async () => {
  const { stripe } = await startSandbox()
  const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 19.6 })
  expect(rate).toMatchObject({ percentage: 19.6, active: true })
  expect(await stripe.taxRates.update(rate.id, { active: false })).toMatchObject({ active: false })
  expect((await stripe.taxRates.list({ active: true })).data).toEqual([])
})
