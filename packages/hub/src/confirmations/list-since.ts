import type { WorkspaceId } from '../contract/ids.ts'
import type { Db } from '../storage/storage.ts'
import type { Confirmation } from './confirmation.ts'
import { confirmationOf } from './store.ts'

/** Few enough that their intents are no burden to hold. */
const PAGE_ROWS = 500

/** What was previewed since then, newest first, page by page. */
export async function* listSince(
  db: Db,
  workspace: WorkspaceId,
  since: string,
): AsyncGenerator<Confirmation> {
  let last: { created_at: string; id: string } | undefined
  for (;;) {
    let query = db
      .selectFrom('confirmations')
      .select(['id', 'created_at', 'intent', 'progress', 'version'])
      .where('workspace', '=', workspace)
      .where('created_at', '>=', since)
    const { created_at: at, id } = last ?? {}
    if (at !== undefined && id !== undefined) {
      query = query.where((eb) =>
        eb.or([eb('created_at', '<', at), eb.and([eb('created_at', '=', at), eb('id', '<', id)])]),
      )
    }
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(PAGE_ROWS).execute()
    for (const row of rows) yield confirmationOf(row)
    last = rows.at(-1)
    if (rows.length < PAGE_ROWS) return
  }
}
