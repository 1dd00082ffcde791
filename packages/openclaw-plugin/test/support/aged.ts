import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { TestHub } from '../../../hub/test/support/test-hub.ts'

/** As if the minutes had passed: the confirmation ends this many milliseconds from now. */
export function endSoon({ home }: TestHub, confirmation: string, inMs: number): void {
  const db = new Database(join(home, 'data', 'hub.db'))
  const end = Date.now() + inMs
  const changed = db
    .prepare(
      `UPDATE confirmations SET expires_at = ?, progress = json_set(progress, '$.expiresAt', ?) WHERE id = ? AND state = 'pending'`,
    )
    .run(new Date(end).toISOString(), end, confirmation)
  db.close()
  if (changed.changes !== 1) throw new Error(`${confirmation} does not wait`)
}
