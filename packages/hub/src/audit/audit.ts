import { createHmac, timingSafeEqual } from 'node:crypto'
import { actorName, type Actor } from '../contract/actor.ts'
import { isoTime, type Now, type WorkspaceId } from '../contract/ids.ts'
import type { AuditTable } from '../storage/schema.ts'
import type { Db, Tx } from '../storage/storage.ts'

export interface AuditEntry {
  actor: Actor
  /** What happened, as `noun.verb`: `confirmation.approved`, `wire.sent`. */
  action: string
  /** What it is about: an id of ours, or a tool's name. */
  subject: string
  /** Facts worth proving later. Never a secret: the caller passes ids, amounts, hashes, states. */
  detail?: Record<string, unknown>
}

export interface Audit {
  /** Adds a row inside `tx`: it is durable exactly if what it tells of is. */
  append(tx: Tx, entry: AuditEntry): Promise<void>
  /** Walks the whole chain; `ok: false` names the first row that does not fit. */
  verify(workspace: WorkspaceId): Promise<AuditVerdict>
  /** Rows about one subject, or the latest ones, oldest first. */
  list(workspace: WorkspaceId, filter: { subject?: string; limit: number }): Promise<AuditRow[]>
}

export type AuditVerdict =
  | { ok: true; rows: number }
  | { ok: false; rows: number; seq: number; reason: string }

export interface AuditRow {
  seq: number
  at: string
  actor: string
  action: string
  subject: string
  detail: Record<string, unknown>
}

/** The hash before the first row. */
const GENESIS = '0'.repeat(64)

const VERIFY_PAGE_ROWS = 1_000

/** The log of a hub, under a key branch of its own: whoever can write the database but not open the vault cannot forge a row. */
export function createAudit(db: Db, key: Uint8Array, now: Now): Audit {
  const hmac = (text: string): string => createHmac('sha256', key).update(text).digest('hex')
  const rowHash = (row: Omit<AuditTable, 'hash'>): string =>
    hmac(
      // An array, not an object: the order of the parts is then part of the format.
      JSON.stringify([
        'row',
        row.workspace,
        row.seq,
        row.at,
        row.actor,
        row.action,
        row.subject,
        row.detail,
        row.previous_hash,
      ]),
    )
  const headMac = (workspace: string, seq: number, hash: string): string =>
    hmac(JSON.stringify(['head', workspace, seq, hash]))

  return {
    async append(tx, entry) {
      const workspace = entry.actor.workspace
      const head = await tx
        .selectFrom('audit_heads')
        .select(['seq', 'hash'])
        .where('workspace', '=', workspace)
        .executeTakeFirst()
      const row: Omit<AuditTable, 'hash'> = {
        workspace,
        seq: (head?.seq ?? 0) + 1,
        at: isoTime(now()),
        actor: actorName(entry.actor),
        action: entry.action,
        subject: entry.subject,
        detail: JSON.stringify(entry.detail ?? {}),
        previous_hash: head?.hash ?? GENESIS,
      }
      const hash = rowHash(row)
      const mac = headMac(workspace, row.seq, hash)
      await tx
        .insertInto('audit')
        .values({ ...row, hash })
        .execute()
      if (head === undefined) {
        await tx.insertInto('audit_heads').values({ workspace, seq: row.seq, hash, mac }).execute()
        return
      }
      const moved = await tx
        .updateTable('audit_heads')
        .set({ seq: row.seq, hash, mac })
        .where('workspace', '=', workspace)
        .where('seq', '=', head.seq)
        .executeTakeFirst()
      if (moved.numUpdatedRows !== 1n)
        throw new Error('the audit chain was extended by another node meanwhile')
    },

    async verify(workspace) {
      // In one statement, so that rows which are added meanwhile belong to neither or to both.
      const end = await db
        .selectNoFrom((eb) => [
          eb
            .selectFrom('audit')
            .select((row) => row.fn.max('seq').as('seq'))
            .where('workspace', '=', workspace)
            .as('last'),
          eb.selectFrom('audit_heads').select('seq').where('workspace', '=', workspace).as('seq'),
          eb.selectFrom('audit_heads').select('hash').where('workspace', '=', workspace).as('hash'),
          eb.selectFrom('audit_heads').select('mac').where('workspace', '=', workspace).as('mac'),
        ])
        .executeTakeFirstOrThrow()
      let previous = GENESIS
      let rows = 0
      const bad = (reason: string): AuditVerdict => ({ ok: false, rows, seq: rows + 1, reason })
      while (end.last !== null && rows !== end.last) {
        let query = db.selectFrom('audit').selectAll().where('workspace', '=', workspace)
        // The first page has no lower bound: a row put in before the first one must not hide there.
        if (rows > 0) query = query.where('seq', '>', rows)
        const page = await query.where('seq', '<=', end.last).orderBy('seq').limit(VERIFY_PAGE_ROWS).execute()
        if (page.length === 0) return bad('a row is missing here')
        for (const row of page) {
          if (row.seq !== rows + 1)
            return bad(row.seq > rows ? 'a row is missing here' : 'a row was put in here')
          if (row.previous_hash !== previous) return bad('the row does not follow the one before it')
          if (!equal(row.hash, rowHash(row))) return bad('the row was changed')
          previous = row.hash
          rows += 1
        }
      }
      if (end.seq === null || end.hash === null || end.mac === null)
        return rows === 0 ? { ok: true, rows } : bad('the end of the chain is not recorded')
      if (!equal(end.mac, headMac(workspace, end.seq, end.hash)))
        return bad('the record of the end was changed')
      if (end.seq !== rows || end.hash !== previous)
        return bad(`rows are missing at the end (${end.seq} were written)`)
      return { ok: true, rows }
    },

    async list(workspace, filter) {
      let query = db.selectFrom('audit').selectAll().where('workspace', '=', workspace)
      if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject)
      const rows = await query.orderBy('seq', 'desc').limit(filter.limit).execute()
      return rows.reverse().map((row) => ({
        seq: row.seq,
        at: row.at,
        actor: row.actor,
        action: row.action,
        subject: row.subject,
        detail: JSON.parse(row.detail) as Record<string, unknown>,
      }))
    },
  }
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
