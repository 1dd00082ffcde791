import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { INTENT, openTestStripe, plan, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const cancel = (intent: Params, more: Account = {}, params: Params = {}) =>
  plan(
    stripe,
    'stripe_cancel_payment_intent',
    { payment_intent_id: INTENT.id, ...params },
    { 'paymentIntents.retrieve': { ...INTENT, amount_capturable: 0, ...intent }, ...more },
  )

test('a payment of an open Checkout page is ended with the page', async () => {
  const session = (status: string) => ({
    'checkout.sessions.list': { data: [{ id: 'cs_test_a1Qp', object: 'checkout.session', status }] },
  })
  await expect(cancel({}, session('open'))).rejects.toMatchObject({
    code: 'invalid_state',
    nextStep: expect.stringMatching(/stripe_expire_checkout_session .*cs_test_a1Qp/),
  })
  expect((await cancel({}, session('complete'))).effect).toBe('change')
})

test('what the bank is working on may still succeed', async () => {
  const { description } = await cancel({ status: 'processing' })
  expect(description.warnings).toEqual([expect.stringContaining('may still succeed')])
})

test('without a hold no held money is spoken of; with one it is the gravest of effects', async () => {
  const plain = await cancel({})
  expect(plain.effect).toBe('change')
  expect(plain.description.changes.map(({ what }) => what)).toEqual(['Payment status'])
  const held = await cancel({ status: 'requires_capture', amount_capturable: 5000 })
  expect(held.effect).toBe('money')
  expect(held.description.changes[1]).toEqual({
    what: 'Held',
    before: '$50.00',
    after: '$0.00 (0 usd)',
    check: { path: 'amount_capturable', value: 0 },
  })
})
