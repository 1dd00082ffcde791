import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Context } from '../audit/context.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { hashIntent } from './confirmation.ts'
import { approveConfirmation } from './decide-confirmation.ts'
import type { Event } from './reducer.ts'
import { resolveConfirmation } from './resolve-confirmation.ts'
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

let stored: TestStorage
let context: Context
beforeEach(async () => {
  stored = await openTestStorage()
  context = contextOf(stored.storage, () => START)
})
afterEach(() => stored.close())

/** Sent, and then the oracle could prove neither. */
async function unknown(): Promise<string> {
  const intent = await insertPending(context)
  await approveConfirmation(context, person('owner'), {
    id: intent.id,
    intentHash: hashIntent(intent),
    assurance: 'dashboard',
    evidence: 'session',
  })
  const events: Event[] = [
    { type: 'take', holder: 'A' },
    { type: 'uncertain', fencing: 1, reason: 'lost' },
    { type: 'proven', happened: null, outcome: null, reason: 'nothing tells' },
  ]
  for (const event of events)
    await context.storage.transaction((tx) => applyEvent(context, tx, SYSTEM, intent.id, event, 'changed'))
  return intent.id
}

const progressOf = async (id: string) => (await loadConfirmation(stored.storage.db, WORKSPACE, id)).progress

test.each(['owner', 'approver'] as const)('an %s says that it happened, and what they saw', async (role) => {
  const id = await unknown()
  await resolveConfirmation(context, person(role), { id, happened: true, reason: 're_1 is there' })
  expect(await progressOf(id)).toMatchObject({
    state: 'succeeded',
    reason: 're_1 is there',
    outcome: { resolvedBy: `person_${role}` },
  })
  const rows = await context.audit.list(WORKSPACE, { subject: id, limit: 10 })
  expect(rows.at(-1)).toMatchObject({
    actor: `person:person_${role}`,
    action: 'confirmation.resolved',
    detail: { from: 'unknown', to: 'succeeded', happened: true, reason: 're_1 is there' },
  })
})

test('a person says that it did not happen, and the agent learns that nothing happened', async () => {
  const id = await unknown()
  await resolveConfirmation(context, person('owner'), { id, happened: false, reason: 'no refund there' })
  const { state, outcome } = await progressOf(id)
  expect(state).toBe('failed')
  expect(outcome?.problem).toMatchObject({
    code: 'write_not_carried_out',
    message: expect.stringContaining('no refund there'),
  })
})

test('neither a device, nor a viewer, nor the hub itself, nor a stranger resolves anything', async () => {
  const id = await unknown()
  const input = { id, happened: true, reason: 'the agent is sure' }
  for (const actor of [DEVICE, SYSTEM, person('viewer')])
    await expect(resolveConfirmation(context, actor, input)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(resolveConfirmation(context, person('owner', OTHER_WORKSPACE), input)).rejects.toMatchObject({
    code: 'confirmation_not_found',
  })
  expect((await progressOf(id)).state).toBe('unknown')
})

test.each(['', '   ', '\u200B\u202E'])(
  'without a reason that can be read (%j) it stays unknown',
  async (reason) => {
    const id = await unknown()
    await expect(
      resolveConfirmation(context, person('owner'), { id, happened: true, reason }),
    ).rejects.toMatchObject({ code: 'invalid_params' })
    expect((await progressOf(id)).state).toBe('unknown')
  },
)

test('what one person said, another does not change', async () => {
  const id = await unknown()
  await resolveConfirmation(context, person('owner'), { id, happened: false, reason: 'not there' })
  await expect(
    resolveConfirmation(context, person('approver'), { id, happened: true, reason: 'it is there' }),
  ).rejects.toMatchObject({ code: 'confirmation_decided' })
  expect((await progressOf(id)).state).toBe('failed')
})

test('only what is unknown is resolved: what waits for an approval is not', async () => {
  const { id } = await insertPending(context)
  await expect(
    resolveConfirmation(context, person('owner'), { id, happened: true, reason: 'it happened' }),
  ).rejects.toMatchObject({ code: 'confirmation_decided' })
  expect((await progressOf(id)).state).toBe('pending')
})
