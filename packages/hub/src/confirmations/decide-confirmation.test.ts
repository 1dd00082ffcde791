import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Context } from '../audit/context.ts'
import type { Actor } from '../contract/actor.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { hashIntent, type Intent } from './confirmation.ts'
import { approveConfirmation, denyConfirmation, type Approve } from './decide-confirmation.ts'
import { applyEvent, loadConfirmation } from './store.ts'
import {
  contextOf,
  DEVICE,
  insertPending,
  OTHER_WORKSPACE,
  person,
  START,
  SYSTEM,
  WORKSPACE,
} from './test-confirmation.ts'
import { viewConfirmation } from './view.ts'

let database: TestStorage
let context: Context
let now: number
let intent: Intent

beforeEach(async () => {
  now = START
  database = await openTestStorage()
  context = contextOf(database.storage, () => now)
  intent = await insertPending(context)
})
afterEach(() => database.close())

function approve(actor: Actor, changes: Partial<Approve> = {}) {
  return approveConfirmation(context, actor, {
    id: intent.id,
    intentHash: hashIntent(intent),
    assurance: 'dashboard',
    evidence: 'session',
    ...changes,
  })
}

const stateNow = async () =>
  (await loadConfirmation(database.storage.db, WORKSPACE, intent.id)).progress.state

test('an approver says yes: what the page showed is approved, and the audit says who and how', async () => {
  const { progress } = await approve(person('approver'))
  expect(progress).toMatchObject({
    state: 'approved',
    approval: { assurance: 'dashboard', by: 'person_approver', at: START },
  })
  const rows = await context.audit.list(WORKSPACE, { subject: intent.id, limit: 10 })
  expect(rows.at(-1)).toMatchObject({
    actor: 'person:person_approver',
    action: 'confirmation.approved',
    detail: {
      from: 'pending',
      to: 'approved',
      intent_hash: hashIntent(intent),
      assurance: 'dashboard',
      evidence: 'session',
    },
  })
})

test.each<[string, Actor, string]>([
  ['a device, its own included', DEVICE, 'forbidden'],
  ['the hub itself', SYSTEM, 'forbidden'],
  ['a viewer', person('viewer'), 'forbidden'],
  ['an owner of another workspace', person('owner', OTHER_WORKSPACE), 'confirmation_not_found'],
])('%s can neither approve nor deny', async (_who, actor, code) => {
  await expect(approve(actor)).rejects.toMatchObject({ code })
  await expect(denyConfirmation(context, actor, { id: intent.id, reason: null })).rejects.toMatchObject({
    code,
  })
  expect(await stateNow()).toBe('pending')
  expect(await context.audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 1 })
})

test('an approval for $10 does not permit what the page did not show', async () => {
  const other = hashIntent({ ...intent, request: { ...intent.request, body: 'charge=ch_1&amount=100000' } })
  await expect(approve(person('owner'), { intentHash: other })).rejects.toMatchObject({
    code: 'confirmation_mismatch',
  })
  expect(await stateNow()).toBe('pending')
})

test('every part of an intent is part of what is approved', () => {
  const changed: Partial<Intent>[] = [
    { account: 'acct_2' },
    { mode: 'test' },
    { tool: 'stripe_create_payment_intent' },
    { idempotencyKey: 'idem_2' },
    { needed: 'agent' },
    { request: { ...intent.request, path: '/v1/charges' } },
    { facts: { refunded: 1 } },
    { description: { ...intent.description, summary: 'Refund $1.00' } },
    { apiVersion: '2020-01-01' },
  ]
  for (const change of changed)
    expect(hashIntent({ ...intent, ...change }), JSON.stringify(change)).not.toBe(hashIntent(intent))
})

test('what needs a passkey is not approved by a click', async () => {
  intent = await insertPending(context, { needed: 'passkey' })
  await expect(approve(person('owner'))).rejects.toMatchObject({ code: 'assurance_too_low' })
  expect(await stateNow()).toBe('pending')
  expect(
    (await approve(person('owner'), { assurance: 'passkey', evidence: 'password' })).progress.state,
  ).toBe('approved')
})

test('what has expired can neither be approved nor denied', async () => {
  now += 10 * 60_000
  await expect(approve(person('owner'))).rejects.toMatchObject({ code: 'confirmation_expired' })
  await expect(
    denyConfirmation(context, person('owner'), { id: intent.id, reason: null }),
  ).rejects.toMatchObject({ code: 'confirmation_expired' })
})

test('a second decision is refused, and the first one stands', async () => {
  await denyConfirmation(context, person('owner'), { id: intent.id, reason: 'Not\u202E again\nplease' })
  await expect(approve(person('approver'))).rejects.toMatchObject({ code: 'confirmation_decided' })
  const { progress } = await loadConfirmation(database.storage.db, WORKSPACE, intent.id)
  expect(progress).toMatchObject({ state: 'denied', reason: 'Not again please' })
})

test('an approval can be taken back until it is called, and not after', async () => {
  await approve(person('owner'))
  await denyConfirmation(context, person('owner'), { id: intent.id, reason: null })
  expect(await stateNow()).toBe('denied')

  intent = await insertPending(context)
  await approve(person('owner'))
  await context.storage.transaction((tx) =>
    applyEvent(context, tx, SYSTEM, intent.id, { type: 'take', holder: 'A' }, 'sending'),
  )
  await expect(
    denyConfirmation(context, person('owner'), { id: intent.id, reason: null }),
  ).rejects.toMatchObject({ code: 'confirmation_in_progress' })
  expect(await stateNow()).toBe('sending')
})

test('the view says the mode, whether it can be undone, and expiry by the clock', async () => {
  const confirmation = await loadConfirmation(database.storage.db, WORKSPACE, intent.id)
  const view = viewConfirmation(confirmation, 'https://hub.example', now)
  expect(view).toMatchObject({
    state: 'pending',
    summary: 'Refund $10.00 of $50.00 on ch_1 · LIVE · cannot be undone',
    intent_hash: hashIntent(intent),
    approval_url: `https://hub.example/confirmations/${intent.id}`,
    expires_at: '2026-11-01T00:10:00.000Z',
  })
  expect(viewConfirmation(confirmation, '', now + 10 * 60_000).state).toBe('expired')
  const harmless = {
    ...confirmation,
    intent: {
      ...intent,
      mode: 'test' as const,
      description: { ...intent.description, irreversible: '' },
    },
  }
  expect(viewConfirmation(harmless, '', now).summary).toBe('Refund $10.00 of $50.00 on ch_1 · test')
})

test('the view holds neither the idempotency key nor the bytes', async () => {
  const confirmation = await loadConfirmation(database.storage.db, WORKSPACE, intent.id)
  const text = JSON.stringify(viewConfirmation(confirmation, '', now))
  expect(text).not.toContain(intent.idempotencyKey)
  expect(text).not.toContain(intent.request.body)
})
