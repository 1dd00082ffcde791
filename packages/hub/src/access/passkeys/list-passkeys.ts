import type { PersonActor } from '../../contract/actor.ts'
import type { AccessContext } from '../context.ts'

export interface Passkey {
  credential: string
  label: string
  createdAt: string
  lastUsedAt: string | undefined
}

/** The person's own, oldest first. */
export async function listPasskeys(context: AccessContext, person: PersonActor): Promise<Passkey[]> {
  const rows = await context.storage.db
    .selectFrom('passkeys')
    .select(['credential', 'label', 'created_at', 'last_used_at'])
    .where('workspace', '=', person.workspace)
    .where('person', '=', person.personId)
    .orderBy('created_at')
    .orderBy('credential')
    .execute()
  return rows.map((row) => ({
    credential: row.credential,
    label: row.label,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }))
}
