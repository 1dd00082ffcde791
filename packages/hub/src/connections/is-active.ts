import type { ConnectionId, WorkspaceId } from '../contract/ids.ts'
import type { Db } from '../storage/storage.ts'

/** Whether something may be sent over a connection; inside the transaction that says it will be. */
export async function isActive(db: Db, workspace: WorkspaceId, id: ConnectionId): Promise<boolean> {
  const row = await db
    .selectFrom('connections')
    .select('state')
    .where('workspace', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.state === 'active'
}
