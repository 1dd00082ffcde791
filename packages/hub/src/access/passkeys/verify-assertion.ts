import { verifyAuthenticationResponse, type AuthenticationResponseJSON } from '@simplewebauthn/server'
import { decodeClientDataJSON } from '@simplewebauthn/server/helpers'
import type { PersonActor } from '../../contract/actor.ts'
import { isoTime } from '../../contract/ids.ts'
import { Problem } from '../../contract/problem.ts'
import type { PasskeysTable } from '../../storage/schema.ts'
import type { Tx } from '../../storage/storage.ts'
import type { AccessContext } from '../context.ts'
import { challengeOf, takeChallenge, type Agreement } from './challenges.ts'
import { meaningOf, refusePasskey, type PasskeyRefusal } from './refuse-passkey.ts'
import { relyingPartyOf } from './relying-party.ts'

export type Assertion = AuthenticationResponseJSON

/** All that is needed to verify it once more, years later: the public key is in the row `person.passkey_added`. */
export interface AssertionProof {
  credential: string
  nonce: string
  client_data_json: string
  authenticator_data: string
  signature: string
}

export interface VerifiedAssertion {
  proof: AssertionProof
  /** Writes the use down in the transaction of what was agreed to; rejects if the passkey was used meanwhile. */
  recordUse: (tx: Tx) => Promise<void>
}

/** Checks that this person agreed to exactly this, just now, with a passkey of theirs, on a page of this hub. */
export async function verifyAssertion(
  context: AccessContext,
  person: PersonActor,
  agreement: Agreement,
  assertion: Assertion,
): Promise<VerifiedAssertion> {
  const { subject, hash } = agreement
  const refuse = (because: PasskeyRefusal): Promise<never> => refusePasskey(context, person, subject, because)

  const said = readClientData(assertion)
  if (said === undefined) return refuse('invalid')
  const taken = await takeChallenge(context, person, subject, said.challenge)
  if (!taken.ok) return refuse(taken.because)
  const passkey = await context.storage.db
    .selectFrom('passkeys')
    .selectAll()
    .where('workspace', '=', person.workspace)
    .where('person', '=', person.personId)
    .where('credential', '=', assertion.id)
    .executeTakeFirst()
  if (passkey === undefined) return refuse('credential_unknown')
  // A page of another site that shows ours in a frame; ours are in none.
  if (said.crossOrigin === true) return refuse('other_origin')

  const counted = await countIfGenuine(context, passkey, challengeOf(hash, taken.nonce), assertion)
  if (typeof counted === 'string') return refuse(counted)
  const { clientDataJSON, authenticatorData, signature } = assertion.response
  return {
    proof: {
      credential: passkey.credential,
      nonce: taken.nonce,
      client_data_json: clientDataJSON,
      authenticator_data: authenticatorData,
      signature,
    },
    recordUse: (tx) => recordUse(tx, passkey, counted, isoTime(context.now())),
  }
}

/** The authenticator's new count, or why this is not its signature over this challenge. */
async function countIfGenuine(
  context: AccessContext,
  passkey: PasskeysTable,
  challenge: string,
  assertion: Assertion,
): Promise<number | PasskeyRefusal> {
  const { id, origin } = relyingPartyOf(context.publicUrl)
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: passkey.credential,
        publicKey: Uint8Array.from(passkey.public_key),
        counter: passkey.sign_count,
      },
    })
    return verified ? authenticationInfo.newCounter : 'invalid'
  } catch (error) {
    return meaningOf(error)
  }
}

/** The count moves exactly if the one that was verified against is still there: two answers never count as one. */
async function recordUse(tx: Tx, passkey: PasskeysTable, count: number, now: string): Promise<void> {
  const moved = await tx
    .updateTable('passkeys')
    .set({ sign_count: count, last_used_at: now })
    .where('credential', '=', passkey.credential)
    .where('sign_count', '=', passkey.sign_count)
    .executeTakeFirst()
  if (moved.numUpdatedRows === 1n) return
  throw new Problem('passkey_refused', 'This passkey was used elsewhere at the same moment.', {
    nextStep: 'Use it once more.',
    details: { because: 'counter_went_back' },
  })
}

function readClientData(assertion: Assertion): ReturnType<typeof decodeClientDataJSON> | undefined {
  try {
    const said: unknown = decodeClientDataJSON(assertion.response.clientDataJSON)
    if (typeof said !== 'object' || said === null || !('challenge' in said)) return undefined
    return typeof said.challenge === 'string' ? (said as ReturnType<typeof decodeClientDataJSON>) : undefined
  } catch {
    return undefined
  }
}
