import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'

test('a shipping rate is created, archived and listed', async () => {
  const { stripe } = await startSandbox()
  const rate = await stripe.shippingRates.create({
    display_name: 'Ground',
    type: 'fixed_amount',
    fixed_amount: { amount: 500, currency: 'usd' },
    delivery_estimate: { minimum: { unit: 'business_day', value: 3 } },
    metadata: { k: 'v' },
  })
  expect(rate).toMatchObject({
    active: true,
    fixed_amount: { amount: 500, currency: 'usd' },
    delivery_estimate: { maximum: null, minimum: { unit: 'business_day', value: 3 } },
  })
  const archived = await stripe.shippingRates.update(rate.id, { active: false, metadata: { k: '' } })
  expect(archived).toMatchObject({ active: false, metadata: {} })
  expect(await stripe.shippingRates.retrieve(rate.id)).toMatchObject({ active: false })
  expect((await stripe.shippingRates.list({ active: true })).data).toEqual([])
  expect((await stripe.shippingRates.list({ currency: 'usd' })).data).toHaveLength(1)
  expect((await refusal(stripe.shippingRates.create({ display_name: 'None' }))).param).toBe('fixed_amount')
})
