import type { Context } from '../audit/context.ts'
import type { Actor } from '../contract/actor.ts'
import { isoTime, type ConfirmationId, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { ConfirmationsTable } from '../storage/schema.ts'
import type { Db, Tx } from '../storage/storage.ts'
import { hashIntent, repeatHash, type Confirmation, type Intent } from './confirmation.ts'
import { reduce, type Event, type Progress, type Refusal } from './reducer.ts'

export type Applied =
  | { ok: true; confirmation: Confirmation }
  | { ok: false; refusal: Refusal; confirmation: Confirmation }

/** Stores a new confirmation with its audit row. */
export async function insertConfirmation(
  context: Context,
  tx: Tx,
  actor: Actor,
  intent: Intent,
  progress: Progress,
): Promise<void> {
  await tx
    .insertInto('confirmations')
    .values({
      id: intent.id,
      workspace: intent.workspace,
      device: intent.device,
      connection: intent.connection,
      state: progress.state,
      intent: JSON.stringify(intent),
      tool: intent.tool,
      repeat_hash: repeatHash(intent),
      progress: JSON.stringify(progress),
      version: 1,
      created_at: intent.createdAt,
      expires_at: isoTime(progress.expiresAt),
      updated_at: intent.createdAt,
    })
    .execute()
  await context.audit.append(tx, {
    actor,
    action: 'confirmation.created',
    subject: intent.id,
    detail: {
      tool: intent.tool,
      connection: intent.connection,
      account: intent.account,
      mode: intent.mode,
      effect: intent.effect,
      needed: intent.needed,
      raised_by: intent.raisedBy,
      allowance: intent.allowance ?? null,
      state: progress.state,
      policy_version: intent.policyVersion,
      intent_hash: hashIntent(intent),
      request_hash: intent.requestHash,
      summary: intent.description.summary,
    },
  })
}

/** The confirmation, or a problem that tells nothing of other workspaces. */
export async function loadConfirmation(db: Db, workspace: WorkspaceId, id: string): Promise<Confirmation> {
  const row = await db
    .selectFrom('confirmations')
    .select(['intent', 'progress', 'version'])
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) {
    throw new Problem('confirmation_not_found', 'There is no such confirmation.', {
      nextStep: 'Make one with clawlink_preview_tool.',
    })
  }
  return confirmationOf(row)
}

/** A node that loses the compare-and-set looks once more: what it lost to has most often decided the matter. */
const TRIES = 2

/** Applies an event by compare-and-set, with the audit row `confirmation.<name>` in the same transaction. */
export async function applyEvent(
  context: Context,
  tx: Tx,
  actor: Actor,
  id: ConfirmationId,
  event: Event,
  name: string,
  detail: Record<string, unknown> = {},
): Promise<Applied> {
  for (let tries = 1; ; tries += 1) {
    const confirmation = await loadConfirmation(tx, actor.workspace, id)
    const { intent, progress, version } = confirmation
    const now = context.now()
    const step = reduce(progress, event, now)
    if (!step.ok) return { ok: false, refusal: step.refusal, confirmation }
    if (await replaceProgress(tx, confirmation, step.progress, now)) {
      await context.audit.append(tx, {
        actor,
        action: `confirmation.${name}`,
        subject: id,
        detail: { from: progress.state, to: step.progress.state, ...detail },
      })
      return { ok: true, confirmation: { intent, progress: step.progress, version: version + 1 } }
    }
    if (tries === TRIES) return { ok: false, refusal: 'contended', confirmation }
  }
}

/** The compare-and-set itself: false if another node changed the confirmation since it was read. */
async function replaceProgress(
  tx: Tx,
  { intent, version }: Confirmation,
  progress: Progress,
  now: number,
): Promise<boolean> {
  const changed = await tx
    .updateTable('confirmations')
    .set({
      state: progress.state,
      progress: JSON.stringify(progress),
      expires_at: isoTime(progress.expiresAt),
      updated_at: isoTime(now),
      version: version + 1,
    })
    .where('workspace', '=', intent.workspace)
    .where('id', '=', intent.id)
    .where('version', '=', version)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** The last time the same write ran (or may have run) since `since`, if it did. */
export async function findRepeat(
  db: Db,
  intent: Pick<Intent, 'workspace' | 'account' | 'mode' | 'tool' | 'requestHash'>,
  since: string,
): Promise<{ id: string; at: string; state: string } | undefined> {
  const row = await db
    .selectFrom('confirmations')
    .select(['id', 'state', 'updated_at'])
    .where('workspace', '=', intent.workspace)
    .where('repeat_hash', '=', repeatHash(intent))
    .where('created_at', '>=', since)
    .where('state', 'in', ['sending', 'reconciling', 'succeeded', 'unknown'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : { id: row.id, at: row.updated_at, state: row.state }
}

/** How many there are in each state as stored, in all workspaces. */
export async function countConfirmations(context: Context): Promise<Array<{ state: string; count: number }>> {
  const rows = await context.storage.db
    .selectFrom('confirmations')
    .select((eb) => ['state', eb.fn.countAll<number | string>().as('count')])
    .groupBy('state')
    .execute()
  return rows.map(({ state, count }) => ({ state, count: Number(count) }))
}

export function confirmationOf(
  row: Pick<ConfirmationsTable, 'intent' | 'progress' | 'version'>,
): Confirmation {
  return {
    intent: JSON.parse(row.intent) as Intent,
    progress: JSON.parse(row.progress) as Progress,
    version: row.version,
  }
}
