import { z } from 'zod'
import { personEndpoint, type PersonEndpoint } from './endpoint.ts'

/** Longer than any key or signature in base64url. */
const bytes = z.string().min(1).max(8_000)

/** What `PublicKeyCredential.toJSON()` gives; fields that say nothing here are left out. */
const credential = { id: bytes, rawId: bytes, type: z.literal('public-key') }
const noExtensions = z.object({}).default({})

/** A passkey's signature, as a browser answers `navigator.credentials.get`. */
export const assertion = z.object({
  ...credential,
  clientExtensionResults: noExtensions,
  response: z.object({ clientDataJSON: bytes, authenticatorData: bytes, signature: bytes }),
})

const newPasskey = z.object({
  ...credential,
  clientExtensionResults: noExtensions,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(40)).max(10).default([]),
  }),
})

/** The passkeys of whoever is signed in. */
export const passkeyEndpoints: PersonEndpoint[] = [
  personEndpoint({
    name: 'list_passkeys',
    method: 'GET',
    path: '/passkeys',
    summary: 'Your passkeys.',
    input: z.strictObject({}),
    run: async (hub, person) => ({ passkeys: await hub.access.passkeys.list(person) }),
  }),
  personEndpoint({
    name: 'passkey_assertion_options',
    method: 'POST',
    path: '/passkeys/assertion-options',
    summary: 'What a browser needs for a passkey of yours to agree that another is added.',
    input: z.strictObject({}),
    run: async (hub, person) => ({ options: await hub.access.passkeys.startAssertion(person) }),
  }),
  personEndpoint({
    name: 'start_passkey',
    method: 'POST',
    path: '/passkeys/options',
    summary: 'What a browser needs to make a passkey. The first asks for the password, others for a passkey.',
    input: z.strictObject({ password: z.string().max(1_000).optional(), assertion: assertion.optional() }),
    run: async (hub, person, input) => ({
      options: await hub.access.passkeys.startAdding(person, input),
    }),
  }),
  personEndpoint({
    name: 'add_passkey',
    method: 'POST',
    path: '/passkeys',
    summary: 'Keeps the passkey that the browser made.',
    input: z.strictObject({ label: z.string().min(1).max(200), response: newPasskey }),
    run: (hub, person, input) => hub.access.passkeys.finishAdding(person, input),
  }),
]
