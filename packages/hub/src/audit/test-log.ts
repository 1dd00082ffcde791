import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import type { Actor } from '../contract/actor.ts'
import type { WorkspaceId } from '../contract/ids.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { createAudit, type Audit } from './audit.ts'
import { segmentPath } from './segment-file.ts'

export const WORKSPACE = 'ws_default' as WorkspaceId
export const KEY = Buffer.alloc(32, 7)
export const OPERATOR: Actor = { type: 'system', workspace: WORKSPACE, part: 'terminal' }
export const DAY_MS = 24 * 60 * 60 * 1000

/** A log with its folder, and what somebody can do to it who has the machine but not the key. For tests alone. */
export interface TestLog {
  database: TestStorage
  audit: Audit
  folder: string
  checkpoints: string
  now: number
  append(subject?: string, detail?: Record<string, unknown>): Promise<void>
  fill(rows: number): Promise<void>
  /** Seals everything that is there. */
  seal(): Promise<{ file: string; first: number; last: number }[]>
  tamper(...statements: string[]): Promise<void>
  /** The text of a sealed segment, changed and put back. */
  editSegment(first: number, last: number, change: (lines: string[]) => string[]): void
  segment(first: number, last: number): string
  /** Rows, head and segments as they are, and a way back to them. */
  snapshot(): Promise<() => Promise<void>>
  close(): Promise<void>
}

const TABLES = ['audit', 'audit_heads', 'audit_segments'] as const

export async function openTestLog(): Promise<TestLog> {
  const database = await openTestStorage()
  const { storage } = database
  const folder = join(database.folder, 'audit')
  mkdirSync(folder)
  const tamper: TestLog['tamper'] = async (...statements) => {
    for (const statement of statements) await sql.raw(statement).execute(storage.db)
  }
  const segment: TestLog['segment'] = (first, last) =>
    segmentPath(folder, { workspace: WORKSPACE, first_seq: first, last_seq: last })
  const log: TestLog = {
    database,
    audit: createAudit(storage.db, KEY, () => log.now, folder),
    folder,
    checkpoints: join(folder, 'checkpoints.jsonl'),
    now: Date.UTC(2026, 10, 1),
    append: (subject = 'subject', detail = {}) =>
      storage.transaction((tx) =>
        log.audit.append(tx, { actor: OPERATOR, action: 'thing.done', subject, detail }),
      ),
    fill: (rows) =>
      storage.transaction(async (tx) => {
        for (let row = 1; row <= rows; row += 1)
          await log.audit.append(tx, { actor: OPERATOR, action: 'thing.done', subject: `subject_${row}` })
      }),
    seal: () => log.audit.seal(OPERATOR, { before: '2100-01-01T00:00:00.000Z', evenIfYoung: true }),
    tamper,
    segment,
    editSegment(first, last, change) {
      const lines = gunzipSync(readFileSync(segment(first, last)))
        .toString()
        .trimEnd()
        .split('\n')
      writeFileSync(
        segment(first, last),
        gzipSync(
          change(lines)
            .map((line) => `${line}\n`)
            .join(''),
        ),
      )
    },
    async snapshot() {
      await tamper(
        ...TABLES.flatMap((table) => [
          `drop table if exists old_${table}`,
          `create table old_${table} as select * from ${table}`,
        ]),
      )
      return () =>
        tamper(
          ...TABLES.flatMap((table) => [
            `delete from ${table}`,
            `insert into ${table} select * from old_${table}`,
          ]),
        )
    },
    close: () => database.close(),
  }
  return log
}
