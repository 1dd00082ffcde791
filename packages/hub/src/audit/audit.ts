import { actorName, type Actor } from '../contract/actor.ts'
import { isoTime, type Now, type WorkspaceId } from '../contract/ids.ts'
import type { AuditTable } from '../storage/schema.ts'
import type { Db } from '../storage/storage.ts'
import { BEGINNING, createChain } from './chain.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Append } from './entry.ts'
import { exportAudit, type ExportOptions } from './export.ts'
import { beginCheckpoints, keepCheckpoint } from './keep-checkpoints.ts'
import { makeCheckpoint, readHead, type AuditLog } from './log.ts'
import { sealAudit, type Seal, type SealedSegment } from './seal.ts'
import { verifyAudit, type AuditVerdict, type VerifyOptions } from './verify.ts'

export type { AuditEntry } from './entry.ts'
export type { AuditVerdict } from './verify.ts'

export interface Audit {
  /** Adds a row inside `tx`: it is durable exactly if what it tells of is. */
  append: Append
  /** Walks the whole chain; `ok: false` names the first row that does not fit. */
  verify(workspace: WorkspaceId, options?: VerifyOptions): Promise<AuditVerdict>
  /** Rows about one subject, or the latest ones, oldest first. Sealed rows are in exports alone. */
  list(workspace: WorkspaceId, filter: { subject?: string; limit: number }): Promise<AuditRow[]>
  export(workspace: WorkspaceId, options: ExportOptions): AsyncGenerator<string>
  seal(actor: Actor, input: Seal): Promise<SealedSegment[]>
  /** For keeping elsewhere: says what was there, to whoever has the key. */
  checkpoint(workspace: WorkspaceId): Promise<Checkpoint | undefined>
  /** Once at the start of a hub, before the first `keepCheckpoint`. */
  beginCheckpoints(workspace: WorkspaceId): Promise<void>
  /** Writes a checkpoint beside the database if one is due, or there is any new row. */
  keepCheckpoint(workspace: WorkspaceId, options?: { evenIfFew?: boolean }): Promise<Checkpoint | undefined>
}

export interface AuditRow {
  seq: number
  at: string
  actor: string
  action: string
  subject: string
  detail: Record<string, unknown>
}

/** The log of a hub; `folder` is where its checkpoints and sealed segments are. */
export function createAudit(db: Db, key: Uint8Array, now: Now, folder?: string): Audit {
  const chain = createChain(key)
  const log: AuditLog = { db, chain, now, folder }

  const append: Audit['append'] = async (tx, entry) => {
    const workspace = entry.actor.workspace
    const head = await readHead(log, tx, workspace)
    const row: Omit<AuditTable, 'hash'> = {
      workspace,
      seq: (head?.seq ?? BEGINNING.seq) + 1,
      at: isoTime(now()),
      actor: actorName(entry.actor),
      action: entry.action,
      // A database keeps no half of a character: the hash would be over another text than what is read back.
      subject: entry.subject.toWellFormed(),
      detail: JSON.stringify(entry.detail ?? {}),
      previous_hash: head?.hash ?? BEGINNING.hash,
    }
    const hash = chain.hashRow(row)
    const mac = chain.macHead({ workspace, seq: row.seq, hash })
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
    if (moved.numUpdatedRows !== 1n) throw new Error('the audit chain was extended by another node meanwhile')
  }

  return {
    append,
    verify: (workspace, options) => verifyAudit(log, workspace, options),
    export: (workspace, options) => exportAudit(log, workspace, options),
    seal: (actor, input) => sealAudit(log, actor, input, append),
    checkpoint: (workspace) => makeCheckpoint(log, workspace),
    beginCheckpoints: (workspace) => beginCheckpoints(log, workspace, append),
    keepCheckpoint: (workspace, options) => keepCheckpoint(log, workspace, options),

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
