import type { Context } from '../audit/context.ts'
import type { DeviceId, WorkspaceId } from '../contract/ids.ts'
import { isoTime } from '../contract/ids.ts'
import type { Tx } from '../storage/storage.ts'

/** One answer of a hundred objects holds some hundred ids; what holds more is read page by page. */
const MAX_IDS_PER_ANSWER = 1_000

/** Longer than any conversation in which an agent would still know an id. */
const KEPT_DAYS = 90
const DAY_MS = 24 * 60 * 60 * 1000

interface Whose {
  workspace: WorkspaceId
  device: DeviceId
}

/** Remembers which objects a device was answered with. */
export async function rememberIds(
  context: Context,
  tx: Tx,
  { workspace, device }: Whose,
  ids: string[],
): Promise<void> {
  const rows = [...new Set(ids)]
    .slice(0, MAX_IDS_PER_ANSWER)
    .map((object) => ({ workspace, device, object, seen_at: isoTime(context.now()) }))
  if (rows.length === 0) return
  await tx
    .insertInto('seen_ids')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Those of `ids` that no answer to this device held: an agent may have made them up, or mixed them up. */
export async function unseenIds(
  context: Context,
  { workspace, device }: Whose,
  ids: string[],
): Promise<string[]> {
  if (ids.length === 0) return []
  const seen = await context.storage.db
    .selectFrom('seen_ids')
    .select('object')
    .where('workspace', '=', workspace)
    .where('device', '=', device)
    .where('object', 'in', ids)
    .execute()
  const known = new Set(seen.map(({ object }) => object))
  return [...new Set(ids)].filter((id) => !known.has(id))
}

export async function forgetOldIds(context: Context): Promise<void> {
  await context.storage.db
    .deleteFrom('seen_ids')
    .where('seen_at', '<', isoTime(context.now() - KEPT_DAYS * DAY_MS))
    .execute()
}
