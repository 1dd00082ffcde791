import type { Context } from '../audit/context.ts'
import type { Actor } from '../contract/actor.ts'
import { isoTime, type ConfirmationId, type ConnectionId, type DeviceId } from '../contract/ids.ts'
import type { Tx } from '../storage/storage.ts'
import type { RevokedBecause } from './reducer.ts'
import { applyEvent } from './store.ts'

/** About a second of work, during which nobody else writes. A device that makes more than this is flooding. */
export const REVOKED_TOGETHER = 2_000

/**
 * Revokes what waits for a person or for its call, in the transaction of whatever made it void; `of` narrows it to a
 * device or a connection. Answers how many, at most `REVOKED_TOGETHER`: what is left over is refused when it is
 * called, and expires within ten minutes.
 */
export async function revokeWaiting(
  context: Context,
  tx: Tx,
  actor: Actor,
  because: RevokedBecause,
  of: { device?: DeviceId; connection?: ConnectionId } = {},
): Promise<number> {
  let query = tx
    .selectFrom('confirmations')
    .select('id')
    .where('workspace', '=', actor.workspace)
    .where('state', 'in', ['pending', 'approved'])
    .where('expires_at', '>', isoTime(context.now()))
  if (of.device !== undefined) query = query.where('device', '=', of.device)
  if (of.connection !== undefined) query = query.where('connection', '=', of.connection)
  const waiting = await query.orderBy('created_at').limit(REVOKED_TOGETHER).execute()
  for (const { id } of waiting) {
    await applyEvent(context, tx, actor, id as ConfirmationId, { type: 'revoke', because }, 'revoked', {
      reason: because,
    })
  }
  return waiting.length
}
