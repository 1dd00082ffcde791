import { Secret } from '../contract/secret.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAudit } from '../audit/audit.ts'
import type { Context } from '../audit/context.ts'
import type { Actor } from '../contract/actor.ts'
import { randomId, type ConnectionId, type PersonId, type WorkspaceId } from '../contract/ids.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { createVault, VaultError, type Vault } from '../vault/vault.ts'
import { connectionOf, type Connection } from './connection.ts'
import { createConnections, type AddConnection, type Connections } from './connections.ts'

const WORKSPACE = 'ws_default' as WorkspaceId
const OTHER = 'ws_other' as WorkspaceId
const SECRET = 'rk_live_51NffrFeUfNV2HibAbCdEfGhIj'

let database: TestStorage
let context: Context
let vault: Vault
let connections: Connections
let now: number

beforeEach(async () => {
  database = await openTestStorage()
  vault = createVault(Buffer.alloc(32, 1))
  now = Date.UTC(2026, 10, 1)
  const audit = createAudit(database.storage.db, vault.branchKey('audit'), () => now)
  context = { storage: database.storage, audit, now: () => (now += 1000), newId: randomId }
  connections = createConnections(context, vault, () => Promise.resolve())
})
afterEach(() => database.close())

function owner(workspace = WORKSPACE): Actor {
  return { type: 'person', workspace, personId: 'person_1' as PersonId, name: 'Jane', role: 'owner' }
}

function add(alias: string, changes: Partial<AddConnection> = {}, actor = owner()): Promise<Connection> {
  return connections.add(actor, {
    integration: 'stripe',
    alias,
    account: 'acct_1NffrFeUfNV2Hib',
    mode: 'live',
    kind: 'restricted_key',
    displayName: 'Jane’s Shop',
    credential: new Secret(SECRET),
    makeDefault: false,
    ...changes,
  })
}

const open = (connection: Connection) =>
  connections.withCredential(connection, (credential) => Promise.resolve(credential.reveal()))

const freeze = (id: ConnectionId, actor = owner()) =>
  database.storage.transaction((tx) => connections.freeze(tx, actor, id, 'the key was reused'))

const choose = async (named?: string) => (await connections.choose(WORKSPACE, 'stripe', named)).alias

describe('the credential', () => {
  test('opens for the time of one callback', async () => {
    const connection = await add('main')
    expect(await open(connection)).toBe(SECRET)
    await expect(
      connections.withCredential(connection, () => Promise.reject(new Error('from the callback'))),
    ).rejects.toThrow('from the callback')
  })

  test('is in no file of the database, raw, in base64 or in hex', async () => {
    const connection = await add('main')
    await freeze(connection.id)
    await add('other')
    await connections.remove(owner(), connection.id)
    const stored = Buffer.concat(
      readdirSync(database.folder).map((file) => readFileSync(join(database.folder, file))),
    )
    expect(stored.includes('acct_1NffrFeUfNV2Hib')).toBe(true)
    const spellings = [
      SECRET,
      SECRET.slice(8),
      Buffer.from(SECRET).toString('hex'),
      // At each alignment; the first and last characters also hold bits of the neighbours.
      ...[0, 1, 2].map((shift) =>
        Buffer.concat([Buffer.alloc(shift), Buffer.from(SECRET)])
          .toString('base64')
          .slice(4, -4),
      ),
    ]
    for (const spelling of spellings) {
      for (const text of [spelling, spelling.toUpperCase(), spelling.split('').toReversed().join('')])
        expect(stored.includes(text), text).toBe(false)
    }
  })

  test('is in no connection that is listed, and in no audit row', async () => {
    await add('main')
    const told = JSON.stringify([
      await connections.list(WORKSPACE),
      await context.audit.list(WORKSPACE, { limit: 100 }),
    ])
    expect(told).toContain('acct_1NffrFeUfNV2Hib')
    expect(told).not.toMatch(/rk_live|sealed|wrapped/)
  })

  test.each<[string, 'wrapped_key' | 'sealed_credential' | 'both']>([
    ['with its key', 'both'],
    ['without its key', 'sealed_credential'],
    ['its key alone', 'wrapped_key'],
  ])('does not open when it is moved to another row: %s', async (_how, what) => {
    const mine = await add('mine')
    const victim = await add('victim', { credential: new Secret('rk_live_thevictimskey') })
    const from = await row(victim.id)
    const set =
      what === 'both'
        ? { wrapped_key: from.wrapped_key, sealed_credential: from.sealed_credential }
        : { [what]: from[what] }
    await database.storage.db.updateTable('connections').set(set).where('id', '=', mine.id).execute()
    await expect(open(mine)).rejects.toThrow(VaultError)
    expect(await open(victim)).toBe('rk_live_thevictimskey')
  })

  test.each([
    ['account', 'acct_2'],
    ['mode', 'test'],
    ['workspace', OTHER],
    ['id', 'conn_other'],
  ] as const)('does not open when the %s of its row is changed', async (column, value) => {
    const mine = await add('mine')
    await database.storage.db
      .updateTable('connections')
      .set({ [column]: value })
      .where('id', '=', mine.id)
      .execute()
    const workspace = column === 'workspace' ? OTHER : WORKSPACE
    const [changed] = await connections.list(workspace)
    if (changed === undefined) throw new Error('not listed')
    await expect(open(changed)).rejects.toThrow(VaultError)
  })

  test('does not open under another master key', async () => {
    const connection = await add('main')
    const stranger = createConnections(context, createVault(Buffer.alloc(32, 2)), () => Promise.resolve())
    await expect(stranger.withCredential(connection, () => Promise.resolve(1))).rejects.toThrow(VaultError)
  })

  function row(id: string) {
    return database.storage.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  }
})

describe('which connection is meant', () => {
  test('the one that is named, by alias or by id', async () => {
    const main = await add('main')
    await add('second')
    expect(await choose('main')).toBe('main')
    expect(await choose('second')).toBe('second')
    expect(await choose(main.id)).toBe('main')
  })

  test('else the default', async () => {
    await add('main', { makeDefault: true })
    await add('second')
    expect(await choose()).toBe('main')
  })

  test('never a guess: with one that is no default, somebody has to say', async () => {
    await add('main')
    await expect(choose()).rejects.toMatchObject({
      code: 'connection_ambiguous',
      details: { connections: ['main'] },
    })
    await add('second')
    await expect(choose()).rejects.toMatchObject({ details: { connections: ['main', 'second'] } })
  })

  test.each(['', 'MAIN', 'mai', 'main ', '*', 'conn_other', '__proto__'])(
    'a name that is none (%j) is not taken for the default',
    async (named) => {
      await add('main', { makeDefault: true })
      await expect(choose(named)).rejects.toMatchObject({
        code: 'connection_not_found',
        details: { connections: ['main'] },
      })
    },
  )

  test('none at all says what to do', async () => {
    await expect(choose()).rejects.toMatchObject({ code: 'missing_connection' })
    await expect(choose('main')).rejects.toMatchObject({ code: 'missing_connection' })
  })

  test("another workspace's connections are not there, by no name", async () => {
    const theirs = await add('theirs', { makeDefault: true }, owner(OTHER))
    await expect(choose(theirs.id)).rejects.toMatchObject({ code: 'missing_connection' })
    await add('mine')
    await expect(choose('theirs')).rejects.toMatchObject({ code: 'connection_not_found' })
    await expect(choose(theirs.id)).rejects.toMatchObject({ code: 'connection_not_found' })
    await expect(connections.get(WORKSPACE, theirs.id)).rejects.toMatchObject({
      code: 'connection_not_found',
    })
    await expect(connections.remove(owner(), theirs.id)).rejects.toMatchObject({
      code: 'connection_not_found',
    })
    await freeze(theirs.id)
    expect(await open(theirs)).toBe(SECRET)
  })

  test("another integration's connections are not there either", async () => {
    await add('bank', { integration: 'bank', makeDefault: true })
    await expect(choose('bank')).rejects.toMatchObject({ code: 'missing_connection' })
  })
})

describe('the default', () => {
  const defaults = async () =>
    (await connections.list(WORKSPACE)).filter(({ isDefault }) => isDefault).map(({ alias }) => alias)

  test('a new connection never becomes it by itself, not even the first one', async () => {
    await add('first')
    expect(await defaults()).toEqual([])
    await add('chosen', { makeDefault: true })
    await add('later')
    expect(await defaults()).toEqual(['chosen'])
  })

  test('there is one of them at most', async () => {
    await add('first', { makeDefault: true })
    await add('second', { makeDefault: true })
    expect(await defaults()).toEqual(['second'])
  })

  test('of one integration or workspace is no concern of another', async () => {
    await add('first', { makeDefault: true })
    await add('bank', { integration: 'bank', makeDefault: true })
    await add('theirs', { makeDefault: true }, owner(OTHER))
    expect(await choose()).toBe('first')
    expect((await connections.choose(WORKSPACE, 'bank', undefined)).alias).toBe('bank')
  })

  test('that is removed is not replaced by another', async () => {
    const first = await add('first', { makeDefault: true })
    await add('second')
    await connections.remove(owner(), first.id)
    await expect(choose()).rejects.toMatchObject({ code: 'connection_ambiguous' })
  })

  test('that is frozen is still the one that is meant, and does not open', async () => {
    const first = await add('first', { makeDefault: true })
    await add('second')
    await freeze(first.id)
    const chosen = await connections.choose(WORKSPACE, 'stripe', undefined)
    expect(chosen).toMatchObject({ alias: 'first', state: 'frozen' })
    await expect(open(chosen)).rejects.toMatchObject({ code: 'connection_frozen' })
  })
})

describe('a frozen connection', () => {
  test('does not open, also for somebody who chose it before, and says why', async () => {
    const connection = await add('main')
    await freeze(connection.id)
    await expect(open(connection)).rejects.toMatchObject({
      code: 'connection_frozen',
      message: expect.stringContaining('the key was reused'),
    })
    expect(await connections.get(WORKSPACE, connection.id)).toMatchObject({
      state: 'frozen',
      stateReason: 'the key was reused',
    })
    const rows = await context.audit.list(WORKSPACE, { subject: connection.id, limit: 10 })
    expect(rows.at(-1)).toMatchObject({
      action: 'connection.frozen',
      detail: { reason: 'the key was reused' },
    })
  })

  test('is not frozen if the transaction around it fails', async () => {
    const connection = await add('main')
    await expect(
      database.storage.transaction(async (tx) => {
        await connections.freeze(tx, owner(), connection.id, 'fault')
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    expect(await open(connection)).toBe(SECRET)
  })

  test('keeps its first reason', async () => {
    const connection = await add('main')
    await freeze(connection.id)
    await database.storage.transaction((tx) => connections.freeze(tx, owner(), connection.id, 'again'))
    expect((await connections.get(WORKSPACE, connection.id)).stateReason).toBe('the key was reused')
  })
})

describe('a removed connection', () => {
  test('does not open, is not listed, and its sealed credential is gone', async () => {
    const connection = await add('main', { makeDefault: true })
    await connections.remove(owner(), connection.id)
    await expect(open(connection)).rejects.toMatchObject({ code: 'connection_not_found' })
    expect(await connections.list(WORKSPACE)).toEqual([])
    await expect(choose('main')).rejects.toMatchObject({ code: 'missing_connection' })
    const row = await database.storage.db.selectFrom('connections').selectAll().executeTakeFirstOrThrow()
    expect(row.wrapped_key.length + row.sealed_credential.length).toBe(0)
    expect(await connections.get(WORKSPACE, connection.id)).toMatchObject({
      state: 'removed',
      isDefault: false,
    })
  })

  test('leaves its alias to a new one, and does not come back with it', async () => {
    const connection = await add('main')
    await connections.remove(owner(), connection.id)
    await add('main', { credential: new Secret('rk_live_thenewkey') })
    await expect(open(connection)).rejects.toMatchObject({ code: 'connection_not_found' })
    expect(await choose('main')).toBe('main')
    await expect(connections.remove(owner(), connection.id)).rejects.toMatchObject({
      code: 'connection_not_found',
    })
    await freeze(connection.id)
    expect((await connections.get(WORKSPACE, connection.id)).state).toBe('removed')
  })
})

describe('an alias', () => {
  test.each(['a', '0', 'main', 'eu-shop_2', 'a'.repeat(40)])('may be %j', async (alias) => {
    expect((await add(alias)).alias).toBe(alias)
  })

  test.each(['', 'Main', '-a', '_a', 'a b', 'a\n', 'ä', 'a.b', 'a/b', '*', 'a'.repeat(41), 'a\u200B'])(
    'may not be %j',
    async (alias) => {
      await expect(add(alias)).rejects.toMatchObject({ code: 'invalid_params' })
      expect(await connections.list(WORKSPACE)).toEqual([])
    },
  )

  test('is had once in a workspace, and nothing changes when it is tried again', async () => {
    await add('main', { makeDefault: true })
    await expect(add('main', { makeDefault: true, account: 'acct_2' })).rejects.toMatchObject({
      code: 'alias_taken',
    })
    expect(await connections.list(WORKSPACE)).toMatchObject([
      { alias: 'main', account: 'acct_1NffrFeUfNV2Hib', isDefault: true },
    ])
    await add('main', {}, owner(OTHER))
    expect(await context.audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 1 })
  })
})

test('the list is in the order in which they were added', async () => {
  for (const alias of ['c', 'a', 'b']) await add(alias)
  expect((await connections.list(WORKSPACE)).map(({ alias }) => alias)).toEqual(['c', 'a', 'b'])
})

test('where the audit row cannot be written, nothing is connected or removed', async () => {
  const connection = await add('main')
  const audit = { ...context.audit, append: () => Promise.reject(new Error('disk full')) }
  const broken = createConnections({ ...context, audit }, vault, () => Promise.resolve())
  const { id, workspace, isDefault, state, stateReason, createdAt, ...rest } = connection
  const input = { ...rest, alias: 'second', credential: new Secret(SECRET), makeDefault: true }
  await expect(broken.add(owner(), input)).rejects.toThrow('disk full')
  await expect(broken.remove(owner(), id)).rejects.toThrow('disk full')
  expect(await connections.list(workspace)).toEqual([connection])
  expect({ isDefault, state, stateReason, createdAt }).toMatchObject({ isDefault: false, state: 'active' })
})

test.each([{ mode: 'sandbox' }, { state: 'thawed' }, { kind: 'publishable_key' }])(
  'a stored %j is an error, never a guess',
  (change) => {
    const row = {
      id: 'conn_1',
      workspace: WORKSPACE,
      integration: 'stripe',
      account: 'acct_1',
      mode: 'live',
      alias: 'main',
      state: 'active',
      state_reason: null,
      kind: 'secret_key',
      display_name: 'Shop',
      is_default: 0,
      created_at: '2026-11-01T00:00:00.000Z',
    }
    expect(connectionOf(row)).toMatchObject({ mode: 'live', isDefault: false })
    expect(() => connectionOf({ ...row, ...change })).toThrow('is none of')
  },
)
