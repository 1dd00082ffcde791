import type { PersonActor } from '../contract/actor.ts'
import type { AccessContext } from './context.ts'

/** Asks a signed-in person's password again. Wrong ones are counted and audited; the right one is not counted. */
export async function checkPassword(
  context: AccessContext,
  person: PersonActor,
  password: string,
): Promise<boolean> {
  const counter = context.limits.passwordsPerPerson
  counter.take(person.personId)
  const row = await context.storage.db
    .selectFrom('people')
    .select('password_hash')
    .where('workspace', '=', person.workspace)
    .where('id', '=', person.personId)
    .executeTakeFirst()
  const fits = await context.passwords.check(password, row?.password_hash)
  if (fits) {
    counter.giveBack(person.personId)
    return true
  }
  await context.storage.transaction((tx) =>
    context.audit.append(tx, { actor: person, action: 'person.password_refused', subject: person.personId }),
  )
  return false
}
