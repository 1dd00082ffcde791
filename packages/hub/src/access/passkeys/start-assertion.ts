import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { isoBase64URL } from '@simplewebauthn/server/helpers'
import type { PersonActor } from '../../contract/actor.ts'
import { Problem } from '../../contract/problem.ts'
import type { AccessContext } from '../context.ts'
import { CHALLENGE_TTL_SECONDS, startChallenge, type Agreement } from './challenges.ts'
import { relyingPartyOf } from './relying-party.ts'

export type AssertionOptions = PublicKeyCredentialRequestOptionsJSON

/** What the browser needs to have a passkey of this person sign that they agree to this. */
export async function startAssertion(
  context: AccessContext,
  person: PersonActor,
  agreement: Agreement,
): Promise<AssertionOptions> {
  const { id } = relyingPartyOf(context.publicUrl)
  const passkeys = await context.storage.db
    .selectFrom('passkeys')
    .select(['credential', 'transports'])
    .where('workspace', '=', person.workspace)
    .where('person', '=', person.personId)
    .execute()
  if (passkeys.length === 0) {
    throw new Problem('passkeys_unavailable', 'You have no passkey on this hub.', {
      nextStep: 'Approve with your password, or add a passkey first.',
    })
  }
  return generateAuthenticationOptions({
    rpID: id,
    challenge: isoBase64URL.toBuffer(await startChallenge(context, person, agreement)),
    timeout: CHALLENGE_TTL_SECONDS * 1000,
    userVerification: 'required',
    allowCredentials: passkeys.map(({ credential, transports }) => ({
      id: credential,
      transports: JSON.parse(transports) as string[],
    })),
  })
}
