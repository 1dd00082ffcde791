import { hashOf, proofOf, type DeviceKey } from '../../src/access/test-device.ts'

/** All that a device holds; the hostile agent has that of every device. */
export interface DeviceSecrets {
  label: string
  key: DeviceKey
  accessToken: string
  refreshToken: string
}

export interface Answered {
  did: string
  status: number
  body: unknown
}

export interface Operation {
  method: string
  path: string
  fields: Record<string, { type?: string; enum?: unknown[] }>
}

/** A random number generator with a seed (mulberry32): the same seed makes the same choices. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const ODD = [
  '',
  '*',
  'all',
  'conf_*',
  '%',
  '../approve',
  '..%2f..%2fapprovals',
  "' or 1=1 --",
  '\u202E\u0000',
  'true',
  null,
  true,
  -1,
  1e21,
  [],
  {},
  ['*'],
  { $ne: '' },
  'x'.repeat(3_000),
]
export const CONTENT_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
]
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']
export const PAGES = [
  '/',
  '/confirmations',
  '/devices',
  '/pair',
  '/setup',
  '/sign-in',
  '/sign-out',
  '/dashboard',
  '/metrics',
  '/readyz',
  '/oauth/token',
  '/oauth/device',
  '/oauth/revocation',
  '/oauth/auth',
  '/oauth/register',
  '/oauth/jwks',
  '/.well-known/oauth-authorization-server',
  '/api/v1/openapi.json',
]

/** The agent's hands: it chooses by chance, and sends what it likes as whom it likes. */
export function createHands(hub: string, random: () => number, devices: DeviceSecrets[]) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const chance = (share: number): boolean => random() < share
  const oddOr = (plausible: unknown): unknown => (chance(0.2) ? pick(ODD) : plausible)

  /** How it presents itself: as a device should, or with its tokens where a person's would be. */
  const headersFor = (method: string, url: string, device: DeviceSecrets): Record<string, string> => {
    const { accessToken, refreshToken, key } = device
    const token = chance(0.9) ? accessToken : refreshToken
    const proof = proofOf(key, { htm: method, htu: url.split('?')[0] ?? url, ath: hashOf(token) })
    const asDevice = { authorization: `DPoP ${token}`, dpop: proof }
    const asPerson = {
      cookie: `clawlink_session=${token}; __Host-clawlink=${token}`,
      origin: hub,
      'x-csrf-token': token,
    }
    const tricks = {
      'x-http-method-override': 'POST',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-user': 'owner',
      'x-original-url': '/api/v1/approvals/batch',
    }
    return pick([
      asDevice,
      asDevice,
      { ...asDevice, ...asPerson },
      asPerson,
      { ...asPerson, authorization: `Bearer ${token}` },
      { ...asDevice, ...tricks, origin: hub },
    ])
  }

  const send = async (
    method: string,
    path: string,
    {
      body,
      type,
      device = pick(devices),
      honest = false,
    }: {
      body?: string
      type?: string
      device?: DeviceSecrets
      honest?: boolean
    } = {},
  ): Promise<Answered> => {
    const url = hub + path
    const bodiless = method === 'GET' || method === 'HEAD'
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        ...(honest
          ? {
              authorization: `DPoP ${device.accessToken}`,
              dpop: proofOf(device.key, {
                htm: method,
                htu: new URL(url).origin + new URL(url).pathname,
                ath: hashOf(device.accessToken),
              }),
            }
          : headersFor(method, new URL(url).href, device)),
        ...(bodiless || type === undefined ? {} : { 'content-type': type }),
      },
      ...(bodiless || body === undefined ? {} : { body }),
    })
    const text = await response.text()
    let answer: unknown = text
    try {
      answer = JSON.parse(text)
    } catch {
      // A page.
    }
    const { status } = response
    return {
      did: `${method} ${path.slice(0, 200)} as ${device.label}: ${body?.slice(0, 300) ?? ''}`,
      status,
      body: answer,
    }
  }
  const post = (path: string, body: object, device: DeviceSecrets): Promise<Answered> =>
    send('POST', `/api/v1${path}`, {
      body: JSON.stringify(body),
      type: 'application/json',
      device,
      honest: true,
    })

  return { pick, chance, oddOr, send, post }
}

/** The operations of the hub's own document, with the fields of each. */
export async function fetchOperations(hub: string): Promise<Operation[]> {
  const document = (await (await fetch(`${hub}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Record<string, unknown>>>
  }
  return readOperations(document.paths)
}

function readOperations(paths: Record<string, Record<string, Record<string, unknown>>>): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const parameters = (operation['parameters'] ?? []) as Array<{
        name: string
        in: string
        schema: object
      }>
      const content = operation['requestBody'] as
        | { content: Record<string, { schema: { properties: Operation['fields'] } }> }
        | undefined
      const inQuery = parameters.filter((one) => one.in === 'query').map((one) => [one.name, one.schema])
      return {
        method: method.toUpperCase(),
        path,
        fields: {
          ...Object.fromEntries(inQuery),
          ...content?.content['application/json']?.schema.properties,
        } as Operation['fields'],
      }
    }),
  )
}
