import type { Actor } from '../contract/actor.ts'
import type { WorkspaceId } from '../contract/ids.ts'
import type { Append } from './entry.ts'
import { appendCheckpoint, lastCheckpoint } from './checkpoint-file.ts'
import type { Checkpoint } from './checkpoint.ts'
import { makeCheckpoint, type AuditLog } from './log.ts'

/** At most so many rows, and rows of so long, can be taken away together with the head without a trace on this machine. */
export const CHECKPOINT_EVERY_ROWS = 1_000
export const CHECKPOINT_EVERY_MS = 60 * 60 * 1000

/**
 * At the start of a hub: says in the log itself what the file of checkpoints tells, so that no loss of the file and
 * no older database put in place passes unnoticed, and begins the file if there is none.
 */
export async function beginCheckpoints(log: AuditLog, workspace: WorkspaceId, append: Append): Promise<void> {
  const { folder } = log
  if (folder === undefined) return
  const actor: Actor = { type: 'system', workspace, part: 'hub' }
  const last = await lastCheckpoint(log.chain, folder, workspace)
  const now = await makeCheckpoint(log, workspace)
  const entry =
    last === undefined
      ? { action: 'audit.checkpoints_begun', detail: { after_row: now?.seq ?? 0 } }
      : now === undefined || now.seq < last.seq || (now.seq === last.seq && now.hash !== last.hash)
        ? { action: 'audit.rows_lost', detail: { had_row: last.seq, at: last.at, after_row: now?.seq ?? 0 } }
        : undefined
  if (entry !== undefined) {
    await log.db.transaction().execute((tx) => append(tx, { actor, subject: workspace, ...entry }))
  }
  await keepCheckpoint(log, workspace, { evenIfFew: true })
}

/** Writes a checkpoint if there are rows enough since the last one, or it is old; answers it. */
export async function keepCheckpoint(
  log: AuditLog,
  workspace: WorkspaceId,
  { evenIfFew = false } = {},
): Promise<Checkpoint | undefined> {
  const { folder } = log
  if (folder === undefined) return undefined
  const [last, now] = [
    await lastCheckpoint(log.chain, folder, workspace),
    await makeCheckpoint(log, workspace),
  ]
  if (now === undefined || now.hash === last?.hash) return undefined
  const isDue =
    evenIfFew ||
    last === undefined ||
    Math.abs(now.seq - last.seq) >= CHECKPOINT_EVERY_ROWS ||
    log.now() - Date.parse(last.at) >= CHECKPOINT_EVERY_MS
  if (!isDue) return undefined
  await appendCheckpoint(folder, now)
  return now
}
