import type { PersonActor } from '../contract/actor.ts'
import type { WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { AccessContext } from './context.ts'
import { normalizeEmail } from './finish-setup.ts'
import { networkOf } from './limiter.ts'
import { startSession, toPerson, type NewSession } from './sessions.ts'

export interface SignIn {
  workspace: WorkspaceId
  email: string
  password: string
  /** Where the attempt comes from. */
  address: string
}

export async function signIn(
  context: AccessContext,
  input: SignIn,
): Promise<{ person: PersonActor; session: NewSession }> {
  const { limits, audit } = context
  const email = normalizeEmail(input.email)
  const emailKey = `${input.workspace} ${email.slice(0, 254)}`
  limits.signInsPerAddress.take(networkOf(input.address))
  limits.signInsPerEmail.take(emailKey)

  const row = await context.storage.db
    .selectFrom('people')
    .selectAll()
    .where('workspace', '=', input.workspace)
    .where('email', '=', email)
    .executeTakeFirst()
  const fits = await context.passwords.check(input.password, row?.password_hash)
  if (row === undefined || !fits) {
    // One row either way: neither the answer nor its time tells whether the address is known.
    await context.storage.transaction((tx) =>
      audit.append(tx, {
        actor: { type: 'system', workspace: input.workspace, part: 'hub' },
        action: 'person.sign_in_refused',
        subject: row?.id ?? 'unknown',
        detail: { address: input.address },
      }),
    )
    throw new Problem('unauthenticated', 'The e-mail address or the password is wrong.', {
      nextStep: 'Check both and try again.',
    })
  }
  limits.signInsPerEmail.giveBack(emailKey)
  limits.signInsPerAddress.giveBack(networkOf(input.address))
  const person = toPerson(row)
  return context.storage.transaction(async (tx) => {
    await audit.append(tx, {
      actor: person,
      action: 'person.signed_in',
      subject: person.personId,
      detail: { address: input.address, with: 'password' },
    })
    return { person, session: await startSession(context, tx, person) }
  })
}
