import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import SQLite from 'better-sqlite3'
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type Driver,
  type Transaction,
} from 'kysely'
import { Migrator } from 'kysely/migration'
import { createGroupCommit, type RunTransaction } from './group-commit.ts'
import { migrations } from './migrations.ts'
import type { Database } from './schema.ts'

export type Db = Kysely<Database>
export type Tx = Transaction<Database>

export interface Storage {
  db: Db
  /** Runs `work` in one durable transaction: all of it is on disk when the promise resolves, or none of it. */
  transaction: RunTransaction
  close(): Promise<void>
}

/** How long a statement waits for another process (a second terminal) to finish its transaction. */
const BUSY_TIMEOUT_MS = 5_000

/** Opens (and if it is new, makes) the SQLite database at `file`, and brings its schema up to date. */
export async function openStorage(file: string): Promise<Storage> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const sqlite = new SQLite(file, { timeout: BUSY_TIMEOUT_MS })
  await useWriteAheadLog(sqlite)
  // An approval must not be lost with the power: each commit reaches the disk before it is acted on.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  chmodSync(file, 0o600)
  const db: Db = new Kysely<Database>({
    dialect: new ImmediateSqliteDialect({ database: sqlite }),
  })
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations('blob')) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) {
    await db.destroy()
    throw error
  }
  return {
    db,
    transaction: createGroupCommit(db),
    close: () => db.destroy(),
  }
}

/** While another process makes the same new database, SQLite refuses this at once, whatever its busy timeout. */
async function useWriteAheadLog(sqlite: SQLite.Database): Promise<void> {
  const giveUpAt = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      sqlite.pragma('journal_mode = WAL')
      return
    } catch (error) {
      const isBusy = (error as { code?: unknown }).code === 'SQLITE_BUSY'
      if (!isBusy || performance.now() > giveUpAt) throw error
      await setTimeout(10)
    }
  }
}

class ImmediateSqliteDialect extends SqliteDialect {
  readonly #database: SQLite.Database
  constructor(config: { database: SQLite.Database }) {
    super(config)
    this.#database = config.database
  }
  override createDriver(): Driver {
    return new ImmediateSqliteDriver({ database: this.#database })
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter()
  }
}

/** Takes the write lock at `begin`: a read that later turns into a write could otherwise fail in the middle. */
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(
    connection: Parameters<SqliteDriver['beginTransaction']>[0],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** Where a disk is full or broken, SQLite has often rolled back by itself: what went wrong is then the news, not this. */
  override async rollbackTransaction(
    connection: Parameters<SqliteDriver['rollbackTransaction']>[0],
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback')).catch((error: unknown) => {
      if (!String(error).includes('no transaction is active')) throw error
    })
  }
}

/** Each migration is one transaction: a crash in the middle leaves none of it, and two processes do not both run it. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
