import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  SYSTEM,
  WORKSPACE,
  START,
  contextOf,
  insertPending,
  person,
} from '../confirmations/test-confirmation.ts'
import { hashIntent, hashRequest, type Intent } from '../confirmations/confirmation.ts'
import { approveConfirmation } from '../confirmations/decide-confirmation.ts'
import { LEASE_SECONDS } from '../confirmations/reducer.ts'
import { applyEvent, loadConfirmation } from '../confirmations/store.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import type { Calls } from './calls.ts'
import { recoverCalls } from './recover-calls.ts'

let stored: TestStorage
let calls: Calls
let sent: ConfirmationId[]
let now: number

beforeEach(async () => {
  stored = await openTestStorage()
  sent = []
  now = START
  const context = contextOf(stored.storage, () => now)
  calls = {
    context,
    integrations: [],
    connections: {
      get: () => Promise.reject(new Error('the wire is not part of this test')),
    } as unknown as Calls['connections'],
    originOf: () => '',
    publicUrl: 'http://127.0.0.1:4747',
    node: 'node_new',
    sleep: () => Promise.resolve(),
    isShuttingDown: () => false,
    inFlight: new Map(),
    log: (event, detail) => {
      if (event === 'recovery_failed') sent.push(detail['confirmation'] as ConfirmationId)
    },
  }
})
afterEach(() => stored.close())

/** A confirmation that an earlier process was sending when it died. */
async function lost(changes: Partial<Intent> = {}): Promise<Intent> {
  const intent = await insertPending(calls.context, changes)
  await approveConfirmation(calls.context, person('owner'), {
    id: intent.id,
    intentHash: hashIntent(intent),
    assurance: 'dashboard',
    evidence: 'session',
  })
  await calls.context.storage.transaction((tx) =>
    applyEvent(calls.context, tx, SYSTEM, intent.id, { type: 'take', holder: 'node_old' }, 'sending'),
  )
  return intent
}

const progressOf = async (id: string) =>
  (await loadConfirmation(calls.context.storage.db, WORKSPACE, id)).progress

test('a POST is taken over by the new process, with a higher fencing number', async () => {
  const intent = await lost()
  expect(await recoverCalls(calls, WORKSPACE, true)).toBe(1)
  expect(await progressOf(intent.id)).toMatchObject({
    state: 'sending',
    holder: 'node_new',
    fencing: 2,
    attempts: 2,
  })
})

test('a DELETE has no idempotency key: it is not sent again, and waits for proof', async () => {
  const request = { method: 'DELETE', path: '/v1/customers/cus_1', body: '' } as const
  const intent = await lost({ request, requestHash: hashRequest(request) })
  expect(await recoverCalls(calls, WORKSPACE, true)).toBe(0)
  expect(await progressOf(intent.id)).toMatchObject({ state: 'reconciling' })
  expect(sent).toEqual([])
})

test('while its holder may be alive, nothing is taken over before the lease has lapsed', async () => {
  const intent = await lost()
  expect(await recoverCalls(calls, WORKSPACE, false)).toBe(0)
  expect(await progressOf(intent.id)).toMatchObject({ state: 'sending', holder: 'node_old' })
  now += (LEASE_SECONDS + 1) * 1000
  expect(await recoverCalls(calls, WORKSPACE, false)).toBe(1)
  expect(await progressOf(intent.id)).toMatchObject({ state: 'sending', holder: 'node_new', fencing: 2 })
})

test('what this process is still sending is not taken from it, however long that takes', async () => {
  const intent = await lost()
  now += (LEASE_SECONDS + 1) * 1000
  calls.inFlight.set(intent.id, new Promise(() => undefined))
  expect(await recoverCalls(calls, WORKSPACE, false)).toBe(0)
  expect(await progressOf(intent.id)).toMatchObject({ holder: 'node_old', fencing: 1 })
})
