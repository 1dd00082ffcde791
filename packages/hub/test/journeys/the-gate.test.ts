import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub
let charge: string

beforeAll(async () => {
  hub = await startTestHub()
})
beforeEach(async () => {
  charge = (await hub.charge(10_000, 'usd')).charge
})
afterAll(() => hub.stop())

const refundsOf = async (of: string): Promise<number[]> =>
  (await hub.stripe.refunds.list({ charge: of })).data.map((refund) => refund.amount)

async function approvedRefund(amount: number): Promise<string> {
  const preview = await hub.device.preview('stripe_create_refund', { charge, amount })
  const { confirmation } = preview.body
  await hub.owner.approve(confirmation)
  return confirmation
}

test('a write without a confirmation sends nothing and says what to do next', async () => {
  const reply = await hub.device.call('stripe_create_refund', { params: { charge, amount: 2500 } })
  expect(reply).toMatchObject({
    status: 409,
    body: {
      error: {
        code: 'confirmation_required',
        retryable: false,
        next_step: expect.stringContaining('clawlink_preview_tool'),
      },
    },
  })
  expect(hub.wire.sent).toEqual([])
})

test.each([
  ['in the params', { params: { confirmed: true, confirm: true, approved: 'yes', amount: 2500 } }],
  ['beside them', { confirmed: true, confirm: true, user_approved: true, params: { amount: 2500 } }],
])('an agent that says confirmed %s has confirmed nothing', async (_where, given) => {
  const params = { charge, ...given.params }
  const reply = await hub.device.call('stripe_create_refund', { ...given, params })
  expect(reply.body.error.code).toBe('confirmation_required')
  const preview = await hub.device.preview('stripe_create_refund', params, { confirmed: true })
  expect(preview.body).toMatchObject({ state: 'pending', also_sends: [] })
  const called = await hub.device.call('stripe_create_refund', {
    confirmation: preview.body.confirmation,
    confirmed: true,
  })
  expect(called.body.error.code).toBe('confirmation_pending')
  expect(hub.wire.writes()).toEqual([])
})

test('an approval for $10 does not permit a call for $100, and is void after the attempt', async () => {
  const confirmation = await approvedRefund(1000)
  const reply = await hub.device.call('stripe_create_refund', {
    confirmation,
    params: { charge, amount: 10_000 },
  })
  expect(reply).toMatchObject({ status: 409, body: { error: { code: 'confirmation_mismatch' } } })
  const honest = await hub.device.call('stripe_create_refund', {
    confirmation,
    params: { charge, amount: 1000 },
  })
  expect(honest.body.error.code).toBe('confirmation_revoked')
  expect(await refundsOf(charge)).toEqual([])
})

test('a confirmation of one tool or connection does not permit another', async () => {
  const forTool = await approvedRefund(1000)
  const otherTool = await hub.device.call('stripe_create_customer', { confirmation: forTool })
  expect(otherTool.body.error.code).toBe('confirmation_mismatch')
  const forConnection = await approvedRefund(1100)
  const elsewhere = await hub.device.call('stripe_create_refund', {
    confirmation: forConnection,
    connection: 'other',
  })
  expect(elsewhere.body.error.code).toBe('confirmation_mismatch')
  expect(await refundsOf(charge)).toEqual([])
})

test('twenty calls of one confirmation at once make one refund', async () => {
  const confirmation = await approvedRefund(1500)
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => hub.device.call('stripe_create_refund', { confirmation })),
  )
  expect(await refundsOf(charge)).toEqual([1500])
  const ids = new Set(replies.map((reply) => reply.body.result?.id ?? reply.body.error.code))
  expect(ids.has(undefined)).toBe(false)
  expect([...ids].filter((id) => String(id).startsWith('re_'))).toHaveLength(1)
})

test('a second call answers what is stored, without a byte on the wire', async () => {
  const confirmation = await approvedRefund(1000)
  const first = await hub.device.call('stripe_create_refund', { confirmation })
  const before = hub.wire.sent.length
  const second = await hub.device.call('stripe_create_refund', { confirmation })
  expect(second.body).toMatchObject({ stored: true, result: { id: first.body.result.id } })
  expect(hub.wire.sent).toHaveLength(before)
})

test('what a person denied is not sent, and the agent learns the reason', async () => {
  const preview = await hub.device.preview('stripe_create_refund', { charge, amount: 1000 })
  const { confirmation } = preview.body
  expect((await hub.owner.deny(confirmation, 'The customer kept the goods.')).status).toBe(303)
  const reply = await hub.device.call('stripe_create_refund', { confirmation })
  expect(reply).toMatchObject({
    status: 403,
    body: { error: { code: 'write_rejected', reason: 'The customer kept the goods.' } },
  })
  expect((await hub.owner.approve(confirmation)).status).toBeGreaterThanOrEqual(400)
  expect(await refundsOf(charge)).toEqual([])
})

test('an approval is stale when the charge was refunded elsewhere meanwhile', async () => {
  const confirmation = await approvedRefund(6000)
  await hub.stripe.refunds.create({ charge, amount: 2000 })
  const reply = await hub.device.call('stripe_create_refund', { confirmation })
  expect(reply).toMatchObject({
    status: 409,
    body: { error: { code: 'confirmation_stale', changed: ['refunded'] } },
  })
  expect(await refundsOf(charge)).toEqual([2000])
})

test('a lost answer is asked for again under the same key with the same bytes, and there is one refund', async () => {
  const confirmation = await approvedRefund(1000)
  let cuts = 0
  hub.wire.onPass = (at, sent) => {
    const cut = sent.method === 'POST' && at === (cuts === 0 ? 'request' : 'answer') && cuts < 2
    if (cut) cuts += 1
    return Promise.resolve(cut ? 'cut' : 'on')
  }
  const reply = await hub.device.call('stripe_create_refund', { confirmation })
  hub.wire.onPass = undefined
  expect(reply.body.result).toMatchObject({ amount: 1000 })
  const writes = hub.wire.writes()
  expect(writes).toHaveLength(3)
  expect(new Set(writes.map((sent) => sent.idempotencyKey)).size).toBe(1)
  expect(new Set(writes.map((sent) => sent.body)).size).toBe(1)
  expect(await refundsOf(charge)).toEqual([1000])
  const log = (await (await hub.owner.api('GET', `/audit?subject=${confirmation}`)).json()) as {
    rows: Array<{ action: string; detail: { attempt?: number } }>
  }
  const attempts = log.rows.filter((row) =>
    ['confirmation.sending', 'confirmation.resent'].includes(row.action),
  )
  expect(attempts.map((row) => row.detail.attempt)).toEqual([1, 2, 3])
})

test('a refusal by Stripe is kept as Stripe said it, and is not tried again', async () => {
  const customer = await hub.stripe.customers.create({ name: 'Declined' })
  const method = await hub.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
    customer: customer.id,
  })
  const intent = await hub.stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    customer: customer.id,
    payment_method: method.id,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  const preview = await hub.device.preview('stripe_confirm_payment_intent', { payment_intent_id: intent.id })
  await hub.owner.approve(preview.body.confirmation)
  const { confirmation } = preview.body
  const reply = await hub.device.call('stripe_confirm_payment_intent', { confirmation })
  expect(reply).toMatchObject({
    status: 402,
    body: {
      error: { code: 'card_declined', retryable: false, stripe: { type: 'card_error', request_id: /^req_/ } },
    },
  })
  const writes = hub.wire.writes().length
  const again = await hub.device.call('stripe_confirm_payment_intent', { confirmation })
  expect(again.body.error.code).toBe('card_declined')
  expect(hub.wire.writes()).toHaveLength(writes)
})

test('the same refund asked for twice is shown as a repeat, and a repeated customer needs a person', async () => {
  const params = { name: 'Rita Repeat', email: 'rita@example.com' }
  const first = await hub.device.preview('stripe_create_customer', params)
  expect(first.body.state).toBe('approved')
  await hub.device.call('stripe_create_customer', { confirmation: first.body.confirmation })
  const second = await hub.device.preview('stripe_create_customer', params)
  expect(second.body).toMatchObject({ state: 'pending', needs: 'dashboard', raised_by: [{ rule: 'repeat' }] })
  expect(second.body.warnings.join(' ')).toMatch(/already ran/)
})

test('a parameter that the hub cannot judge is shown and asks for a person', async () => {
  const preview = await hub.device.preview('stripe_create_payment_intent', {
    amount: 5000,
    currency: 'usd',
    transfer_data: { destination: 'acct_1Nv0FGQ9RKHgCVdK' },
  })
  expect(preview.body).toMatchObject({
    state: 'pending',
    needs: 'dashboard',
    raised_by: [{ rule: 'uninterpreted' }],
  })
  expect(preview.body.also_sends).toContainEqual({
    param: 'transfer_data',
    value: '{"destination":"acct_1Nv0FGQ9RKHgCVdK"}',
  })
})

test('a second device cannot use or see what the first one previewed', async () => {
  const other = await hub.pair('Another agent')
  const confirmation = await approvedRefund(1000)
  expect((await other.call('stripe_create_refund', { confirmation })).body.error.code).toBe(
    'confirmation_not_found',
  )
  expect((await other.request('GET', `/confirmations/${confirmation}`)).body.error.code).toBe(
    'confirmation_not_found',
  )
  expect(await refundsOf(charge)).toEqual([])
})

test('a device that may only read reads, and previews no write', async () => {
  const reader = await hub.pair('Reader', { readOnly: true })
  expect((await reader.call('stripe_get_balance')).status).toBe(200)
  const preview = await reader.preview('stripe_create_refund', { charge })
  expect(preview).toMatchObject({
    status: 403,
    body: { error: { code: 'tool_blocked', rule: 'device_read_only' } },
  })
})

test('a revoked device is refused at its next request', async () => {
  const doomed = await hub.pair('Doomed')
  expect((await doomed.call('stripe_get_balance')).status).toBe(200)
  const { devices } = (await (await hub.owner.api('GET', '/devices')).json()) as {
    devices: Array<{ id: string; label: string }>
  }
  const id = devices.find((device) => device.label === 'Doomed')?.id ?? ''
  expect((await hub.owner.api('POST', `/devices/${id}/revoke`, {})).status).toBe(200)
  await expect(doomed.call('stripe_get_balance')).rejects.toThrow(/pairing/)
})
