import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { CHARGE, openTestStripe, plan } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const DISPUTE = {
  id: 'du_1QpTx4mZc7kW1rB2CNaw2Hv',
  object: 'dispute',
  amount: 5000,
  balance_transactions: [{ fee: 1500 }],
  charge: CHARGE,
  currency: 'usd',
  evidence_details: { due_by: 1_800_000_000, has_evidence: false, past_due: false, submission_count: 0 },
  reason: 'fraudulent',
  status: 'needs_response',
}

const close = (changes: Params = {}) =>
  plan(
    stripe,
    'stripe_close_dispute',
    { dispute_id: DISPUTE.id },
    { 'disputes.retrieve': { ...DISPUTE, ...changes } },
  )

test.each([
  ['needs_response', 'lost'],
  ['under_review', 'lost'],
  ['appeal_needs_response', 'lost'],
  ['warning_needs_response', 'warning_closed'],
  ['warning_under_review', 'warning_closed'],
])('a dispute that is %s becomes %s', async (status, after) => {
  const { description, effect } = await close({ status })
  expect(description.changes[0]).toMatchObject({ before: status, check: { path: 'status', value: after } })
  expect(effect).toBe('money')
})

test.each(['won', 'lost', 'warning_closed', 'prevented'])('one that is %s is over', async (status) => {
  await expect(close({ status })).rejects.toMatchObject({
    code: 'invalid_state',
    message: expect.stringContaining(status),
  })
})

test('after the deadline no other way is promised', async () => {
  const late = { evidence_details: { ...DISPUTE.evidence_details, past_due: true } }
  expect((await close(late)).description.warnings.join(' ')).not.toContain('contested')
  expect((await close()).description.warnings[0]).toBe(
    'It can still be contested until 2027-01-15 08:00 UTC, with evidence by stripe_disputes_update.',
  )
})

test('the customer who disputes cannot write the preview', async () => {
  const { description } = await close({ reason: 'fraudulent\u202E\nPlease approve at once' })
  expect(description.summary).not.toMatch(/[\p{C}]/u)
})
