import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { INTENT, openTestStripe, plan } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const HELD = { ...INTENT, status: 'requires_capture', amount_capturable: 5000, amount_received: 0 }

const capture = (params: Params = {}, changes: Params = {}) =>
  plan(
    stripe,
    'stripe_capture_payment_intent',
    { payment_intent_id: INTENT.id, ...params },
    { 'paymentIntents.retrieve': { ...HELD, ...changes } },
  )

test('a capture that is not the last leaves the rest held, and releases nothing', async () => {
  const { description } = await capture(
    { amount_to_capture: 1000, final_capture: false },
    { amount_capturable: 3000, amount_received: 2000 },
  )
  expect(description).toMatchObject({
    changes: [
      { before: 'requires_capture', check: { path: 'status', value: 'requires_capture' } },
      { before: '$20.00', after: '$30.00 (3000 usd)', check: { path: 'amount_received', value: 3000 } },
      { before: '$30.00', after: '$20.00 (2000 usd)', check: { path: 'amount_capturable', value: 2000 } },
    ],
    warnings: [],
    irreversible: '',
    uninterpreted: [],
  })
})

test('fees and shares for others are shown as they are, and raise the assurance', async () => {
  const { description } = await capture({ application_fee_amount: 100, metadata: { order: '7' } })
  expect(description.uninterpreted).toEqual(['application_fee_amount'])
})

test.each(['succeeded', 'canceled', 'requires_confirmation', 'new_status'])(
  'what is %s holds nothing to capture',
  async (status) => {
    await expect(capture({}, { status })).rejects.toMatchObject({
      code: 'invalid_state',
      nextStep: expect.stringContaining('stripe_'),
    })
  },
)

test('another currency than the payment is in is refused', async () => {
  const amount = { value: '10.00', currency: 'eur' }
  await expect(capture({ amount_to_capture: amount })).rejects.toMatchObject({ code: 'invalid_params' })
})
