import type { PersonActor } from '../../contract/actor.ts'
import { Problem } from '../../contract/problem.ts'
import type { AccessContext } from '../context.ts'

export type PasskeyRefusal =
  | 'challenge_unknown'
  | 'challenge_used'
  | 'challenge_expired'
  | 'credential_unknown'
  | 'credential_taken'
  | 'attestation_unwanted'
  | 'other_origin'
  | 'other_hub'
  | 'not_verified'
  | 'counter_went_back'
  | 'invalid'

/** What the library's refusals mean; its texts quote the browser's answer, so they go nowhere. */
const MEANINGS: Array<[RegExp, PasskeyRefusal]> = [
  [/origin/, 'other_origin'],
  [/RP ID/, 'other_hub'],
  [/[Uu]ser (?:verification|could not|not present|was not present|presence)/, 'not_verified'],
  [/^Response counter/, 'counter_went_back'],
]

export function meaningOf(error: unknown): PasskeyRefusal {
  const text = error instanceof Error ? error.message : ''
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? 'invalid'
}

/** Writes the refusal down, then throws it. */
export async function refusePasskey(
  context: AccessContext,
  person: PersonActor,
  subject: string,
  because: PasskeyRefusal,
): Promise<never> {
  await context.storage.transaction((tx) =>
    context.audit.append(tx, {
      actor: person,
      action: 'person.passkey_refused',
      subject,
      detail: { because },
    }),
  )
  throw new Problem('passkey_refused', 'This passkey does not count here. Nothing was done.', {
    nextStep: 'Ask for a new challenge and use your passkey on this hub’s own page.',
    details: { because },
  })
}
