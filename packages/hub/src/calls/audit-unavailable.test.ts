import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { hashIntent } from '../confirmations/confirmation.ts'
import { approveConfirmation, denyConfirmation } from '../confirmations/decide-confirmation.ts'
import { applyEvent } from '../confirmations/store.ts'
import { previewCall } from './preview-call.ts'
import { reconcileCalls } from './reconcile-calls.ts'
import { recoverCalls } from './recover-calls.ts'
import { runCall } from './run-call.ts'
import { sendConfirmation } from './send-confirmation.ts'
import { DEVICE, openTestCalls, OWNER, type Fate, type TestCalls } from './test-calls.ts'

let one: TestCalls
beforeEach(async () => {
  one = await openTestCalls()
})
afterEach(() => one.close())

const UNAVAILABLE = { code: 'audit_unavailable', status: 503 }
/** As many pages as SQLite may have at most. */
const NO_LIMIT = 4_294_967_294

async function limitPages(pages: number): Promise<void> {
  await sql`pragma max_page_count = ${sql.lit(pages)}`.execute(one.home.storage.db)
}

/** The disk is full: the database gets no page more, and not even the smallest audit row fits what it has. */
async function fillTheDisk(): Promise<void> {
  await limitPages(1)
  const { storage, audit } = one.home
  for (;;) {
    try {
      await storage.transaction((tx) => audit.append(tx, { actor: { ...DEVICE }, action: 'x', subject: '' }))
    } catch {
      return
    }
  }
}

const approveIt = async (id: string) =>
  approveConfirmation(one.calls.context, OWNER, {
    id,
    intentHash: hashIntent((await one.load(id)).intent),
    assurance: 'dashboard',
    evidence: 'session',
  })

const refundParams = async () => {
  const charge = await one.ask('POST', '/v1/charges', { amount: '5000', currency: 'usd', source: 'tok_visa' })
  return { charge: charge['id'], amount: 1000 }
}

test('a read is refused, and nothing reaches the wire', async () => {
  await fillTheDisk()
  await expect(runCall(one.calls, DEVICE, { tool: 'stripe_get_balance' })).rejects.toMatchObject(UNAVAILABLE)
  expect(one.sent).toEqual([])
})

test('a preview is refused, and leaves no confirmation behind', async () => {
  await fillTheDisk()
  const preview = previewCall(one.calls, DEVICE, { tool: 'stripe_create_customer', params: { name: 'J' } })
  await expect(preview).rejects.toMatchObject(UNAVAILABLE)
  await limitPages(NO_LIMIT)
  const left = await one.home.storage.db.selectFrom('confirmations').select('id').execute()
  expect(left).toEqual([])
})

test('an approval and a denial are refused, and it goes on waiting', async () => {
  const params = await refundParams()
  const preview = await previewCall(one.calls, DEVICE, { tool: 'stripe_create_refund', params })
  if (!preview.needs_confirmation) throw new Error('no confirmation')
  const { confirmation } = preview
  await fillTheDisk()
  await expect(approveIt(confirmation)).rejects.toMatchObject(UNAVAILABLE)
  const denied = denyConfirmation(one.calls.context, OWNER, { id: confirmation, reason: null })
  await expect(denied).rejects.toMatchObject(UNAVAILABLE)
  expect((await one.load(confirmation)).progress.state).toBe('pending')
})

test('an approved write is refused and stays approved; once there is room, it is sent, once', async () => {
  const id = await one.approved('stripe_create_customer', { name: 'Jane Doe' })
  await fillTheDisk()
  const input = { tool: 'stripe_create_customer', confirmation: id }
  await expect(runCall(one.calls, DEVICE, input)).rejects.toMatchObject(UNAVAILABLE)
  expect((await one.load(id)).progress).toMatchObject({ state: 'approved', attempts: 0 })
  expect(one.sent).toEqual([])
  await limitPages(NO_LIMIT)
  expect(await runCall(one.calls, DEVICE, input)).toMatchObject({ result: { name: 'Jane Doe' } })
  expect(one.writes()).toHaveLength(1)
  expect(await one.home.audit.verify(DEFAULT_WORKSPACE)).toMatchObject({ ok: true })
})

test('what is not answered is not sent again, until a later start finds room for the row', async () => {
  const id = await one.approved('stripe_create_customer', { name: 'Jane Doe' })
  const { intent } = await one.load(id)
  const taken = await one.home.storage.transaction((tx) =>
    applyEvent(one.calls.context, tx, DEVICE, intent.id, { type: 'take', holder: 'node_a' }, 'sending'),
  )
  one.fate = async (): Promise<Fate> => {
    await fillTheDisk()
    return 'lost_after'
  }
  await expect(sendConfirmation(one.calls, DEVICE, taken.confirmation)).rejects.toMatchObject(UNAVAILABLE)
  await expect(recoverCalls(one.calls, DEFAULT_WORKSPACE, true)).rejects.toMatchObject(UNAVAILABLE)
  expect((await one.load(id)).progress).toMatchObject({ state: 'sending', attempts: 1 })
  expect(one.writes()).toHaveLength(1)
  one.fate = () => 'arrives'
  await limitPages(NO_LIMIT)
  expect(await recoverCalls(one.calls, DEFAULT_WORKSPACE, true)).toBe(1)
  await Promise.all(one.calls.inFlight.values())
  expect((await one.load(id)).progress.state).toBe('succeeded')
  const { data } = await one.ask('GET', '/v1/customers')
  expect(data).toHaveLength(1)
})

test('nobody looks for proof without a row for each look', async () => {
  const id = await one.approved('stripe_create_customer', { name: 'Jane Doe' })
  const { intent } = await one.load(id)
  for (const event of [
    { type: 'take', holder: 'node_a' },
    { type: 'uncertain', fencing: 1, reason: 'lost' },
  ] as const)
    await one.home.storage.transaction((tx) =>
      applyEvent(one.calls.context, tx, DEVICE, intent.id, event, 'changed'),
    )
  await fillTheDisk()
  let waits = 0
  one.calls.sleep = () => {
    waits += 1
    one.isStopping = true
    return Promise.resolve()
  }
  await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
  await Promise.all(one.calls.reconciling.values())
  expect(waits).toBe(1)
  expect(one.sent).toEqual([])
  expect((await one.load(id)).progress.state).toBe('reconciling')
})
