import { expect, test } from 'vitest'
import { pay, refusal, startSandbox } from '../../test/harness.ts'

test('the dispute card is disputed as soon as it has paid', async () => {
  const { stripe } = await startSandbox()
  const { intent, charge } = await pay(stripe, { payment_method: 'pm_card_createDispute' })
  expect(charge.disputed).toBe(true)
  const [dispute] = (await stripe.disputes.list({ charge: charge.id })).data
  expect(dispute).toMatchObject({
    amount: 5000,
    charge: charge.id,
    payment_intent: intent.id,
    reason: 'fraudulent',
    status: 'needs_response',
    is_charge_refundable: false,
    evidence_details: { has_evidence: false, past_due: false },
    balance_transactions: [
      { amount: -5000, fee: 1500, net: -6500, type: 'adjustment', reporting_category: 'dispute' },
    ],
  })
  expect(await stripe.disputes.retrieve(dispute?.id ?? '')).toEqual(dispute)
  expect((await stripe.disputes.list({ payment_intent: intent.id })).data).toHaveLength(1)
  expect((await stripe.disputes.list({ charge: 'ch_other' })).data).toEqual([])
  expect(await refusal(stripe.refunds.create({ charge: charge.id }))).toMatchObject({
    code: 'charge_disputed',
  })
  const types = (await stripe.events.list({ type: 'charge.dispute.*' })).data.map(({ type }) => type)
  expect(types).toEqual(['charge.dispute.funds_withdrawn', 'charge.dispute.created'])
})

test('an inquiry takes no money and lets the charge be refunded', async () => {
  const { stripe } = await startSandbox()
  const { charge } = await pay(stripe, { payment_method: 'pm_card_createDisputeInquiry' })
  const [dispute] = (await stripe.disputes.list()).data
  expect(dispute).toMatchObject({
    status: 'warning_needs_response',
    balance_transactions: [],
    is_charge_refundable: true,
  })
  expect((await stripe.refunds.create({ charge: charge.id })).status).toBe('succeeded')
})

test('an authorization is disputed once it is captured', async () => {
  const { stripe } = await startSandbox()
  const { intent } = await pay(stripe, { payment_method: 'pm_card_createDispute', capture_method: 'manual' })
  expect((await stripe.disputes.list()).data).toEqual([])
  await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 1000 })
  expect((await stripe.disputes.list()).data).toMatchObject([{ amount: 1000 }])
})
