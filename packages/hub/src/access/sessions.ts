import type { PersonActor, Role } from '../contract/actor.ts'
import { isoTime, type PersonId, type WorkspaceId } from '../contract/ids.ts'
import type { PeopleTable } from '../storage/schema.ts'
import type { Tx } from '../storage/storage.ts'
import { hashToken, newToken, type AccessContext } from './context.ts'

/** A working day: a phone left behind stops being an approver overnight. */
export const SESSION_TTL_SECONDS = 12 * 60 * 60

export interface NewSession {
  /** What the cookie holds. It exists nowhere else: the database keeps its hash. */
  token: string
  csrfToken: string
  expiresAt: string
}

export async function startSession(context: AccessContext, tx: Tx, person: PersonActor): Promise<NewSession> {
  const token = newToken()
  const expiresAt = isoTime(context.now() + SESSION_TTL_SECONDS * 1000)
  await tx
    .insertInto('sessions')
    .values({
      id_hash: hashToken(token),
      workspace: person.workspace,
      person: person.personId,
      created_at: isoTime(context.now()),
      expires_at: expiresAt,
    })
    .execute()
  return { token, csrfToken: context.csrfToken(token), expiresAt }
}

export async function personOf(
  context: AccessContext,
  sessionToken: string,
): Promise<{ person: PersonActor; csrfToken: string } | undefined> {
  const row = await context.storage.db
    .selectFrom('sessions')
    .innerJoin('people', (join) =>
      join.onRef('people.id', '=', 'sessions.person').onRef('people.workspace', '=', 'sessions.workspace'),
    )
    .select(['people.id', 'people.workspace', 'people.name', 'people.role'])
    .where('sessions.id_hash', '=', hashToken(sessionToken))
    .where('sessions.expires_at', '>', isoTime(context.now()))
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { person: toPerson(row), csrfToken: context.csrfToken(sessionToken) }
}

export async function signOut(context: AccessContext, sessionToken: string): Promise<void> {
  const found = await personOf(context, sessionToken)
  await context.storage.transaction(async (tx) => {
    await tx.deleteFrom('sessions').where('id_hash', '=', hashToken(sessionToken)).execute()
    if (found === undefined) return
    const { person } = found
    await context.audit.append(tx, { actor: person, action: 'person.signed_out', subject: person.personId })
  })
}

export function toPerson(row: Pick<PeopleTable, 'id' | 'workspace' | 'name' | 'role'>): PersonActor {
  return {
    type: 'person',
    workspace: row.workspace as WorkspaceId,
    personId: row.id as PersonId,
    name: row.name,
    role: row.role as Role,
  }
}
