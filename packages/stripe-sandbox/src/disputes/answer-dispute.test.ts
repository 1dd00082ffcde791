import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { pay, refusal, startSandbox } from '../../test/harness.ts'

const PDF = Buffer.from('%PDF-1.7 a receipt')

async function disputed(stripe: Stripe, card = 'pm_card_createDispute') {
  const { charge } = await pay(stripe, { payment_method: card })
  const [dispute] = (await stripe.disputes.list({ charge: charge.id })).data
  if (!dispute) throw new Error('the card was not disputed')
  return { charge, dispute }
}

async function eventTypes(stripe: Stripe) {
  const { data } = await stripe.events.list({ type: 'charge.dispute.*' })
  return data.map(({ type }) => type.slice('charge.dispute.'.length)).reverse()
}

test('winning evidence brings the money and the fee back', async () => {
  const { stripe } = await startSandbox()
  const { charge, dispute } = await disputed(stripe)
  const [before] = (await stripe.balance.retrieve()).available
  expect(before?.amount).toBe(-6500)
  const won = await stripe.disputes.update(dispute.id, {
    evidence: { uncategorized_text: 'winning_evidence' },
  })
  expect(won).toMatchObject({
    status: 'won',
    is_charge_refundable: true,
    evidence: { uncategorized_text: 'winning_evidence', receipt: null },
    evidence_details: { has_evidence: true, submission_count: 1, submission_method: 'manual', due_by: null },
    balance_transactions: [{ net: -6500 }, { amount: 5000, fee: -1500, net: 6500 }],
  })
  expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(0)
  expect(await eventTypes(stripe)).toEqual([
    'created',
    'funds_withdrawn',
    'updated',
    'closed',
    'funds_reinstated',
  ])
  expect((await stripe.refunds.create({ charge: charge.id })).status).toBe('succeeded')
})

test('losing evidence loses, conceding loses, and neither can be undone', async () => {
  const { stripe } = await startSandbox()
  const first = await disputed(stripe)
  const evidence = { uncategorized_text: 'losing_evidence' }
  expect((await stripe.disputes.update(first.dispute.id, { evidence })).status).toBe('lost')
  const second = await disputed(stripe)
  expect((await stripe.disputes.close(second.dispute.id)).status).toBe('lost')
  expect((await refusal(stripe.disputes.close(second.dispute.id))).message).toBe(
    'This dispute is already closed.',
  )
  expect((await refusal(stripe.disputes.update(second.dispute.id, { evidence }))).statusCode).toBe(400)
  expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(-13_000)
  expect((await refusal(stripe.refunds.create({ charge: second.charge.id }))).code).toBe('charge_disputed')
})

test('evidence is staged, changed, then sent once', async () => {
  const { stripe } = await startSandbox()
  const { dispute } = await disputed(stripe)
  const staged = await stripe.disputes.update(dispute.id, {
    evidence: { customer_name: 'Jane', product_description: 'Plan' },
    submit: false,
    metadata: { k: 'v' },
  })
  expect(staged).toMatchObject({
    status: 'needs_response',
    metadata: { k: 'v' },
    evidence_details: { has_evidence: true, submission_count: 0, submission_method: 'not_submitted' },
  })
  const sent = await stripe.disputes.update(dispute.id, { evidence: { customer_name: '' }, submit: true })
  expect(sent).toMatchObject({
    status: 'under_review',
    evidence: { customer_name: null, product_description: 'Plan' },
  })
  const late = stripe.disputes.update(dispute.id, { evidence: { customer_name: 'Joe' } })
  expect((await refusal(late)).statusCode).toBe(400)
  expect((await stripe.disputes.update(dispute.id, { metadata: { k: '' } })).metadata).toEqual({})
})

test('evidence comes too late after its time', async () => {
  const { stripe, advance } = await startSandbox()
  const { dispute } = await disputed(stripe)
  advance(9 * 86_400 + 1)
  const late = stripe.disputes.update(dispute.id, { evidence: { customer_name: 'Jane' } })
  expect((await refusal(late)).message).toContain('has passed')
  expect((await stripe.disputes.retrieve(dispute.id)).evidence_details.past_due).toBe(true)
})

test('an inquiry is closed without money, or escalates and takes it', async () => {
  const { stripe } = await startSandbox()
  const first = await disputed(stripe, 'pm_card_createDisputeInquiry')
  const closed = await stripe.disputes.update(first.dispute.id, {
    evidence: { uncategorized_text: 'winning_evidence' },
  })
  expect(closed).toMatchObject({ status: 'warning_closed', balance_transactions: [] })
  const second = await disputed(stripe, 'pm_card_createDisputeInquiry')
  const escalated = await stripe.disputes.update(second.dispute.id, {
    evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
  })
  expect(escalated).toMatchObject({ status: 'needs_response', balance_transactions: [{ net: -6500 }] })
  expect((await stripe.disputes.close(second.dispute.id)).status).toBe('lost')
})

test('a file is uploaded, named as evidence and found again', async () => {
  const { stripe, client } = await startSandbox()
  const { dispute } = await disputed(stripe)
  const file = await stripe.files.create({
    purpose: 'dispute_evidence',
    file: { data: PDF, name: 'receipt.pdf', type: 'application/pdf' },
  })
  expect(file).toMatchObject({ filename: 'receipt.pdf', type: 'pdf', size: PDF.length, url: null })
  expect(await stripe.files.retrieve(file.id)).toMatchObject({ id: file.id })
  expect((await stripe.files.list({ purpose: 'dispute_evidence' })).data).toHaveLength(1)
  const updated = await stripe.disputes.update(dispute.id, {
    evidence: { receipt: file.id },
    submit: false,
    expand: ['evidence.receipt'],
  })
  expect(updated.evidence.receipt).toMatchObject({ object: 'file', filename: 'receipt.pdf' })
  const unknown = stripe.disputes.update(dispute.id, { evidence: { receipt: 'file_none' }, submit: false })
  expect((await refusal(unknown)).code).toBe('resource_missing')
  expect((await refusal(client('sk_test_bob').files.retrieve(file.id))).statusCode).toBe(404)
})

test('an upload that is no evidence, or none at all, is refused', async () => {
  const { stripe, request } = await startSandbox()
  const text = stripe.files.create({
    purpose: 'dispute_evidence',
    file: { data: Buffer.from('just text'), name: 'a.txt', type: 'text/plain' },
  })
  expect(await refusal(text)).toMatchObject({ statusCode: 400, param: 'file' })
  const large = stripe.files.create({
    purpose: 'dispute_evidence',
    file: { data: Buffer.alloc(5 * 1024 * 1024 + 1, PDF), name: 'a.pdf', type: 'application/pdf' },
  })
  expect((await refusal(large)).statusCode).toBe(413)
  const plain = await request('POST', '/v1/files', { body: 'purpose=dispute_evidence&file=x' })
  expect(plain.status).toBe(400)
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  expect((await request('POST', '/v1/files', { body: 'not multipart', headers })).status).toBe(400)
})
