import type { Context } from '../audit/context.ts'
import { isoTime, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../storage/storage.ts'
import type { Confirmation } from './confirmation.ts'
import type { State } from './reducer.ts'
import { confirmationOf } from './store.ts'

export interface ListFilter {
  states: State[]
  device?: string | undefined
  /** Its id. */
  connection?: string | undefined
  tool?: string | undefined
  /** The last confirmation of the page before. */
  after?: string | undefined
  limit: number
}

/** What a clock turns into `expired`, without anybody writing that down. */
const WAITING: State[] = ['pending', 'approved']

/** Newest first, in the states that they are in by now. */
export async function listConfirmations(
  context: Pick<Context, 'storage' | 'now'>,
  workspace: WorkspaceId,
  filter: ListFilter,
): Promise<Confirmation[]> {
  const { db } = context.storage
  const now = isoTime(context.now())
  const { states } = filter
  let query = db
    .selectFrom('confirmations')
    .select(['intent', 'progress', 'version'])
    .where('workspace', '=', workspace)
    .where((eb) =>
      eb.or([
        eb('state', 'in', states).and(eb.or([eb('state', 'not in', WAITING), eb('expires_at', '>', now)])),
        ...(states.includes('expired') ? [eb('state', 'in', WAITING).and(eb('expires_at', '<=', now))] : []),
      ]),
    )
  if (filter.device !== undefined) query = query.where('device', '=', filter.device)
  if (filter.connection !== undefined) query = query.where('connection', '=', filter.connection)
  if (filter.tool !== undefined) query = query.where('tool', '=', filter.tool)
  if (filter.after !== undefined) {
    const { id, created_at: at } = await placeOf(db, workspace, filter.after)
    query = query.where((eb) =>
      eb.or([eb('created_at', '<', at), eb('created_at', '=', at).and(eb('id', '<', id))]),
    )
  }
  const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(filter.limit).execute()
  return rows.map(confirmationOf)
}

async function placeOf(
  db: Db,
  workspace: WorkspaceId,
  id: string,
): Promise<{ id: string; created_at: string }> {
  const row = await db
    .selectFrom('confirmations')
    .select(['id', 'created_at'])
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) {
    throw new Problem('invalid_params', 'The cursor is not one that a list of confirmations answered.')
  }
  return row
}
