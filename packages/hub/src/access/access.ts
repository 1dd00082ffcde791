import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor, DeviceActor, DeviceScope, PersonActor } from '../contract/actor.ts'
import { isoTime, type DeviceId, type WorkspaceId } from '../contract/ids.ts'
import { verifyAttestation, type Attestation } from './attestations.ts'
import { checkPassword } from './check-password.ts'
import { approveConsent, denyConsent, findConsent, type Consent, type ConsentRequest } from './consents.ts'
import { createContext, sameText, type AccessOptions } from './context.ts'
import { createDeviceOf, type DeviceRequest } from './device-of.ts'
import { isDeviceActive, listDevices, revokeByGrant, revokeDevice, type DeviceRow } from './devices.ts'
import { finishSetup, type FinishSetup } from './finish-setup.ts'
import type { Refusals } from './oauth/authorize.ts'
import { loadLibrary } from './oauth/library.ts'
import { createPollPacer } from './oauth/poll-pacer.ts'
import { createProvider } from './oauth/provider.ts'
import { createOAuthRecords } from './oauth/records.ts'
import { createServe } from './oauth/serve.ts'
import { loadSigningKeys } from './oauth/signing-keys.ts'
import { createPasskeys, type Passkeys } from './passkeys/passkeys.ts'
import { approvePairing, denyPairing, findPairing, type Pairing, type PairingContext } from './pairings.ts'
import { personOf, signOut, type NewSession } from './sessions.ts'
import { signIn, type SignIn } from './sign-in.ts'
import { hasOwner, startSetup } from './start-setup.ts'

export type { AccessOptions } from './context.ts'
export type { Consent, ConsentRequest } from './consents.ts'
export { deviceChallenge, mcpChallenge, type DeviceRequest } from './device-of.ts'
export type { DeviceRow } from './devices.ts'
export type { FinishSetup } from './finish-setup.ts'
export { MIN_PASSWORD_LENGTH } from './password.ts'
export type { Pairing } from './pairings.ts'
export type { Assertion, AssertionProof, NewPasskey } from './passkeys/passkeys.ts'
export type { NewSession } from './sessions.ts'
export type { SignIn } from './sign-in.ts'

/** Who is it? People by password and session, devices by key and token; neither is ever taken for the other. */
export interface Access {
  /** The hub's public origin, as every link, cookie and Origin check means it. */
  readonly publicUrl: string

  hasOwner(workspace: WorkspaceId): Promise<boolean>
  /** The one-time link that makes the owner; `forbidden` once there is one. A new link replaces the old. */
  startSetup(workspace: WorkspaceId): Promise<string>
  finishSetup(input: FinishSetup): Promise<{ person: PersonActor; session: NewSession }>
  signIn(input: SignIn): Promise<{ person: PersonActor; session: NewSession }>
  personOf(sessionToken: string): Promise<{ person: PersonActor; csrfToken: string } | undefined>
  checkCsrf(sessionToken: string, csrfToken: string): boolean
  /** Asked again for the highest assurance. */
  checkPassword(person: PersonActor, password: string): Promise<boolean>
  signOut(sessionToken: string): Promise<void>
  readonly passkeys: Passkeys

  /**
   * Serves `/oauth/*` and `/.well-known/oauth-*`. `address` defaults to the socket's. What a person in a browser is to
   * read is thrown as a Problem.
   */
  oauth(incoming: IncomingMessage, outgoing: ServerResponse, address?: string): Promise<void>
  findPairing(userCode: string, address: string): Promise<Pairing>
  approvePairing(person: PersonActor, userCode: string, scope: DeviceScope): Promise<{ deviceId: DeviceId }>
  denyPairing(person: PersonActor, userCode: string): Promise<void>
  /** What an MCP client asks for, if it is this browser that it sent. */
  findConsent(request: ConsentRequest): Promise<Consent>
  /** Both say where the browser is to go with the answer. */
  approveConsent(
    person: PersonActor,
    request: ConsentRequest,
    given: { readOnly: boolean },
  ): Promise<{ continueAt: string }>
  denyConsent(person: PersonActor, request: ConsentRequest): Promise<{ continueAt: string }>
  deviceOf(request: DeviceRequest): Promise<DeviceActor>
  /** What a device says that a person answered in a chat; throws `attestation_refused`. */
  verifyAttestation(device: DeviceActor, jws: string): Promise<Attestation>
  listDevices(workspace: WorkspaceId): Promise<DeviceRow[]>
  revokeDevice(actor: Actor, deviceId: DeviceId): Promise<void>
  /** Deletes what has expired. */
  sweep(): Promise<void>
}

export async function createAccess(options: AccessOptions): Promise<Access> {
  const { storage, vault, now, publicUrl, log } = options
  const base = createContext(options)
  const library = await loadLibrary(log)
  const signingKeys = await loadSigningKeys(storage, vault)
  const records = createOAuthRecords({
    library,
    storage,
    vault,
    now,
    pacer: createPollPacer(now),
    onGrantRevoked: (grantHash, reason) => revokeByGrant(context, grantHash, reason),
  })
  const refusals: Refusals = new WeakMap()
  const provider = createProvider({
    library,
    publicUrl,
    vault,
    records,
    signingKeys,
    now,
    log,
    isDeviceActive: (deviceId) => isDeviceActive(context, deviceId),
    refusals,
    fetchClientMetadata: options.fetchClientMetadata,
    registrations: base.limits.registrationsPerAddress,
  })
  const context: PairingContext = { ...base, provider, records }
  const deviceOf = createDeviceOf(context, signingKeys)
  const serve = createServe({ publicUrl, provider, refusals, limits: base.limits })

  return {
    publicUrl,
    hasOwner: (workspace) => hasOwner(storage.db, workspace),
    startSetup: (workspace) => startSetup(context, workspace),
    finishSetup: (input) => finishSetup(context, input),
    signIn: (input) => signIn(context, input),
    personOf: (sessionToken) => personOf(context, sessionToken),
    checkCsrf: (sessionToken, csrfToken) => sameText(context.csrfToken(sessionToken), csrfToken),
    checkPassword: (person, password) => checkPassword(context, person, password),
    signOut: (sessionToken) => signOut(context, sessionToken),
    passkeys: createPasskeys(context),
    oauth: serve,
    findPairing: (userCode, address) => findPairing(context, userCode, address),
    approvePairing: (person, userCode, scope) => approvePairing(context, person, userCode, scope),
    denyPairing: (person, userCode) => denyPairing(context, person, userCode),
    findConsent: (request) => findConsent(context, request),
    approveConsent: (person, request, given) => approveConsent(context, person, request, given),
    denyConsent: (person, request) => denyConsent(context, person, request),
    deviceOf,
    verifyAttestation: (device, jws) => verifyAttestation(context, device, jws),
    listDevices: (workspace) => listDevices(context, workspace),
    revokeDevice: (actor, deviceId) => revokeDevice(context, actor, deviceId),
    async sweep() {
      await records.sweep()
      const cutoff = isoTime(now())
      await storage.db.deleteFrom('sessions').where('expires_at', '<=', cutoff).execute()
      await storage.db.deleteFrom('passkey_challenges').where('expires_at', '<=', cutoff).execute()
      await storage.db.deleteFrom('setup_links').where('expires_at', '<=', cutoff).execute()
    },
  }
}
