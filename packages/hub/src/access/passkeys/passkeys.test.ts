import { createHash, createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { PersonActor } from '../../contract/actor.ts'
import { sha256 } from '../../contract/canonical.ts'
import { OWNER, startTestAccess, type TestAccess } from '../test-access.ts'
import { CHALLENGE_TTL_SECONDS } from './challenges.ts'
import { createAuthenticator, type Cbor, type Forgery, type TestAuthenticator } from './test-authenticator.ts'

const HUB = 'https://hub.example.com'
const AGREEMENT = { subject: 'conf_1', hash: sha256('an intent') }

let test_: TestAccess
let owner: PersonActor
let phone: TestAuthenticator

beforeAll(async () => {
  test_ = await startTestAccess({ publicUrl: HUB })
  owner = await test_.owner()
  phone = createAuthenticator(HUB)
  const options = await test_.access.passkeys.startAdding(owner, { password: OWNER.password })
  await test_.access.passkeys.finishAdding(owner, { label: 'Phone', response: phone.create(options) })
})
beforeEach(() => {
  test_.clock.offsetMs = 0
})
afterAll(() => test_.close())

const verifyWith = async (forgery: Forgery = {}, authenticator = phone, agreement = AGREEMENT) => {
  const options = await test_.access.passkeys.startAssertion(owner, AGREEMENT)
  return test_.access.passkeys.verifyAssertion(owner, agreement, authenticator.get(options, forgery))
}
const lastRow = async () => (await test_.audit.list(owner.workspace, { limit: 1 }))[0]
const refused = (because: string) =>
  expect.objectContaining({ code: 'passkey_refused', details: { because } })

test('a signature by the person’s passkey over the agreement counts, and its use is counted', async () => {
  const { proof, recordUse } = await verifyWith()
  await test_.storage.transaction(recordUse)
  expect(proof.credential).toBe(phone.credential)
  const [row] = await test_.access.passkeys.list(owner)
  expect(row).toMatchObject({ label: 'Phone', lastUsedAt: expect.any(String) })
})

test('the proof and the row of the passkey’s registration prove it, without this program', async () => {
  const { proof } = await verifyWith()
  const added = (await test_.audit.list(owner.workspace, { limit: 100 })).find(
    (row) => row.action === 'person.passkey_added' && row.detail['credential'] === proof.credential,
  )
  expect(added?.actor).toBe(`person:${owner.personId}`)
  // COSE of a key on P-256: x and y are the last two of its five entries, 32 bytes each.
  const cose = Buffer.from(added?.detail['public_key'] as string, 'base64url')
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: cose.subarray(-67, -35).toString('base64url'),
      y: cose.subarray(-32).toString('base64url'),
    },
  })
  const clientData = Buffer.from(proof.client_data_json, 'base64url')
  const signed = Buffer.concat([
    Buffer.from(proof.authenticator_data, 'base64url'),
    createHash('sha256').update(clientData).digest(),
  ])
  expect(verify('sha256', signed, key, Buffer.from(proof.signature, 'base64url'))).toBe(true)
  const challenge = createHash('sha256')
    .update(Buffer.from(AGREEMENT.hash, 'hex'))
    .update(Buffer.from(proof.nonce, 'base64url'))
    .digest('base64url')
  expect(JSON.parse(clientData.toString())).toMatchObject({ challenge, origin: HUB })
})

test.each<[string, Forgery, string]>([
  ['on a page of another site', { origin: 'https://hub.example.com.evil.example' }, 'other_origin'],
  ['in a frame of another site', { crossOrigin: true }, 'other_origin'],
  ['for another hub', { rpId: 'evil.example' }, 'other_hub'],
  ['without having verified the person', { userVerified: false }, 'not_verified'],
  ['with nobody there', { userPresent: false, userVerified: false }, 'not_verified'],
  ['with a counter that went back', { count: 1 }, 'counter_went_back'],
  ['with another key', { signature: 'broken' }, 'invalid'],
  ['as a registration', { type: 'webauthn.create' }, 'invalid'],
  ['over a challenge of its own', { challenge: 'AAAA' }, 'challenge_unknown'],
  ['under a credential that nobody has', { credential: 'AAAA' }, 'credential_unknown'],
])('a signature made %s is refused, and the log says so', async (_how, forgery, because) => {
  await test_.storage.transaction((await verifyWith()).recordUse)
  await expect(verifyWith(forgery)).rejects.toEqual(refused(because))
  expect(await lastRow()).toMatchObject({
    actor: `person:${owner.personId}`,
    action: 'person.passkey_refused',
    subject: AGREEMENT.subject,
    detail: { because },
  })
})

test('a signature over one intent is none over another', async () => {
  await expect(verifyWith({}, phone, { ...AGREEMENT, subject: 'conf_2' })).rejects.toEqual(
    refused('challenge_unknown'),
  )
  await expect(verifyWith({}, phone, { ...AGREEMENT, hash: sha256('other bytes') })).rejects.toEqual(
    refused('invalid'),
  )
})

test('a signature counts once: sent again it is refused, whether the first try was good or not', async () => {
  const { passkeys } = test_.access
  for (const forgery of [{}, { origin: 'https://evil.example' }]) {
    const options = await passkeys.startAssertion(owner, AGREEMENT)
    await passkeys
      .verifyAssertion(owner, AGREEMENT, phone.get(options, forgery))
      .then(({ recordUse }) => test_.storage.transaction(recordUse))
      .catch(() => undefined)
    await expect(passkeys.verifyAssertion(owner, AGREEMENT, phone.get(options))).rejects.toEqual(
      refused('challenge_used'),
    )
  }
})

test('a challenge that is older than its time is refused', async () => {
  const { passkeys } = test_.access
  const options = await passkeys.startAssertion(owner, AGREEMENT)
  test_.clock.offsetMs = CHALLENGE_TTL_SECONDS * 1000 + 1
  await expect(passkeys.verifyAssertion(owner, AGREEMENT, phone.get(options))).rejects.toEqual(
    refused('challenge_expired'),
  )
})

test('another person’s passkey is none, nor is another person’s challenge', async () => {
  const { passkeys } = test_.access
  const approver = await test_.person('approver')
  const options = await passkeys.startAssertion(owner, AGREEMENT)
  await expect(passkeys.verifyAssertion(approver, AGREEMENT, phone.get(options))).rejects.toEqual(
    refused('challenge_unknown'),
  )
  await expect(passkeys.startAssertion(approver, AGREEMENT)).rejects.toMatchObject({
    code: 'passkeys_unavailable',
  })
  const stranger = createAuthenticator(HUB)
  await expect(verifyWith({}, stranger)).rejects.toEqual(refused('credential_unknown'))
  await expect(verifyWith({ credential: phone.credential, count: 1_000 }, stranger)).rejects.toEqual(
    refused('invalid'),
  )
})

test('two signatures that were verified at the same moment count as one', async () => {
  const [first, second] = [await verifyWith(), await verifyWith()]
  await test_.storage.transaction(first.recordUse)
  await expect(test_.storage.transaction(second.recordUse)).rejects.toMatchObject({ code: 'passkey_refused' })
})

test('a session alone adds no passkey: the first needs the password, each further one a passkey', async () => {
  const { passkeys } = test_.access
  const fresh = await test_.person('approver')
  for (const proof of [{}, { password: 'not the password at all' }]) {
    await expect(passkeys.startAdding(fresh, proof)).rejects.toMatchObject({ code: 'assurance_too_low' })
  }
  for (const proof of [{}, { password: OWNER.password }]) {
    await expect(passkeys.startAdding(owner, proof)).rejects.toMatchObject({ code: 'assurance_too_low' })
  }
  // What was signed for a confirmation does not add a passkey.
  const forConfirmation = phone.get(await passkeys.startAssertion(owner, AGREEMENT))
  await expect(passkeys.startAdding(owner, { assertion: forConfirmation })).rejects.toEqual(
    refused('challenge_unknown'),
  )
  const assertion = phone.get(await passkeys.startAssertion(owner))
  const options = await passkeys.startAdding(owner, { assertion })
  expect(options).toMatchObject({
    rp: { id: 'hub.example.com' },
    attestation: 'none',
    authenticatorSelection: { userVerification: 'required' },
    excludeCredentials: [expect.objectContaining({ id: phone.credential })],
  })
  const key = createAuthenticator(HUB)
  await passkeys.finishAdding(owner, { label: 'Key\u202E\nApproved', response: key.create(options) })
  expect((await passkeys.list(owner)).map(({ label }) => label)).toEqual(['Phone', 'Key Approved'])
  const { recordUse } = await verifyWith({}, key)
  await test_.storage.transaction(recordUse)
})

test.each<[string, Forgery, string]>([
  ['on a page of another site', { origin: 'https://evil.example' }, 'other_origin'],
  ['for another hub', { rpId: 'evil.example' }, 'other_hub'],
  ['without having verified the person', { userVerified: false }, 'not_verified'],
  ['over a challenge of its own', { challenge: 'AAAA' }, 'challenge_unknown'],
  ['as an assertion', { type: 'webauthn.get' }, 'invalid'],
  [
    'with a certificate, about which the network would be asked',
    {
      attestation: { fmt: 'packed', attStmt: new Map<string, Cbor>([['x5c', [Buffer.from('certificate')]]]) },
    },
    'attestation_unwanted',
  ],
])('a passkey that was made %s is not kept, and the log says so', async (_how, forgery, because) => {
  const { passkeys } = test_.access
  const before = await passkeys.list(owner)
  const options = await passkeys.startAdding(owner, {
    assertion: phone.get(await passkeys.startAssertion(owner)),
  })
  await expect(
    passkeys.finishAdding(owner, { label: 'x', response: createAuthenticator(HUB).create(options, forgery) }),
  ).rejects.toEqual(refused(because))
  expect(await lastRow()).toMatchObject({ action: 'person.passkey_refused', detail: { because } })
  // A refused try leaves the uses of the passkey that allowed it, and nothing else.
  expect((await passkeys.list(owner)).map(({ credential }) => credential)).toEqual(
    before.map(({ credential }) => credential),
  )
})

test('a credential that is known already, anybody’s, is not taken over', async () => {
  const { passkeys } = test_.access
  const options = await passkeys.startAdding(owner, {
    assertion: phone.get(await passkeys.startAssertion(owner)),
  })
  await expect(passkeys.finishAdding(owner, { label: 'x', response: phone.create(options) })).rejects.toEqual(
    refused('credential_taken'),
  )
})

test('what is no answer of a browser at all is refused like any other', async () => {
  const { passkeys } = test_.access
  const rubbish = { clientDataJSON: 'bnVsbA', authenticatorData: 'AAAA', signature: 'AAAA' }
  const named = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {} } as const
  await expect(passkeys.verifyAssertion(owner, AGREEMENT, { ...named, response: rubbish })).rejects.toEqual(
    refused('invalid'),
  )
  await expect(
    passkeys.finishAdding(owner, {
      label: 'x',
      response: { ...named, response: { ...rubbish, attestationObject: 'AAAA' } },
    }),
  ).rejects.toEqual(refused('invalid'))
})

test('a hub without a name says what it lacks', async () => {
  const numbers = await startTestAccess()
  const person = await numbers.owner()
  await expect(
    numbers.access.passkeys.startAdding(person, { password: OWNER.password }),
  ).rejects.toMatchObject({
    code: 'passkeys_unavailable',
    nextStep: expect.stringContaining('CLAWLINK_PUBLIC_URL'),
  })
  await numbers.close()
})
