import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { RESEND_BOUND_SECONDS } from '../confirmations/reducer.ts'
import { GIVE_UP_AFTER_HOURS, MAX_TRIES, reconcileCalls } from './reconcile-calls.ts'
import { recoverCalls } from './recover-calls.ts'
import { TERMINAL } from './test-calls.ts'
import {
  answer,
  HOUR_MS,
  isWrite,
  openLostAnswers,
  SERVER_ERROR,
  type LostAnswers,
} from './test-lost-answers.ts'

let one: LostAnswers
beforeAll(async () => {
  one = await openLostAnswers()
})
beforeEach(() => one.nextDay())
afterAll(() => one.close())

describe('refusals of a resend', () => {
  const refusal = {
    error: { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'No.' },
  }

  test('that replay the first answer are final', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    let sent = 0
    one.fate = (request) =>
      isWrite(request) ? (sent++ === 0 ? 'lost_before' : answer(400, refusal, true)) : 'arrives'
    await expect(one.call(id, 'stripe_create_refund')).rejects.toMatchObject({ code: 'already_refunded' })
    expect((await one.load(id)).progress.state).toBe('failed')
    expect(await one.log(id)).not.toContain('reconciled')
  })

  test('that do not replay it prove nothing: the events are asked, and the refund is found', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    let sent = 0
    one.fate = (request) =>
      isWrite(request) ? (sent++ === 0 ? 'lost_after' : answer(400, refusal)) : 'arrives'
    await expect(one.call(id, 'stripe_create_refund')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({
      state: 'succeeded',
      outcome: { storable: { amount: 2000 } },
    })
    expect(await one.refundsOf(charge)).toHaveLength(1)
  })
})

describe('the asking itself', () => {
  test('writes each of its reads into the audit log before it is sent, as the hub’s own', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.writesHappenUnseen()
    const before = (await one.home.audit.list(DEFAULT_WORKSPACE, { limit: 10_000 })).length
    await expect(one.call(id, 'stripe_create_refund')).rejects.toThrow()
    await one.settled(id)
    const rows = (await one.home.audit.list(DEFAULT_WORKSPACE, { limit: 10_000 })).slice(before)
    const asked = rows.filter(({ detail }) => detail['purpose'] === 'reconcile')
    const events = one.sent.filter(({ path }) => path.startsWith('/v1/events'))
    expect(asked.filter(({ detail }) => detail['path'] === '/v1/events')).toHaveLength(events.length)
    expect(asked.every(({ actor, action }) => actor === 'system:hub' && action === 'read.started')).toBe(true)
    expect((await one.log(id)).at(-1)).toBe('reconciled')
  })

  test('waits longer each time, and ends after so many tries as unknown, for a person', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.fate = (request) =>
      isWrite(request) ? SERVER_ERROR : request.path.startsWith('/v1/events') ? SERVER_ERROR : 'arrives'
    await expect(one.call(id, 'stripe_create_refund')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('cannot be read'),
    })
    const waits = one.slept
    expect(waits).toHaveLength(MAX_TRIES - 1)
    expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000])
    expect(Math.max(...waits)).toBe(5 * 60 * 1000)
  })

  test('ends after so many hours, however few tries there were', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.writesFare(SERVER_ERROR)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_create_refund')).rejects.toThrow()
    await one.settled(id)
    one.now += GIVE_UP_AFTER_HOURS * HOUR_MS
    one.isStopping = false
    one.fate = () => SERVER_ERROR
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(await one.settled(id)).toMatchObject({ state: 'unknown' })
  })

  test('finds nothing by reading over a connection that was removed, and takes its absence for no proof', async () => {
    const other = await one.home.connections.add(TERMINAL, {
      integration: 'stripe',
      alias: 'gone',
      account: 'acct_1Gone',
      mode: 'test',
      kind: 'sandbox',
      displayName: 'Gone',
      credential: await one.key(),
      makeDefault: false,
    })
    const customer = await one.newCustomer('Spared')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer }, 'gone')
    one.writesFare('lost_before')
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_delete_customer')).rejects.toThrow()
    await one.settled(id)
    await one.home.connections.remove(TERMINAL, other.id)
    expect(await one.askLater(0, id)).toMatchObject({
      state: 'unknown',
      reason: 'the connection was removed',
    })
  })

  test('begins again after a restart with what waits for proof, also what was sent twenty hours ago', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.writesFare('lost_after')
    one.isStopping = true
    await expect(one.call(id, 'stripe_create_refund')).rejects.toMatchObject({
      code: 'confirmation_in_progress',
    })
    expect((await one.load(id)).progress).toMatchObject({ state: 'sending', attempts: 1 })
    one.now += RESEND_BOUND_SECONDS * 1000 + 1
    one.isStopping = false
    expect(await recoverCalls(one.calls, DEFAULT_WORKSPACE, true)).toBe(0)
    expect((await one.load(id)).progress).toMatchObject({
      state: 'reconciling',
      reason: 'too late to send it again',
    })
    expect(await one.askLater(0, id)).toMatchObject({ state: 'succeeded' })
    expect(one.writes()).toHaveLength(1)
  })
})
