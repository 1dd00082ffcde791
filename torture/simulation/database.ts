import SQLite from 'better-sqlite3'
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../packages/hub/src/storage/migrations.ts'
import type { Database } from '../../packages/hub/src/storage/schema.ts'
import type { Db } from '../../packages/hub/src/storage/storage.ts'

/** An audit row, as its statement wrote it. */
export interface TappedRow {
  workspace: string
  seq: number
  at: string
  actor: string
  action: string
  subject: string
  detail: string
}

export type CommitFault = 'none' | 'fails' | 'answer_lost'

/** A real SQLite database in memory, and what was committed to it, as seen from outside of the code that writes. */
export interface SimDatabase {
  db: Db
  sqlite: SQLite.Database
  /** Asked at every commit. */
  commitFault: () => CommitFault
  /** Committed audit rows since `forget`, in order. */
  audit: readonly TappedRow[]
  commits(): number
  forget(): void
  close(): Promise<void>
}

export class InjectedFailure extends Error {
  override name = 'InjectedFailure'
}

export async function openSimDatabase(): Promise<SimDatabase> {
  const sqlite = new SQLite(':memory:')
  const statements = new Map<string, SQLite.Statement>()
  let committed: TappedRow[] = []
  let pending: TappedRow[] = []
  let savepoint = 0
  let commits = 0
  let isGone = false

  const control: Record<string, (run: () => SQLite.RunResult) => SQLite.RunResult> = {
    'savepoint work': (run) => {
      savepoint = pending.length
      return run()
    },
    'rollback to savepoint work': (run) => {
      pending.length = savepoint
      return run()
    },
    rollback(run) {
      pending = []
      // After a commit whose answer was lost there is nothing left to roll back.
      if (!isGone) return run()
      isGone = false
      return { changes: 0, lastInsertRowid: 0 }
    },
    commit(run) {
      const fault = self.commitFault()
      if (fault === 'fails') throw new InjectedFailure('disk I/O error')
      const result = run()
      commits += 1
      committed.push(...pending)
      pending = []
      if (fault === 'none') return result
      isGone = true
      throw new InjectedFailure('the answer to the commit was lost')
    },
  }

  const wrap = (sql: string): SqliteStatement => {
    const statement = statements.get(sql) ?? sqlite.prepare(sql)
    statements.set(sql, statement)
    const columns = /^insert into "audit" \(([^)]*)\)/.exec(sql)?.[1]?.replaceAll('"', '').split(', ')
    return {
      reader: statement.reader,
      all: (parameters) => statement.all(parameters),
      run(parameters) {
        if (columns !== undefined) {
          const row = Object.fromEntries(columns.map((column, index) => [column, parameters[index]]))
          pending.push(row as unknown as TappedRow)
        }
        const run = (): SQLite.RunResult => statement.run(parameters)
        const controlled = control[sql]
        return controlled === undefined ? run() : controlled(run)
      },
      iterate: (parameters) => statement.iterate(parameters),
    }
  }
  const wrapped = new Map<string, SqliteStatement>()
  const shim: SqliteDatabase = {
    prepare(sql) {
      const known = wrapped.get(sql) ?? wrap(sql)
      wrapped.set(sql, known)
      return known
    },
    close: () => sqlite.close(),
  }

  const plain = new Kysely<Database>({ dialect: new SqliteDialect({ database: sqlite }) })
  const { error } = await new Migrator({
    db: plain,
    provider: { getMigrations: () => Promise.resolve(migrations('blob')) },
  }).migrateToLatest()
  if (error !== undefined) throw error instanceof Error ? error : new Error('the migrations failed')

  const db: Db = new Kysely<Database>({ dialect: new SqliteDialect({ database: shim }) })
  const self: SimDatabase = {
    db,
    sqlite,
    commitFault: () => 'none',
    get audit() {
      return committed
    },
    commits: () => commits,
    forget() {
      committed = []
    },
    close: () => db.destroy(),
  }
  return self
}
