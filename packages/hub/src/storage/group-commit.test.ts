import SQLite from 'better-sqlite3'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestStorage, type TestStorage } from './test-storage.ts'
import type { Tx } from './storage.ts'

let database: TestStorage
beforeEach(async () => {
  database = await openTestStorage()
})
afterEach(() => database.close())

const put = (tx: Tx, name: string) => tx.insertInto('hub_facts').values({ name, value: 'x' }).execute()
const names = async (): Promise<string[]> =>
  (await database.storage.db.selectFrom('hub_facts').select('name').orderBy('name').execute()).map(
    (row) => row.name,
  )

test('a transaction that fails undoes nothing of those that share its commit', async () => {
  const { transaction } = database.storage
  const outcomes = await Promise.allSettled([
    transaction((tx) => put(tx, 'a')),
    transaction(async (tx) => {
      await put(tx, 'b')
      throw new Error('after b')
    }),
    // The second of the same name breaks the primary key, inside the database.
    transaction((tx) => put(tx, 'a')),
    transaction((tx) => put(tx, 'c')),
  ])
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ])
  expect(await names()).toEqual(['a', 'c'])
})

test('each sees what those before it did, in the order in which they were asked for', async () => {
  const { transaction } = database.storage
  const seen = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      transaction(async (tx) => {
        const before = await tx.selectFrom('hub_facts').select('name').execute()
        await put(tx, String(index).padStart(3, '0'))
        return before.length
      }),
    ),
  )
  expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index))
})

test('what is told as done can be read by another connection at once', async () => {
  const other = new SQLite(database.file, { readonly: true })
  const count = other.prepare('select count(*) as n from hub_facts where name = ?')
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await database.storage.transaction((tx) => put(tx, `row ${index}`))
      expect(count.get(`row ${index}`)).toEqual({ n: 1 })
    }),
  )
  other.close()
})

test('if the commit itself fails, everybody who shared it hears so, and nothing is there', async () => {
  const { storage } = database
  const outcomes = await Promise.allSettled([
    storage.transaction((tx) => put(tx, 'a')),
    storage.transaction(async (tx) => {
      // The transaction is gone under its neighbours, as on a full disk.
      await sql`rollback`.execute(tx)
    }),
    storage.transaction((tx) => put(tx, 'c')),
  ])
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await names()).toEqual([])
  await storage.transaction((tx) => put(tx, 'later'))
  expect(await names()).toEqual(['later'])
})
