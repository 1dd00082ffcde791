import * as oauth from 'oauth4webapi'
import type { DeviceKey, Now } from './credentials.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface DeviceOAuthOptions {
  hub: string
  now: Now
  fetch: Fetch
}

const CLIENT: oauth.Client = { client_id: 'clawlink-cli', token_endpoint_auth_method: 'none' }
const ANSWER_TIMEOUT_MS = 10_000

/** The device's half of the conversation with the hub's OAuth server. */
export interface DeviceOAuth {
  requestCode(extra: Record<string, string>): Promise<oauth.DeviceAuthorizationResponse>
  redeemCode(deviceCode: string, key: DeviceKey): Promise<oauth.TokenEndpointResponse>
  refresh(refreshToken: string, key: DeviceKey): Promise<oauth.TokenEndpointResponse>
  revoke(refreshToken: string): Promise<void>
  /** Sends a request with a proof for exactly this method and address. */
  send(request: SignedRequest): Promise<Response>
}

export interface SignedRequest {
  accessToken: string
  proofs: oauth.DPoPHandle
  method: string
  path: string
  body?: unknown
  signal?: AbortSignal
}

export function createDeviceOAuth(options: DeviceOAuthOptions): DeviceOAuth {
  const origin = checkHub(options.hub)
  const none = oauth.None()
  const send = plainFetch(options.fetch)
  const http = {
    [oauth.customFetch]: send,
    // `checkHub` lets plain http through for this machine alone.
    [oauth.allowInsecureRequests]: true,
    signal: () => AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  }
  let known: oauth.AuthorizationServer | undefined

  const discover = async (): Promise<oauth.AuthorizationServer> => {
    if (known !== undefined) return known
    const issuer = new URL(origin)
    const response = await oauth.discoveryRequest(issuer, { ...http, algorithm: 'oauth2' })
    known = await oauth.processDiscoveryResponse(issuer, response)
    return known
  }

  /** Once more with the nonce that the hub asks for; the first attempt was refused before it did anything. */
  const withProofs = async <T>(
    key: DeviceKey,
    work: (proofs: oauth.DPoPHandle) => Promise<T>,
  ): Promise<T> => {
    const proofs = await createProofs(key, options.now)
    try {
      return await work(proofs)
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error
      return work(proofs)
    }
  }

  return {
    async requestCode(extra) {
      const server = await discover()
      const response = await oauth.deviceAuthorizationRequest(server, CLIENT, none, extra, http)
      return oauth.processDeviceAuthorizationResponse(server, CLIENT, response)
    },
    async redeemCode(deviceCode, key) {
      const server = await discover()
      return withProofs(key, async (DPoP) => {
        const response = await oauth.deviceCodeGrantRequest(server, CLIENT, none, deviceCode, {
          ...http,
          DPoP,
        })
        return oauth.processDeviceCodeResponse(server, CLIENT, response)
      })
    },
    async refresh(refreshToken, key) {
      const server = await discover()
      return withProofs(key, async (DPoP) => {
        const response = await oauth.refreshTokenGrantRequest(server, CLIENT, none, refreshToken, {
          ...http,
          DPoP,
        })
        return oauth.processRefreshTokenResponse(server, CLIENT, response)
      })
    },
    async revoke(refreshToken) {
      const server = await discover()
      const response = await oauth.revocationRequest(server, CLIENT, none, refreshToken, http)
      await oauth.processRevocationResponse(response)
    },
    async send({ accessToken, proofs, method, path, body, signal }) {
      const url = path.startsWith('/') ? URL.parse(`${origin}${path}`) : null
      if (url?.origin !== origin) throw new Error(`${path} is not a path of the hub`)
      const headers = new Headers({ accept: 'application/json' })
      if (body !== undefined) headers.set('content-type', 'application/json')
      const text = body === undefined ? null : JSON.stringify(body)
      return oauth.protectedResourceRequest(accessToken, method, url, headers, text, {
        [oauth.customFetch]: send,
        [oauth.allowInsecureRequests]: true,
        DPoP: proofs,
        ...(signal === undefined ? {} : { signal }),
      })
    },
  }
}

/** oauth4webapi spells a missing body as `undefined`, which the type of `fetch` does not know. */
function plainFetch(fetch: Fetch) {
  return <Body extends RequestInit['body'] | undefined>(
    url: string,
    { body, ...init }: oauth.CustomFetchOptions<string, Body>,
  ): Promise<Response> => {
    const { signal, ...rest } = init
    return fetch(url, {
      ...rest,
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined || body === null ? {} : { body }),
    })
  }
}

export async function newDeviceKey(): Promise<DeviceKey> {
  const pair = await oauth.generateKeyPair('ES256', { extractable: true })
  const { x = '', y = '', d = '' } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return { kty: 'EC', crv: 'P-256', x, y, d }
}

export async function createProofs(key: DeviceKey, now: Now): Promise<oauth.DPoPHandle> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const { d: _d, ...publicPart } = key
  const keyPair = {
    privateKey: await crypto.subtle.importKey('jwk', key, algorithm, false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', publicPart, algorithm, true, ['verify']),
  }
  return oauth.DPoP({ [oauth.clockSkew]: Math.round((now() - Date.now()) / 1000) }, keyPair)
}

/** The hub's origin; plain http only where nobody else can listen. */
export function checkHub(hub: string): string {
  const url = URL.parse(hub)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Error(`${hub} is not the address of a hub. It looks like https://hub.example.com.`)
  }
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && !isLoopback) {
    throw new Error(`The hub ${url.origin} must be reached over https: it is not on this machine.`)
  }
  return url.origin
}
