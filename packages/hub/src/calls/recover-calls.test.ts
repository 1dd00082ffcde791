import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { LEASE_SECONDS, RESEND_BOUND_SECONDS } from '../confirmations/reducer.ts'
import { applyEvent } from '../confirmations/store.ts'
import { recoverCalls } from './recover-calls.ts'
import { DEVICE, openTestCalls, type TestCalls } from './test-calls.ts'

let one: TestCalls
beforeEach(async () => {
  one = await openTestCalls()
})
afterEach(() => one.close())

/** A confirmation that an earlier process was sending when it died. */
async function lost(id: string): Promise<string> {
  const { intent } = await one.load(id)
  await one.home.storage.transaction((tx) =>
    applyEvent(one.calls.context, tx, DEVICE, intent.id, { type: 'take', holder: 'node_old' }, 'sending'),
  )
  return id
}

const lostPost = async () => lost(await one.approved('stripe_create_customer', { name: 'Jane Doe' }))

async function lostDelete(): Promise<string> {
  const { id } = await one.ask('POST', '/v1/customers', { name: 'Doomed' })
  return lost(await one.approved('stripe_delete_customer', { customer_id: id }))
}

const recover = (holderGone: boolean) => recoverCalls(one.calls, DEFAULT_WORKSPACE, holderGone)

async function progressAfterwards(id: string) {
  await Promise.all(one.calls.inFlight.values())
  return (await one.load(id)).progress
}

test('a POST is taken over by the new process with a higher fencing number, under the same key', async () => {
  const id = await lostPost()
  expect(await recover(true)).toBe(1)
  expect(await progressAfterwards(id)).toMatchObject({ state: 'succeeded', fencing: 2, attempts: 2 })
  const { intent } = await one.load(id)
  expect(one.sent).toEqual([{ ...intent.request, idempotencyKey: intent.idempotencyKey }])
  expect(await one.log(id)).toEqual(['created', 'sending', 'taken_over', 'succeeded'])
})

test('a DELETE has no idempotency key: it is not sent again, and waits for proof', async () => {
  const id = await lostDelete()
  expect(await recover(true)).toBe(0)
  expect(await progressAfterwards(id)).toMatchObject({ state: 'reconciling', quietSince: one.now })
  expect(one.writes()).toEqual([])
})

test('while its holder may be alive, nothing is taken over before the lease has lapsed', async () => {
  const ids = [await lostPost(), await lostDelete()]
  one.now += LEASE_SECONDS * 1000 - 1
  expect(await recover(false)).toBe(0)
  for (const id of ids)
    expect((await one.load(id)).progress).toMatchObject({ state: 'sending', holder: 'node_old', fencing: 1 })
  one.now += 1
  expect(await recover(false)).toBe(1)
  const states = await Promise.all(ids.map(async (id) => (await progressAfterwards(id)).state))
  expect(states).toEqual(['succeeded', 'reconciling'])
})

test('what this process is still sending is not taken from it, however long that takes', async () => {
  const id = await lostPost()
  const { intent } = await one.load(id)
  one.now += (LEASE_SECONDS + 1) * 1000
  one.calls.inFlight.set(intent.id, new Promise(() => undefined))
  expect(await recover(false)).toBe(0)
  expect((await one.load(id)).progress).toMatchObject({ holder: 'node_old', fencing: 1 })
})

test('twenty hours after it was first sent, it is not sent again: proof is looked for', async () => {
  const id = await lostPost()
  one.now += RESEND_BOUND_SECONDS * 1000 + 1
  expect(await recover(false)).toBe(0)
  expect(await progressAfterwards(id)).toMatchObject({
    state: 'reconciling',
    reason: 'too late to send it again',
  })
  expect(one.sent).toEqual([])
})

test('over a connection that was frozen meanwhile, it is not sent again: proof is looked for', async () => {
  const id = await lostPost()
  await one.home.storage.transaction((tx) =>
    one.calls.connections.freeze(tx, DEVICE, one.connection.id, 'a fault'),
  )
  expect(await recover(true)).toBe(0)
  expect(await progressAfterwards(id)).toMatchObject({
    state: 'reconciling',
    reason: 'the connection was stopped before it could be sent again',
  })
  expect(one.sent).toEqual([])
})
