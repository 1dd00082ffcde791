import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { openTestStripe, plan } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const cancel = (changes: Params = {}) =>
  plan(
    stripe,
    'stripe_cancel_payout',
    { payout_id: 'po_1QpTx4mZc7kW1rB' },
    {
      'payouts.retrieve': {
        id: 'po_1QpTx4mZc7kW1rB',
        object: 'payout',
        amount: 10_000,
        automatic: false,
        currency: 'usd',
        destination: null,
        original_payout: null,
        status: 'pending',
        ...changes,
      },
    },
  )

test('a payout whose bank account is gone is still told', async () => {
  expect((await cancel()).description.summary).toBe('Take back the payout of $100.00 to the bank')
})

test.each<[string, Params, RegExp]>([
  ['the schedule made', { automatic: true }, /schedule/],
  ['is on its way', { status: 'in_transit' }, /stripe_get_payout/],
  ['has arrived', { status: 'paid' }, /stripe_payouts_reverse/],
  ['has failed', { status: 'failed' }, /in the balance again/],
  ['is a reversal', { original_payout: 'po_1Earlier' }, /stripe_get_payout/],
])('one that %s is refused', async (_what, changes, nextStep) => {
  await expect(cancel(changes)).rejects.toMatchObject({
    code: 'invalid_state',
    nextStep: expect.stringMatching(nextStep),
  })
})
