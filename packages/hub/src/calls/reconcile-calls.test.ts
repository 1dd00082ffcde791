import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { RESEND_BOUND_SECONDS } from '../confirmations/reducer.ts'
import type { WireAnswer, WireRequest } from '../integrations/define.ts'
import { LATE_EFFECT_MS } from '../integrations/stripe/oracle/find-effect.ts'
import { GIVE_UP_AFTER_HOURS, MAX_TRIES, reconcileCalls } from './reconcile-calls.ts'
import { recoverCalls } from './recover-calls.ts'
import { runCall, type CallResult } from './run-call.ts'
import { DEVICE, openTestCalls, TERMINAL, type Fate, type TestCalls } from './test-calls.ts'

const HOUR_MS = 60 * 60 * 1000

let one: TestCalls
beforeAll(async () => {
  one = await openTestCalls()
})
beforeEach(() => {
  one.fate = () => 'arrives'
  one.isStopping = false
  one.sent.length = 0
  one.slept.length = 0
  // Each test has a day of its own.
  one.now += 30 * HOUR_MS
})
afterAll(() => one.close())

const answer = (status: number, body: unknown, replayed = false): WireAnswer => ({
  kind: 'answer',
  status,
  body,
  requestId: 'req_test',
  replayed,
  shouldRetry: undefined,
  retryAfterSeconds: undefined,
})
const SERVER_ERROR = answer(500, { error: { type: 'api_error', message: 'Unknown error' } })

const isWrite = ({ method }: WireRequest): boolean => method !== 'GET'

/** Every write fares so; reads arrive. */
const writesFare = (fate: Fate) => {
  one.fate = (request) => (isWrite(request) ? fate : 'arrives')
}

/** Carried out, but answered with an error: what a proxy in between can do. */
function writesHappenUnseen(): void {
  let isFirst = true
  one.fate = (request) => {
    if (!isWrite(request)) return 'arrives'
    if (!isFirst) return SERVER_ERROR
    isFirst = false
    return 'lost_after'
  }
}

async function newCharge(amount: number): Promise<string> {
  const charge = await one.ask('POST', '/v1/charges', {
    amount: String(amount),
    currency: 'usd',
    source: 'tok_visa',
  })
  return String(charge['id'])
}

async function newCustomer(name: string): Promise<string> {
  return String((await one.ask('POST', '/v1/customers', { name }))['id'])
}

const call = (id: string, tool: string): Promise<CallResult> =>
  runCall(one.calls, DEVICE, { tool, confirmation: id })

/** Until nobody asks any more: there is an outcome, or the test stopped the asking. */
async function settled(id: string): Promise<Awaited<ReturnType<TestCalls['load']>>['progress']> {
  await Promise.all(one.calls.inFlight.values())
  await Promise.all(one.calls.reconciling.values())
  return (await one.load(id)).progress
}

/** Stops the asking when it first has to wait, so that a test sees what is found before any time passes. */
function stopAtFirstWait(): void {
  const { fate } = one
  one.fate = async (request) => {
    if (!isWrite(request)) one.isStopping = true
    return fate(request)
  }
}

/** Goes on asking after so long. */
async function askLater(milliseconds: number, id: string) {
  one.now += milliseconds
  one.isStopping = false
  one.fate = () => 'arrives'
  await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
  return settled(id)
}

const refundsOf = async (charge: string): Promise<unknown[]> =>
  (await one.ask('GET', '/v1/refunds', { charge }))['data'] as unknown[]

describe('what was made new', () => {
  test('is proved by an event with its key, at once, and its outcome is the object itself', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    writesHappenUnseen()
    await expect(call(id, 'stripe_create_refund')).rejects.toMatchObject({ code: 'confirmation_unresolved' })
    expect(await settled(id)).toMatchObject({ state: 'succeeded', reason: expect.stringContaining('evt_') })
    const writes = one.writes().length
    const again = await call(id, 'stripe_create_refund')
    expect(again).toMatchObject({ stored: true, result: { id: expect.stringMatching(/^re_/), amount: 2000 } })
    expect(one.writes()).toHaveLength(writes)
    expect(await refundsOf(charge)).toHaveLength(1)
  })

  test('is disproved by the silence of the events, once it is too late for an effect', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    writesFare(SERVER_ERROR)
    stopAtFirstWait()
    await expect(call(id, 'stripe_create_refund')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({ state: 'reconciling' })
    expect(await askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
    await expect(call(id, 'stripe_create_refund')).rejects.toMatchObject({ code: 'write_not_carried_out' })
    expect(await refundsOf(charge)).toEqual([])
  })

  test('is not disproved a moment before, and an effect that comes late is still found', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    writesFare(SERVER_ERROR)
    stopAtFirstWait()
    await expect(call(id, 'stripe_create_refund')).rejects.toThrow()
    await settled(id)
    one.now += LATE_EFFECT_MS - 1
    one.isStopping = false
    one.fate = () => 'arrives'
    stopAtFirstWait()
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(await settled(id)).toMatchObject({ state: 'reconciling' })
    const { intent } = await one.load(id)
    await one.calls.integrations[0]?.send(intent.request, {
      origin: '',
      key: await keyOf(),
      idempotencyKey: intent.idempotencyKey,
    })
    expect(await askLater(1, id)).toMatchObject({ state: 'succeeded' })
  })

  test('is left to a person where silence says nothing: a checkout session makes no event', async () => {
    const id = await one.approved('stripe_create_checkout_session', {
      mode: 'payment',
      success_url: 'https://shop.example.com/thanks',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 5000, product_data: { name: 'Chair' } } },
      ],
    })
    writesFare(SERVER_ERROR)
    stopAtFirstWait()
    await expect(call(id, 'stripe_create_checkout_session')).rejects.toThrow()
    await settled(id)
    expect(await askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'unknown' })
    const writes = one.writes().length
    await recoverCalls(one.calls, DEFAULT_WORKSPACE, true)
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(one.writes()).toHaveLength(writes)
  })

  test('that was declined is told from its events: it failed, as Stripe said', async () => {
    const customer = await newCustomer('Declined')
    const method = await one.ask('POST', '/v1/payment_methods/pm_card_chargeCustomerFail/attach', {
      customer,
    })
    const intent = await one.ask('POST', '/v1/payment_intents', {
      amount: '2000',
      currency: 'usd',
      customer,
      payment_method: String(method['id']),
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
    })
    const id = await one.approved('stripe_confirm_payment_intent', { payment_intent_id: intent['id'] })
    writesHappenUnseen()
    await expect(call(id, 'stripe_confirm_payment_intent')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({ state: 'failed' })
    await expect(call(id, 'stripe_confirm_payment_intent')).rejects.toMatchObject({ code: 'card_declined' })
  })
})

describe('what was changed', () => {
  test('happened, if the object is as it was approved and was not so before', async () => {
    const customer = await newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    writesHappenUnseen()
    // A restricted key that may not read events has the object alone.
    const { fate } = one
    one.fate = (request) => (request.path.startsWith('/v1/events') ? EVENTS_FORBIDDEN : fate(request))
    await expect(call(id, 'stripe_update_customer')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({
      state: 'succeeded',
      outcome: { storable: { id: customer, name: 'New Name' } },
    })
  })

  test('did not happen, if the object is as before and no event says otherwise, when it is too late for one', async () => {
    const customer = await newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    writesFare(SERVER_ERROR)
    stopAtFirstWait()
    await expect(call(id, 'stripe_update_customer')).rejects.toThrow()
    await settled(id)
    expect(await askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
  })

  test('is left to a person, if the object is neither as before nor as approved', async () => {
    const customer = await newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    writesFare(SERVER_ERROR)
    stopAtFirstWait()
    await expect(call(id, 'stripe_update_customer')).rejects.toThrow()
    await settled(id)
    await one.ask('POST', `/v1/customers/${customer}`, { name: 'A Third Name' })
    expect(await askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'unknown' })
  })

  test('is left to a person, if the events cannot be read and the object is as before', async () => {
    const customer = await newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    one.fate = (request) =>
      isWrite(request) ? SERVER_ERROR : request.path.startsWith('/v1/events') ? EVENTS_FORBIDDEN : 'arrives'
    const { fate } = one
    stopAtFirstWait()
    await expect(call(id, 'stripe_update_customer')).rejects.toThrow()
    await settled(id)
    one.now += LATE_EFFECT_MS
    one.isStopping = false
    one.fate = fate
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(await settled(id)).toMatchObject({ state: 'unknown' })
  })
})

const EVENTS_FORBIDDEN = answer(403, {
  error: {
    type: 'invalid_request_error',
    code: 'more_permissions_required',
    message: "The provided key does not have the required permissions: 'rak_event_read'.",
  },
})

describe('what was to be deleted', () => {
  test('is deleted, if it is gone: it is not sent again to find out', async () => {
    const customer = await newCustomer('Doomed')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer })
    writesFare('lost_after')
    await expect(call(id, 'stripe_delete_customer')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({ state: 'succeeded', outcome: { storable: { deleted: true } } })
    expect(one.writes()).toHaveLength(1)
  })

  test('is not deleted, if it is still there when it is too late for an effect', async () => {
    const customer = await newCustomer('Spared')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer })
    writesFare('lost_before')
    stopAtFirstWait()
    await expect(call(id, 'stripe_delete_customer')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({ state: 'reconciling' })
    expect(await askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
    expect(one.writes()).toHaveLength(1)
  })

  test.each([
    ['409', answer(409, { error: { type: 'idempotency_error', code: 'idempotency_key_in_use' } })],
    ['429', answer(429, { error: { type: 'invalid_request_error', code: 'rate_limit' } })],
    ['500', SERVER_ERROR],
  ])('is never sent a second time after %s', async (_status, said) => {
    const customer = await newCustomer('Spared')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer })
    writesFare(said)
    stopAtFirstWait()
    await expect(call(id, 'stripe_delete_customer')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({ state: 'reconciling' })
    expect(await askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
    expect(one.writes()).toHaveLength(1)
  })
})

describe('refusals of a resend', () => {
  const refusal = {
    error: { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'No.' },
  }

  test('that replay the first answer are final', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    let sent = 0
    one.fate = (request) =>
      isWrite(request) ? (sent++ === 0 ? 'lost_before' : answer(400, refusal, true)) : 'arrives'
    await expect(call(id, 'stripe_create_refund')).rejects.toMatchObject({ code: 'already_refunded' })
    expect((await one.load(id)).progress.state).toBe('failed')
    expect(await one.log(id)).not.toContain('reconciled')
  })

  test('that do not replay it prove nothing: the events are asked, and the refund is found', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    let sent = 0
    one.fate = (request) =>
      isWrite(request) ? (sent++ === 0 ? 'lost_after' : answer(400, refusal)) : 'arrives'
    await expect(call(id, 'stripe_create_refund')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({ state: 'succeeded', outcome: { storable: { amount: 2000 } } })
    expect(await refundsOf(charge)).toHaveLength(1)
  })
})

describe('the asking itself', () => {
  test('writes each of its reads into the audit log before it is sent, as the hub’s own', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    writesHappenUnseen()
    const before = (await one.home.audit.list(DEFAULT_WORKSPACE, { limit: 10_000 })).length
    await expect(call(id, 'stripe_create_refund')).rejects.toThrow()
    await settled(id)
    const rows = (await one.home.audit.list(DEFAULT_WORKSPACE, { limit: 10_000 })).slice(before)
    const asked = rows.filter(({ detail }) => detail['purpose'] === 'reconcile')
    const events = one.sent.filter(({ path }) => path.startsWith('/v1/events'))
    expect(asked.filter(({ detail }) => detail['path'] === '/v1/events')).toHaveLength(events.length)
    expect(asked.every(({ actor, action }) => actor === 'system:hub' && action === 'read.started')).toBe(true)
    expect((await one.log(id)).at(-1)).toBe('reconciled')
  })

  test('waits longer each time, and ends after so many tries as unknown, for a person', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.fate = (request) =>
      isWrite(request) ? SERVER_ERROR : request.path.startsWith('/v1/events') ? SERVER_ERROR : 'arrives'
    await expect(call(id, 'stripe_create_refund')).rejects.toThrow()
    expect(await settled(id)).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('cannot be read'),
    })
    const waits = one.slept
    expect(waits).toHaveLength(MAX_TRIES - 1)
    expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000])
    expect(Math.max(...waits)).toBe(5 * 60 * 1000)
  })

  test('ends after so many hours, however few tries there were', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    writesFare(SERVER_ERROR)
    stopAtFirstWait()
    await expect(call(id, 'stripe_create_refund')).rejects.toThrow()
    await settled(id)
    one.now += GIVE_UP_AFTER_HOURS * HOUR_MS
    one.isStopping = false
    one.fate = () => SERVER_ERROR
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(await settled(id)).toMatchObject({ state: 'unknown' })
  })

  test('finds nothing by reading over a connection that was removed, and takes its absence for no proof', async () => {
    const other = await one.home.connections.add(TERMINAL, {
      integration: 'stripe',
      alias: 'gone',
      account: 'acct_1Gone',
      mode: 'test',
      kind: 'sandbox',
      displayName: 'Gone',
      credential: await keyOf(),
      makeDefault: false,
    })
    const customer = await newCustomer('Spared')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer }, 'gone')
    writesFare('lost_before')
    stopAtFirstWait()
    await expect(call(id, 'stripe_delete_customer')).rejects.toThrow()
    await settled(id)
    await one.home.connections.remove(TERMINAL, other.id)
    expect(await askLater(0, id)).toMatchObject({ state: 'unknown', reason: 'the connection was removed' })
  })

  test('begins again after a restart with what waits for proof, also what was sent twenty hours ago', async () => {
    const charge = await newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    writesFare('lost_after')
    one.isStopping = true
    await expect(call(id, 'stripe_create_refund')).rejects.toMatchObject({ code: 'confirmation_in_progress' })
    expect((await one.load(id)).progress).toMatchObject({ state: 'sending', attempts: 1 })
    one.now += RESEND_BOUND_SECONDS * 1000 + 1
    one.isStopping = false
    expect(await recoverCalls(one.calls, DEFAULT_WORKSPACE, true)).toBe(0)
    expect((await one.load(id)).progress).toMatchObject({
      state: 'reconciling',
      reason: 'too late to send it again',
    })
    expect(await askLater(0, id)).toMatchObject({ state: 'succeeded' })
    expect(one.writes()).toHaveLength(1)
  })
})

function keyOf() {
  return one.home.connections.withCredential(one.connection, (key) => Promise.resolve(key))
}
