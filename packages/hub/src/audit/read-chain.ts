import { setImmediate } from 'node:timers/promises'
import type { AuditSegmentsTable, AuditTable } from '../storage/schema.ts'
import type { Db } from '../storage/storage.ts'

const PAGE_ROWS = 1_000

/** A page of rows, or the place where rows have left the database for a file. */
export type Piece = { rows: AuditTable[] } | { sealed: AuditSegmentsTable }

/**
 * The chain from its beginning to row `last`, piece by piece; what the pieces are worth is for the reader to prove.
 * Rows may be added or sealed meanwhile.
 */
export async function* readChain(db: Db, workspace: string, last: number | null): AsyncGenerator<Piece> {
  let reached = 0
  let isFirstPage = true
  for (;;) {
    const sealed = await segmentOf(db, workspace, reached + 1)
    if (sealed !== undefined) {
      yield { sealed }
      reached = sealed.last_seq
      continue
    }
    if (last === null || reached === last) return
    let query = db.selectFrom('audit').selectAll().where('workspace', '=', workspace)
    // The first page has no lower bound: a row put in before the first one must not hide there.
    if (!isFirstPage) query = query.where('seq', '>', reached)
    const rows = await query.where('seq', '<=', last).orderBy('seq').limit(PAGE_ROWS).execute()
    const [first] = rows
    const end = rows.at(-1)
    if (first === undefined || end === undefined) return
    // Sealed between the two statements.
    if (first.seq > reached + 1 && (await segmentOf(db, workspace, reached + 1)) !== undefined) continue
    yield { rows }
    reached = end.seq
    isFirstPage = false
    // A page is read and proven without waiting for anything: others have their turn here.
    await setImmediate()
  }
}

function segmentOf(db: Db, workspace: string, seq: number): Promise<AuditSegmentsTable | undefined> {
  return db
    .selectFrom('audit_segments')
    .selectAll()
    .where('workspace', '=', workspace)
    .where('first_seq', '<=', seq)
    .where('last_seq', '>=', seq)
    .executeTakeFirst()
}
