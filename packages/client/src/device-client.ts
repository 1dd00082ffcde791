import * as oauth from 'oauth4webapi'
import {
  deleteCredentials,
  NotPaired,
  readCredentials,
  withLock,
  writeCredentials,
  type DeviceCredentials,
  type Now,
} from './credentials.ts'
import { signAnswer, type ChatAnswer } from './attestation.ts'
import { createDeviceOAuth, createProofs, type Fetch } from './device-oauth.ts'
import { storedTokens } from './pairing.ts'

export interface DeviceClientOptions {
  credentialsFile: string
  now?: Now
  fetch?: Fetch
}

export interface DeviceClient {
  /** Calls the hub as this device. Any answer is returned as it came; throws `NotPaired` when the pairing is over. */
  request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response>
  /**
   * Tells the hub what a person answered in a chat, signed with this device's key. For the program alone: whatever a
   * model can call must never lead here.
   */
  attest(answer: ChatAnswer, signal?: AbortSignal): Promise<Response>
  /** Ends the pairing on the hub and deletes the credentials. */
  unpair(): Promise<void>
}

/** A token this close to its end could run out on the way. */
const REFRESH_EARLY_MS = 30_000

export function createDeviceClient(options: DeviceClientOptions): DeviceClient {
  const { credentialsFile, now = Date.now, fetch = globalThis.fetch } = options
  let refreshing: Promise<DeviceCredentials> | undefined

  /** One refresh at a time, in this process and on this machine. `refused` is a token that the hub no longer takes. */
  const refresh = (refused?: string): Promise<DeviceCredentials> => {
    refreshing ??= withLock(credentialsFile, async () => {
      const credentials = await readCredentials(credentialsFile)
      if (credentials.accessToken !== refused && isFresh(credentials, now())) return credentials
      const client = createDeviceOAuth({ hub: credentials.hub, now, fetch })
      try {
        const tokens = await client.refresh(credentials.refreshToken, credentials.key)
        const next = { ...credentials, ...storedTokens(tokens, now(), credentials.refreshToken) }
        // On disk before it is used: if this process dies now, the next one continues from here.
        await writeCredentials(credentialsFile, next)
        return next
      } catch (error) {
        if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant') {
          throw new NotPaired(`The hub ${credentials.hub} has ended the pairing of this device.`)
        }
        throw error
      }
    }).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  const current = async (): Promise<DeviceCredentials> => {
    const credentials = await readCredentials(credentialsFile)
    return isFresh(credentials, now()) ? credentials : refresh()
  }

  const request: DeviceClient['request'] = async (method, path, body, signal) => {
    let credentials = await current()
    let proofs = await createProofs(credentials.key, now)
    const send = (): Promise<Response> =>
      createDeviceOAuth({ hub: credentials.hub, now, fetch }).send({
        accessToken: credentials.accessToken,
        proofs,
        method,
        path,
        body,
        ...(signal === undefined ? {} : { signal }),
      })
    try {
      return await send()
    } catch (error) {
      if (!isRefusal(error)) throw error
      // A 401 with a challenge comes before anything is done, so sending again cannot do it twice.
      if (!oauth.isDPoPNonceError(error)) {
        if (challengeError(error) !== 'invalid_token') return error.response
        credentials = await refresh(credentials.accessToken)
        proofs = await createProofs(credentials.key, now)
      }
    }
    try {
      return await send()
    } catch (error) {
      if (isRefusal(error)) return error.response
      throw error
    }
  }

  return {
    request,
    async attest(answer, signal) {
      const { hub, key } = await current()
      const attestation = await signAnswer({ hub, key, now }, answer)
      const path = `/api/v1/confirmations/${encodeURIComponent(answer.confirmation)}/attest`
      return request('POST', path, { attestation }, signal)
    },
    unpair: () =>
      withLock(credentialsFile, async () => {
        const credentials = await readCredentials(credentialsFile)
        await createDeviceOAuth({ hub: credentials.hub, now, fetch }).revoke(credentials.refreshToken)
        await deleteCredentials(credentialsFile)
      }),
  }
}

function isFresh(credentials: DeviceCredentials, now: number): boolean {
  return credentials.accessTokenExpiresAt - REFRESH_EARLY_MS > now
}

function isRefusal(error: unknown): error is oauth.WWWAuthenticateChallengeError {
  return error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401
}

function challengeError(error: oauth.WWWAuthenticateChallengeError): string | undefined {
  return error.cause.find((challenge) => challenge.scheme === 'dpop')?.parameters.error
}
