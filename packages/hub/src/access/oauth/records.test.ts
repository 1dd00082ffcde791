import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestAccess, type TestAccess } from '../test-access.ts'
import { loadLibrary } from './library.ts'
import { createPollPacer } from './poll-pacer.ts'
import { createOAuthRecords, type OAuthRecords } from './records.ts'

let hub: TestAccess
let records: OAuthRecords
let revoked: string[]
const now = (): number => Date.now() + hub.clock.offsetMs

beforeEach(async () => {
  hub = await startTestAccess()
  revoked = []
  records = createOAuthRecords({
    library: await loadLibrary(() => undefined),
    storage: hub.storage,
    vault: hub.vault,
    now,
    pacer: createPollPacer(now),
    onGrantRevoked: (grantHash, reason) => {
      revoked.push(`${reason} ${grantHash}`)
      return Promise.resolve()
    },
  })
})
afterEach(() => hub.close())

test('of many who use a record at once one does, and the others count as reuse', async () => {
  const tokens = records.adapter('RefreshToken')
  await tokens.upsert('token', { grantId: 'grant', jti: 'token' }, 60)
  const uses = await Promise.allSettled(Array.from({ length: 5 }, () => tokens.consume('token')))
  expect(uses.filter((use) => use.status === 'fulfilled')).toHaveLength(1)
  expect(revoked).toEqual(Array.from({ length: 4 }, () => `token_reused ${records.hashId('grant')}`))
  expect(await tokens.find('token')).toMatchObject({ consumed: expect.any(Number) })
})

test('what was used stays used when it is saved again', async () => {
  const tokens = records.adapter('RefreshToken')
  await tokens.upsert('token', { grantId: 'grant' }, 60)
  await tokens.consume('token')
  await tokens.upsert('token', { grantId: 'grant' }, 60)
  await expect(tokens.consume('token')).rejects.toThrow('invalid_grant')
})

test('a record keeps its own id only if it is found without it', async () => {
  const stored = async (kind: string, payload: object): Promise<unknown> => {
    await records.adapter(kind).upsert('the-id', { jti: 'the-id', ...payload }, 60)
    return records.adapter(kind).find('the-id')
  }
  expect(await stored('RefreshToken', { scope: 'read' })).toEqual({ jti: 'the-id', scope: 'read' })
  expect(await stored('DeviceCode', { userCode: 'BCDFGHJK' })).toMatchObject({ jti: 'the-id' })
  expect(await records.adapter('DeviceCode').findByUserCode('BCDFGHJK')).toMatchObject({ jti: 'the-id' })
})

test('a record moved to another place does not open', async () => {
  await records.adapter('RefreshToken').upsert('a', { accountId: 'one' }, 60)
  await records.adapter('RefreshToken').upsert('b', { accountId: 'two' }, 60)
  const row = await hub.storage.db
    .selectFrom('oauth_records')
    .select('sealed')
    .where('id_hash', '=', records.hashId('a'))
    .executeTakeFirstOrThrow()
  await hub.storage.db
    .updateTable('oauth_records')
    .set({ sealed: row.sealed })
    .where('id_hash', '=', records.hashId('b'))
    .execute()
  await expect(records.adapter('RefreshToken').find('b')).rejects.toThrow('belongs elsewhere')
})

test('an expired record is not there', async () => {
  await records.adapter('RefreshToken').upsert('a', {}, 60)
  hub.clock.offsetMs += 60_001
  expect(await records.adapter('RefreshToken').find('a')).toBeUndefined()
})

test('a transaction that fails leaves nothing of what the provider wrote in it', async () => {
  const failed = records.transaction(async () => {
    await records.adapter('Grant').upsert('grant', { accountId: 'x' }, 60)
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(await records.adapter('Grant').find('grant')).toBeUndefined()
})
