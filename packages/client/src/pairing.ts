import * as oauth from 'oauth4webapi'
import { writeCredentials, type DeviceKey, type Now } from './credentials.ts'
import { checkHub, createDeviceOAuth, newDeviceKey, type Fetch } from './device-oauth.ts'

/**
 * A pairing that waits for a person. Plain data, so that one process can start it and another finish it; it
 * holds the device's new key, so it is stored as carefully as credentials are.
 */
export interface PendingPairing {
  hub: string
  label: string
  userCode: string
  verificationUri: string
  /** The same page with the code filled in. */
  verificationUriComplete: string
  expiresIn: number
  /** Milliseconds since the epoch. */
  expiresAt: number
  /** Seconds to leave between polls. */
  interval: number
  deviceCode: string
  key: DeviceKey
}

export interface StartPairing {
  hub: string
  /** What the person will see on the approval page. */
  label: string
  readOnly?: boolean
  /** Asks for the right to pass on what a person answers in a chat. */
  chatApprovals?: boolean
  now?: Now
  fetch?: Fetch
}

export interface FinishPairing {
  credentialsFile: string
  now?: Now
  fetch?: Fetch
  /** Waits this many milliseconds between polls. */
  wait?: (milliseconds: number) => Promise<void>
  signal?: AbortSignal
}

export type PairingOutcome = 'paired' | 'denied' | 'expired'

/** RFC 8628: what a `slow_down` adds to the interval. */
export const SLOW_DOWN_SECONDS = 5
const DEFAULT_INTERVAL_SECONDS = 5

export async function startPairing(input: StartPairing): Promise<PendingPairing> {
  const { now = Date.now, fetch = globalThis.fetch } = input
  const hub = checkHub(input.hub)
  const answer = await createDeviceOAuth({ hub, now, fetch }).requestCode({
    device_label: input.label,
    scope: [
      'read',
      ...(input.readOnly === true ? [] : ['write']),
      ...(input.chatApprovals === true ? ['attest'] : []),
    ].join(' '),
  })
  return {
    hub,
    label: input.label,
    userCode: answer.user_code,
    verificationUri: answer.verification_uri,
    verificationUriComplete: answer.verification_uri_complete ?? answer.verification_uri,
    expiresIn: answer.expires_in,
    expiresAt: now() + answer.expires_in * 1000,
    interval: answer.interval ?? DEFAULT_INTERVAL_SECONDS,
    deviceCode: answer.device_code,
    key: await newDeviceKey(),
  }
}

/** Asks the hub once. On `paired` the credentials are on disk before it returns. */
export async function pollPairing(
  pending: PendingPairing,
  options: FinishPairing,
): Promise<PairingOutcome | 'pending' | 'slow_down'> {
  const { now = Date.now, fetch = globalThis.fetch } = options
  if (now() >= pending.expiresAt) return 'expired'
  let tokens: oauth.TokenEndpointResponse
  try {
    tokens = await createDeviceOAuth({ hub: pending.hub, now, fetch }).redeemCode(
      pending.deviceCode,
      pending.key,
    )
  } catch (error) {
    if (!(error instanceof oauth.ResponseBodyError)) throw error
    switch (error.error) {
      case 'authorization_pending':
        return 'pending'
      case 'slow_down':
        return 'slow_down'
      case 'access_denied':
        return 'denied'
      case 'expired_token':
      case 'invalid_grant':
        return 'expired'
      default:
        throw error
    }
  }
  await writeCredentials(options.credentialsFile, {
    version: 1,
    hub: pending.hub,
    label: pending.label,
    key: pending.key,
    ...storedTokens(tokens, now()),
  })
  return 'paired'
}

/** Polls until a person has decided or the code has expired. */
export async function finishPairing(
  pending: PendingPairing,
  options: FinishPairing,
): Promise<PairingOutcome> {
  const { wait = sleep } = options
  let interval = pending.interval
  for (;;) {
    options.signal?.throwIfAborted()
    const outcome = await pollPairing(pending, options)
    if (outcome === 'slow_down') interval += SLOW_DOWN_SECONDS
    else if (outcome !== 'pending') return outcome
    await wait(interval * 1000)
  }
}

/** What of a token answer is kept. A refresh may leave the refresh token as it was. */
export function storedTokens(
  tokens: oauth.TokenEndpointResponse,
  now: number,
  before = '',
): { accessToken: string; accessTokenExpiresAt: number; refreshToken: string } {
  return {
    accessToken: tokens.access_token,
    accessTokenExpiresAt: now + (tokens.expires_in ?? 0) * 1000,
    refreshToken: tokens.refresh_token ?? before,
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
