import { isoTime, type Now } from '../contract/ids.ts'
import type { AuditHeadsTable } from '../storage/schema.ts'
import type { Db } from '../storage/storage.ts'
import { isEqual, type Chain } from './chain.ts'
import type { Checkpoint } from './checkpoint.ts'

/** What the operations on the log work with. */
export interface AuditLog {
  db: Db
  chain: Chain
  now: Now
  /** Where checkpoints and sealed segments are, outside the database. Without it there are none. */
  folder: string | undefined
}

export class AuditHeadChanged extends Error {
  override name = 'AuditHeadChanged'
}

/** The recorded end of the chain. What somebody else wrote there is never built on: the next row would make it genuine. */
export async function readHead(
  { chain }: Pick<AuditLog, 'chain'>,
  db: Db,
  workspace: string,
): Promise<AuditHeadsTable | undefined> {
  const head = await db
    .selectFrom('audit_heads')
    .selectAll()
    .where('workspace', '=', workspace)
    .executeTakeFirst()
  if (head !== undefined && !isEqual(head.mac, chain.macHead(head)))
    throw new AuditHeadChanged('the record of the end of the audit log was changed')
  return head
}

/** A checkpoint of the log as it stands; `undefined` while it is empty. */
export async function makeCheckpoint(log: AuditLog, workspace: string): Promise<Checkpoint | undefined> {
  const head = await readHead(log, log.db, workspace)
  if (head === undefined) return undefined
  const checkpoint = { workspace, seq: head.seq, hash: head.hash, at: isoTime(log.now()) }
  return { ...checkpoint, mac: log.chain.macCheckpoint(checkpoint) }
}
