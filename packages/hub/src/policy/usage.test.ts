import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WorkspaceId } from '../contract/ids.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { HOUR_MS, NOW, ran } from './test-policy.ts'
import { forgetOldUsage, readUsage, recordUsage } from './usage.ts'

const WORKSPACE = 'ws_default' as WorkspaceId

let database: TestStorage
beforeEach(async () => {
  database = await openTestStorage()
})
afterEach(() => database.close())

/** A confirmation in a state, and what it used. */
async function record(id: string, state: string, usage = ran(), workspace = WORKSPACE): Promise<void> {
  await database.storage.transaction(async (tx) => {
    await tx
      .insertInto('confirmations')
      .values({
        id,
        workspace,
        device: 'device_1',
        connection: 'conn_1',
        state,
        intent: '{}',
        tool: 'stripe_create_refund',
        repeat_hash: id,
        progress: '{}',
        version: 1,
        created_at: '2026',
        expires_at: '2026',
        updated_at: '2026',
      })
      .execute()
    await recordUsage(tx, workspace, id, usage)
  })
}

const read = (workspace = WORKSPACE) => readUsage(database.storage.db, workspace, NOW - 24 * HOUR_MS)

test('what was let out is read as it was written', async () => {
  await record('conf_1', 'succeeded', ran({ allowance: 'allow_1' }))
  await record('conf_2', 'sending', ran({ money: 'unknown', customer: null }))
  const usage = await read()
  expect(usage).toHaveLength(2)
  expect(usage).toContainEqual(expect.objectContaining(ran({ allowance: 'allow_1' })))
  expect(usage).toContainEqual(expect.objectContaining(ran({ money: 'unknown', customer: null })))
})

test('a write counts as one that happened unless the provider refused it: not knowing is counting', async () => {
  for (const state of ['sending', 'reconciling', 'unknown', 'succeeded', 'failed'])
    await record(`conf_${state}`, state)
  const refused = (await read()).map(({ isRefused }) => isRefused)
  expect(refused.filter((one) => one)).toHaveLength(1)
  expect(refused).toHaveLength(5)
})

test('another workspace and another day do not count', async () => {
  await record('conf_1', 'succeeded', ran(), 'ws_other' as WorkspaceId)
  await record('conf_2', 'succeeded', ran({ at: NOW - 24 * HOUR_MS }))
  expect(await read()).toEqual([])
  await forgetOldUsage(database.storage.db, NOW)
  expect(await read('ws_other' as WorkspaceId)).toHaveLength(1)
  expect(await database.storage.db.selectFrom('policy_usage').selectAll().execute()).toHaveLength(1)
})

test.each(['[{"amount":-1,"currency":"usd"}]', '[{"amount":1}]', '{}', 'null', '"none"'])(
  'stored money that makes no sense (%s) is an unknown amount, never none',
  async (money) => {
    await record('conf_1', 'succeeded')
    await database.storage.db.updateTable('policy_usage').set({ money }).execute()
    expect(await read()).toMatchObject([{ money: 'unknown' }])
  },
)
