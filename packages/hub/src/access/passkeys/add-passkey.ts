import {
  generateRegistrationOptions,
  verifyRegistrationResponse,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  type WebAuthnCredential,
} from '@simplewebauthn/server'
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers'
import type { PersonActor } from '../../contract/actor.ts'
import { sha256 } from '../../contract/canonical.ts'
import { isoTime } from '../../contract/ids.ts'
import { Problem } from '../../contract/problem.ts'
import { checkPassword } from '../check-password.ts'
import type { AccessContext } from '../context.ts'
import { cleanLabel } from '../label.ts'
import {
  CHALLENGE_TTL_SECONDS,
  challengeOf,
  startChallenge,
  takeChallenge,
  type Agreement,
} from './challenges.ts'
import { listPasskeys, type Passkey } from './list-passkeys.ts'
import { meaningOf, refusePasskey, type PasskeyRefusal } from './refuse-passkey.ts'
import { relyingPartyOf } from './relying-party.ts'
import { verifyAssertion, type Assertion } from './verify-assertion.ts'

export type NewPasskeyOptions = PublicKeyCredentialCreationOptionsJSON
export type NewPasskey = RegistrationResponseJSON

/** How a signed-in person shows that it is still they: a session alone must not get to add what outranks it. */
export interface PersonalProof {
  password?: string | undefined
  assertion?: Assertion | undefined
}

/** What an existing passkey signs for another to be added. */
export const ADDING: Agreement = { subject: 'passkeys', hash: sha256('add a passkey') }
const NEW: Agreement = { subject: 'new passkey', hash: sha256('a new passkey') }

/** More than anyone has devices. */
const MAX_PASSKEYS = 20
/** Ed25519, ECDSA on P-256, RSA: what authenticators have. */
const ALGORITHMS = [-8, -7, -257]

/** What the browser needs to make a passkey. The first needs the password, each further one an existing passkey. */
export async function startPasskey(
  context: AccessContext,
  person: PersonActor,
  proof: PersonalProof,
): Promise<NewPasskeyOptions> {
  const { id, name } = relyingPartyOf(context.publicUrl)
  const existing = await listPasskeys(context, person)
  if (existing.length >= MAX_PASSKEYS)
    throw new Problem('passkeys_unavailable', `A person has at most ${MAX_PASSKEYS} passkeys.`)
  await requireProof(context, person, proof, existing.length > 0)
  return generateRegistrationOptions({
    rpID: id,
    rpName: name,
    userID: new TextEncoder().encode(person.personId),
    userName: person.name,
    userDisplayName: person.name,
    challenge: isoBase64URL.toBuffer(await startChallenge(context, person, NEW)),
    timeout: CHALLENGE_TTL_SECONDS * 1000,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: existing.map((one) => ({ id: one.credential })),
  })
}

async function requireProof(
  context: AccessContext,
  person: PersonActor,
  { password, assertion }: PersonalProof,
  hasPasskey: boolean,
): Promise<void> {
  if (hasPasskey) {
    if (assertion === undefined) {
      throw new Problem('assurance_too_low', 'Use one of your passkeys to add another.', {
        nextStep: 'Sign the challenge of /passkeys/assertion-options and send it as assertion.',
      })
    }
    const { recordUse } = await verifyAssertion(context, person, ADDING, assertion)
    return context.storage.transaction(recordUse)
  }
  if (password === undefined || !(await checkPassword(context, person, password))) {
    throw new Problem('assurance_too_low', 'Enter your password to add a passkey.', {
      nextStep: 'Send the password of your account along.',
    })
  }
}

/** Keeps the passkey that the browser made. */
export async function finishPasskey(
  context: AccessContext,
  person: PersonActor,
  input: { label: string; response: NewPasskey },
): Promise<Passkey> {
  const refuse = (because: PasskeyRefusal): Promise<never> =>
    refusePasskey(context, person, NEW.subject, because)
  const credential = await genuineCredential(context, person, input.response)
  if (typeof credential === 'string') return refuse(credential)
  const label = cleanLabel(input.label)
  const createdAt = isoTime(context.now())
  const added = await context.storage.transaction(async (tx) => {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('passkeys')
      .values({
        credential: credential.id,
        workspace: person.workspace,
        person: person.personId,
        public_key: credential.publicKey,
        sign_count: credential.counter,
        transports: JSON.stringify(credential.transports ?? []),
        label,
        created_at: createdAt,
        last_used_at: null,
      })
      .onConflict((conflict) => conflict.column('credential').doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows !== 1n) return false
    await context.audit.append(tx, {
      actor: person,
      action: 'person.passkey_added',
      subject: person.personId,
      detail: {
        credential: credential.id,
        public_key: isoBase64URL.fromBuffer(credential.publicKey),
        label,
      },
    })
    return true
  })
  if (!added) return refuse('credential_taken')
  return { credential: credential.id, label, createdAt, lastUsedAt: undefined }
}

async function genuineCredential(
  context: AccessContext,
  person: PersonActor,
  response: NewPasskey,
): Promise<WebAuthnCredential | PasskeyRefusal> {
  const { id, origin } = relyingPartyOf(context.publicUrl)
  let refusal: PasskeyRefusal | undefined
  try {
    // A certificate would have the library ask the network about it; without one there is nothing to ask.
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(response.response.attestationObject))
    const plain = ['none', 'packed'].includes(attestation.get('fmt'))
    if (!plain || attestation.get('attStmt').get('x5c') !== undefined) return 'attestation_unwanted'
    const made = await verifyRegistrationResponse({
      response,
      async expectedChallenge(challenge) {
        const taken = await takeChallenge(context, person, NEW.subject, challenge)
        if (!taken.ok) refusal = taken.because
        return taken.ok && challenge === challengeOf(NEW.hash, taken.nonce)
      },
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    return made.verified ? made.registrationInfo.credential : 'invalid'
  } catch (error) {
    return refusal ?? meaningOf(error)
  }
}
