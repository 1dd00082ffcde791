import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { DEVICE_CLIENT_ID, OAUTH_PATHS } from './oauth/names.ts'

/** A device's side by hand, so that a test can get each part of it wrong. For tests alone. */
export interface DeviceKey {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
  d: string
}

export function newDeviceKey(): DeviceKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y, d }
}

export interface ProofClaims {
  htm: string
  htu: string
  iat?: number
  jti?: string
  ath?: string
  nonce?: string
}

export function proofOf(key: DeviceKey, claims: ProofClaims): string {
  const { d: _d, ...jwk } = key
  return signJwt(
    key,
    { typ: 'dpop+jwt', alg: 'ES256', jwk },
    {
      iat: Math.floor(Date.now() / 1000),
      jti: randomUUID(),
      ...claims,
    },
  )
}

export function signJwt(key: DeviceKey, header: object, payload: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode(header)}.${encode(payload)}`
  const signature = sign('sha256', Buffer.from(text), {
    key: createPrivateKey({ key: { ...key }, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  })
  return `${text}.${signature.toString('base64url')}`
}

export function hashOf(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url')
}

export async function askForCode(
  hub: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<{ status: number; user_code: string; device_code: string; body: Record<string, unknown> }> {
  const response = await fetch(`${hub}${OAUTH_PATHS.device}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ client_id: DEVICE_CLIENT_ID, ...fields }),
  })
  const body = (await response.json()) as Record<string, unknown>
  const { user_code, device_code } = body
  return { status: response.status, user_code: String(user_code), device_code: String(device_code), body }
}

export async function askForTokens(
  hub: string,
  key: DeviceKey | undefined,
  fields: Record<string, string>,
): Promise<{ status: number; headers: Headers; body: Record<string, string> }> {
  const url = `${hub}${OAUTH_PATHS.token}`
  const response = await fetch(url, {
    method: 'POST',
    headers: key === undefined ? {} : { dpop: proofOf(key, { htm: 'POST', htu: url }) },
    body: new URLSearchParams({ client_id: DEVICE_CLIENT_ID, ...fields }),
  })
  const body = (await response.json()) as Record<string, string>
  return { status: response.status, headers: response.headers, body }
}
