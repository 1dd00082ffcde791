import { createHash, randomBytes } from 'node:crypto'
import { isoTime } from '../../contract/ids.ts'
import type { PersonActor } from '../../contract/actor.ts'
import type { AccessContext } from '../context.ts'

/** Time to find the phone that holds the passkey. */
export const CHALLENGE_TTL_SECONDS = 5 * 60

/** What a person is asked to agree to with a passkey: `hash` (SHA-256 in hex) says what it is, to the last byte. */
export interface Agreement {
  subject: string
  hash: string
}

/** SHA-256(hash ‖ nonce), base64url: signing it agrees to exactly this, and the nonce makes it good once. */
export function challengeOf(hash: string, nonce: string): string {
  return createHash('sha256')
    .update(Buffer.from(hash, 'hex'))
    .update(Buffer.from(nonce, 'base64url'))
    .digest('base64url')
}

/** A new challenge for one person and one subject, stored with its nonce. */
export async function startChallenge(
  context: AccessContext,
  person: PersonActor,
  { subject, hash }: Agreement,
): Promise<string> {
  const nonce = randomBytes(32).toString('base64url')
  const challenge = challengeOf(hash, nonce)
  await context.storage.transaction((tx) =>
    tx
      .insertInto('passkey_challenges')
      .values({
        challenge,
        workspace: person.workspace,
        person: person.personId,
        subject,
        nonce,
        expires_at: isoTime(context.now() + CHALLENGE_TTL_SECONDS * 1000),
        used_at: null,
      })
      .execute(),
  )
  return challenge
}

export type TakenChallenge =
  | { ok: true; nonce: string }
  | { ok: false; because: 'challenge_unknown' | 'challenge_used' | 'challenge_expired' }

/** Uses a challenge up, before anything is verified: whatever comes of this try, there is no second one. */
export async function takeChallenge(
  context: AccessContext,
  person: PersonActor,
  subject: string,
  challenge: string,
): Promise<TakenChallenge> {
  const now = isoTime(context.now())
  return context.storage.transaction(async (tx) => {
    const found = await tx
      .selectFrom('passkey_challenges')
      .select(['nonce', 'used_at', 'expires_at'])
      .where('workspace', '=', person.workspace)
      .where('person', '=', person.personId)
      .where('subject', '=', subject)
      .where('challenge', '=', challenge)
      .executeTakeFirst()
    if (found === undefined) return { ok: false, because: 'challenge_unknown' }
    if (found.used_at !== null) return { ok: false, because: 'challenge_used' }
    if (found.expires_at <= now) return { ok: false, because: 'challenge_expired' }
    const taken = await tx
      .updateTable('passkey_challenges')
      .set({ used_at: now })
      .where('challenge', '=', challenge)
      .where('used_at', 'is', null)
      .executeTakeFirst()
    return taken.numUpdatedRows === 1n
      ? { ok: true, nonce: found.nonce }
      : { ok: false, because: 'challenge_used' }
  })
}
