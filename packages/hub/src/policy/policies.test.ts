import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WorkspaceId } from '../contract/ids.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { DEFAULT_POLICY } from './document.ts'
import { createPolicy, readPolicy } from './policies.ts'

const WORKSPACE = 'ws_default' as WorkspaceId
const now = () => Date.UTC(2026, 10, 1)

let database: TestStorage
beforeEach(async () => {
  database = await openTestStorage()
})
afterEach(() => database.close())

const read = (workspace = WORKSPACE) => readPolicy(database.storage.db, workspace)
const create = () => database.storage.transaction((tx) => createPolicy(tx, WORKSPACE, now))
const store = (version: number, document: string) =>
  database.storage.db
    .insertInto('policies')
    .values({ workspace: WORKSPACE, version, document, created_by: 'x', created_at: '2026' })
    .execute()

test('a new workspace has the default policy as version 1', async () => {
  await create()
  expect(await read()).toMatchObject({ version: 1, document: DEFAULT_POLICY })
})

test('the newest version counts, and making the first one again changes nothing', async () => {
  await create()
  const strict = structuredClone(DEFAULT_POLICY)
  strict.assurance.test.draft = 'passkey'
  await store(2, JSON.stringify(strict))
  await create()
  expect(await read()).toMatchObject({ version: 2, document: strict })
})

test('a workspace without a policy has none, not the default', async () => {
  await create()
  await expect(read('ws_other' as WorkspaceId)).rejects.toThrow('has no policy')
})

test.each(['', '{}', 'null', '{"format":1}', '{"format":2,"assurance":{}}', 'not JSON'])(
  'a stored policy that cannot be read (%j) is an error, never an older one or the default',
  async (document) => {
    await create()
    await store(2, document)
    await expect(read()).rejects.toThrow()
  },
)
