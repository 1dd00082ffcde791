import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE, type WorkspaceId } from '../contract/ids.ts'
import { DEVICE, openTestCalls, OWNER, TERMINAL, type TestCalls } from '../calls/test-calls.ts'
import { unfreezeConnection } from './unfreeze-connection.ts'

let one: TestCalls
beforeAll(async () => {
  one = await openTestCalls()
})
afterAll(() => one.close())

const stateNow = async () => (await one.home.connections.get(DEFAULT_WORKSPACE, one.connection.id)).state

beforeEach(async () => {
  await one.home.storage.transaction((tx) =>
    one.home.connections.freeze(tx, TERMINAL, one.connection.id, 'the key was used for other bytes'),
  )
})

test.each([
  ['an owner', OWNER],
  ['the operator at the terminal', TERMINAL],
])('%s unfreezes a connection, and the log says what had frozen it', async (_who, actor) => {
  await unfreezeConnection(one.home.context, actor, one.connection.id)
  expect(await stateNow()).toBe('active')
  const rows = await one.home.audit.list(DEFAULT_WORKSPACE, { subject: one.connection.id, limit: 100 })
  expect(rows.at(-1)).toMatchObject({
    action: 'connection.unfrozen',
    detail: { was_frozen_because: 'the key was used for other bytes' },
  })
})

test.each([
  ['a device', DEVICE],
  ['an approver', { ...OWNER, role: 'approver' as const }],
  ['the hub itself', { type: 'system' as const, workspace: DEFAULT_WORKSPACE, part: 'hub' as const }],
])('%s does not unfreeze it', async (_who, actor) => {
  await expect(unfreezeConnection(one.home.context, actor, one.connection.id)).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(await stateNow()).toBe('frozen')
})

test('an owner of another workspace does not find it', async () => {
  const stranger = { ...OWNER, workspace: 'ws_other' as WorkspaceId }
  await expect(unfreezeConnection(one.home.context, stranger, one.connection.id)).rejects.toMatchObject({
    code: 'connection_not_found',
  })
})

test('what is not frozen, or is removed for good, stays what it is', async () => {
  await unfreezeConnection(one.home.context, OWNER, one.connection.id)
  await expect(unfreezeConnection(one.home.context, OWNER, one.connection.id)).rejects.toMatchObject({
    code: 'connection_not_frozen',
  })
  const { id } = await one.home.connections.add(TERMINAL, {
    integration: 'stripe',
    alias: 'gone',
    account: 'acct_1Gone',
    mode: 'test',
    kind: 'sandbox',
    displayName: 'Gone',
    credential: await one.home.connections.withCredential(one.connection, (key) => Promise.resolve(key)),
    makeDefault: false,
  })
  await one.home.connections.remove(TERMINAL, id)
  await expect(unfreezeConnection(one.home.context, OWNER, id)).rejects.toMatchObject({
    code: 'connection_not_found',
  })
})
