import type { PersonActor } from '../contract/actor.ts'
import { isoTime, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import { hashToken, type AccessContext } from './context.ts'
import { startSession, toPerson, type NewSession } from './sessions.ts'
import { hasOwner } from './start-setup.ts'

export interface FinishSetup {
  token: string
  name: string
  email: string
  password: string
}

const MAX_NAME_LENGTH = 80
const MAX_EMAIL_LENGTH = 254

/** Makes the owner and signs them in. Exactly one of any number of simultaneous attempts succeeds. */
export async function finishSetup(
  context: AccessContext,
  input: FinishSetup,
): Promise<{ person: PersonActor; session: NewSession }> {
  const { now, audit } = context
  const tokenHash = hashToken(input.token)
  const name = checkName(input.name)
  const email = checkEmail(input.email)
  const open = await context.storage.db
    .selectFrom('setup_links')
    .select('token_hash')
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', isoTime(now()))
    .executeTakeFirst()
  // Looked up first, so that a guessed link does not get to cost a password hash.
  if (open === undefined) throw linkInvalid()
  const passwordHash = await context.passwords.hash(input.password)

  return context.storage.transaction(async (tx) => {
    const link = await tx
      .updateTable('setup_links')
      .set({ used_at: isoTime(now()) })
      .where('token_hash', '=', tokenHash)
      .where('used_at', 'is', null)
      .where('expires_at', '>', isoTime(now()))
      .returning(['workspace', 'role'])
      .executeTakeFirst()
    if (link === undefined) throw linkInvalid()
    if (link.role === 'owner' && (await hasOwner(tx, link.workspace as WorkspaceId))) throw linkInvalid()
    const row = {
      id: context.newId('person'),
      workspace: link.workspace,
      name,
      email,
      role: link.role,
      password_hash: passwordHash,
      created_at: isoTime(now()),
    }
    await tx.insertInto('people').values(row).execute()
    const person = toPerson(row)
    await audit.append(tx, {
      actor: person,
      action: 'setup.finished',
      subject: person.personId,
      detail: { role: person.role },
    })
    return { person, session: await startSession(context, tx, person) }
  })
}

/** One spelling per address, so that `Jane@…` and `jane@…` are one person. */
export function normalizeEmail(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase()
}

function checkName(text: string): string {
  const name = text.normalize('NFC').trim()
  if (name === '' || name.length > MAX_NAME_LENGTH || /\p{C}/u.test(name)) {
    throw new Problem('invalid_params', `Enter a name of at most ${MAX_NAME_LENGTH} characters.`, {
      details: { field: 'name' },
    })
  }
  return name
}

function checkEmail(text: string): string {
  const email = normalizeEmail(text)
  if (email.length > MAX_EMAIL_LENGTH || !/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email)) {
    throw new Problem('invalid_params', 'Enter an e-mail address, such as jane@example.com.', {
      details: { field: 'email' },
    })
  }
  return email
}

function linkInvalid(): Problem {
  return new Problem('setup_link_invalid', 'This set-up link was used, has expired or was replaced.', {
    nextStep: 'Restart the hub to print a new link, or sign in if you have set it up already.',
  })
}
