import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStorage, type Db, type Storage } from './storage.ts'
import { openTestStorage, type TestStorage } from './test-storage.ts'

let database: TestStorage
let storage: Storage
beforeEach(async () => {
  database = await openTestStorage()
  storage = database.storage
})
afterEach(() => database.close())

const facts = (db: Db) => db.selectFrom('hub_facts').selectAll().orderBy('name').execute()
const put = (db: Db, name: string, value = 'x') =>
  db.insertInto('hub_facts').values({ name, value }).execute()

async function pragma(name: string): Promise<unknown> {
  const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(storage.db)
  return Object.values(rows[0] ?? {})[0]
}

test('a commit reaches the disk before it is acted on: WAL, synchronous FULL', async () => {
  expect(await pragma('journal_mode')).toBe('wal')
  expect(await pragma('synchronous')).toBe(2)
  expect(await pragma('foreign_keys')).toBe(1)
  expect(await pragma('busy_timeout')).toBe(5_000)
})

test('only the owner of the hub can read its files, also those beside the database', async () => {
  await put(storage.db, 'a')
  const files = readdirSync(database.folder)
  expect(files).toContain('hub.db-wal')
  if (process.platform === 'win32') return
  for (const file of files) expect(statSync(join(database.folder, file)).mode & 0o077, file).toBe(0)
})

test('what a transaction did is there for everybody afterwards', async () => {
  const result = await storage.transaction(async (tx) => {
    await put(tx, 'a')
    return 'done'
  })
  expect(result).toBe('done')
  const other = await openStorage(database.file)
  expect(await facts(other.db)).toEqual([{ name: 'a', value: 'x' }])
  await other.close()
})

test('a transaction that fails leaves nothing behind, and the next one works', async () => {
  await expect(
    storage.transaction(async (tx) => {
      await put(tx, 'a')
      await put(tx, 'b')
      throw new Error('in the middle')
    }),
  ).rejects.toThrow('in the middle')
  await expect(
    storage.transaction(async (tx) => {
      await put(tx, 'c')
      await put(tx, 'c')
    }),
  ).rejects.toThrow('UNIQUE')
  expect(await facts(storage.db)).toEqual([])
  await storage.transaction((tx) => put(tx, 'd'))
  expect(await facts(storage.db)).toEqual([{ name: 'd', value: 'x' }])
})

test('on a full disk a transaction says so, though SQLite has rolled back by itself', async () => {
  await sql.raw('pragma max_page_count = 1').execute(storage.db)
  const full = Array.from({ length: 3 }, () => put(storage.db, 'x'.repeat(100_000)))
  const inside = storage.transaction((tx) => put(tx, 'y'.repeat(100_000)))
  const results = await Promise.allSettled([...full, inside])
  for (const result of results) expect(result).toMatchObject({ reason: { code: 'SQLITE_FULL' } })
  await sql.raw('pragma max_page_count = 4294967294').execute(storage.db)
  await storage.transaction((tx) => put(tx, 'z'))
})

test('transactions of one process come one after the other: none sees half of another', async () => {
  await put(storage.db, 'count', '0')
  const add = () =>
    storage.transaction(async (tx) => {
      const [row] = await facts(tx)
      await new Promise((resolve) => setImmediate(resolve))
      await tx
        .updateTable('hub_facts')
        .set({ value: String(Number(row?.value) + 1) })
        .execute()
    })
  await Promise.all(Array.from({ length: 30 }, add))
  expect(await facts(storage.db)).toEqual([{ name: 'count', value: '30' }])
})

test('two processes that write at the same time lose nothing', async () => {
  await put(storage.db, 'count', '0')
  const children = [start('count', database.file, '40'), start('count', database.file, '40')]
  await Promise.all(children.map((child) => once(child, 'message')))
  const ends = Promise.all(children.map((child) => once(child, 'exit')))
  for (const child of children) child.send('go')
  expect(await ends).toEqual([
    [0, null],
    [0, null],
  ])
  expect(await facts(storage.db)).toEqual([{ name: 'count', value: '80' }])
})

test('two processes that make the same new database both get it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-storage-'))
  const children = [1, 2, 3].map(() => start('open', join(folder, 'new.db')))
  await Promise.all(children.map((child) => once(child, 'message')))
  const ends = Promise.all(children.map((child) => once(child, 'exit')))
  for (const child of children) child.send('go')
  expect(await ends).toEqual(children.map(() => [0, null]))
  rmSync(folder, { recursive: true })
})

test('what was committed is there after the process was killed, and what was not is gone', async () => {
  const child = start('crash', database.file)
  await once(child, 'message')
  child.send('go')
  await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const again = await openStorage(database.file)
  expect(await facts(again.db)).toEqual([{ name: 'committed', value: 'x' }])
  await again.transaction((tx) => put(tx, 'after'))
  await again.close()
})

test('a database is opened again as it was left, with no migration run twice', async () => {
  await put(storage.db, 'a')
  await storage.close()
  storage = await openStorage(database.file)
  database.storage = storage
  expect(await facts(storage.db)).toEqual([{ name: 'a', value: 'x' }])
})

test('a migration that fails in the middle leaves none of its tables, and works when it is tried again', async () => {
  const file = join(database.folder, 'half.db')
  const half = new SQLite(file)
  half.exec('create table audit_heads (x)')
  await expect(openStorage(file)).rejects.toThrow('already exists')
  half.exec('drop table audit_heads')
  half.close()
  const whole = await openStorage(file)
  await whole.transaction((tx) => put(tx, 'a'))
  await whole.close()
})

test('a folder that is not there is made for its owner alone', async () => {
  const folder = join(database.folder, 'new', 'data')
  const made = await openStorage(join(folder, 'hub.db'))
  await made.close()
  if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('a file that is no database is refused and left as it is', async () => {
  const file = join(database.folder, 'text.db')
  writeFileSync(file, 'x'.repeat(5_000))
  await expect(openStorage(file)).rejects.toThrow(expect.objectContaining({ code: 'SQLITE_NOTADB' }))
  chmodSync(file, 0o600)
  expect(statSync(file).size).toBe(5_000)
})

test('the tables and columns are those of the schema', async () => {
  const tables = await storage.db.introspection.getTables()
  const names = tables.map(({ name }) => name).filter((name) => !name.startsWith('kysely'))
  expect(names.toSorted()).toEqual(
    [
      'audit',
      'audit_heads',
      'audit_segments',
      'confirmations',
      'connections',
      'devices',
      'hub_facts',
      'oauth_records',
      'oauth_replays',
      'passkey_challenges',
      'passkeys',
      'people',
      'policies',
      'policy_usage',
      'seen_ids',
      'sessions',
      'setup_links',
      'workspaces',
    ].toSorted(),
  )
  for (const table of tables) {
    if (table.name.startsWith('kysely')) continue
    for (const column of table.columns)
      expect(['text', 'integer', 'blob'], `${table.name}.${column.name}`).toContain(
        column.dataType.toLowerCase(),
      )
  }
})

function start(task: string, ...args: string[]): ChildProcess {
  return fork(new URL('test-process.ts', import.meta.url), [task, ...args])
}
