import { createHash, randomBytes } from 'node:crypto'
import { OAUTH_PATHS } from './oauth/names.ts'
import { proofOf, type DeviceKey } from './test-device.ts'

export const REDIRECT = 'http://127.0.0.1:33418/callback'

/** An MCP client and the browser that it opens, by hand, so that a test can get each part wrong. For tests alone. */
export interface TestMcpClient {
  clientId: string
  verifier: string
  /** The query of /oauth/authorize as it should be. */
  query: Record<string, string>
}

/** An answer with a JSON body, or none. */
export interface Answer {
  status: number
  headers: Headers
  location: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
  body: any
}

export async function register(hub: string, metadata: Record<string, unknown> = {}): Promise<Answer> {
  return toAnswer(
    await fetch(`${hub}${OAUTH_PATHS.registration}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Test client', redirect_uris: [REDIRECT], ...metadata }),
    }),
  )
}

export async function newMcpClient(
  hub: string,
  metadata: Record<string, unknown> = {},
): Promise<TestMcpClient> {
  const { body } = await register(hub, metadata)
  return mcpClient(hub, body.client_id)
}

export function mcpClient(hub: string, clientId: string, redirect = REDIRECT): TestMcpClient {
  const verifier = randomBytes(32).toString('base64url')
  return {
    clientId,
    verifier,
    query: {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirect,
      scope: 'read write',
      state: 'the state',
      resource: `${hub}/mcp`,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    },
  }
}

/** Keeps cookies by their path, as a browser does. */
export interface TestBrowser {
  get(url: string): Promise<Answer>
  post(url: string): Promise<Answer>
}

export function createBrowser(hub: string): TestBrowser {
  const jar = new Map<string, { path: string; value: string }>()
  const send = async (method: string, target: string): Promise<Answer> => {
    const url = new URL(target, hub)
    const cookie = [...jar]
      .filter(
        ([, { path }]) => url.pathname === path || url.pathname.startsWith(path === '/' ? '/' : `${path}/`),
      )
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ')
    const headers = cookie === '' ? {} : { cookie }
    const response = await fetch(url, { method, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ')
      const [name = '', value = ''] = pair.split('=')
      const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice(5) ?? '/'
      if (value === '') jar.delete(`${name} ${path}`)
      else jar.set(`${name} ${path}`, { path, value })
    }
    return toAnswer(response)
  }
  return { get: (url) => send('GET', url), post: (url) => send('POST', url) }
}

export function authorize(
  hub: string,
  browser: TestBrowser,
  query: Record<string, string | string[]>,
): Promise<Answer> {
  const entries = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
  return browser.get(`${hub}${OAUTH_PATHS.authorization}?${String(new URLSearchParams(entries))}`)
}

/** From the client's request to what it is sent in the end. */
export async function consent(
  hub: string,
  query: Record<string, string>,
  decision: 'allow' | 'read-only' | 'deny' = 'allow',
): Promise<{ redirect: URL; code: string }> {
  const browser = createBrowser(hub)
  const started = await authorize(hub, browser, query)
  const decided = await browser.post(`${started.location}?${decision}`)
  if (decided.status !== 303) throw new Error(`not decided: ${JSON.stringify([started, decided])}`)
  const redirect = new URL((await browser.get(decided.location)).location)
  return { redirect, code: redirect.searchParams.get('code') ?? '' }
}

export async function askForToken(
  hub: string,
  fields: Record<string, string>,
  key?: DeviceKey,
): Promise<Answer> {
  const url = `${hub}${OAUTH_PATHS.token}`
  const headers = key === undefined ? {} : { dpop: proofOf(key, { htm: 'POST', htu: url }) }
  return toAnswer(await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) }))
}

export function redeem(
  hub: string,
  client: TestMcpClient,
  code: string,
  over: Record<string, string> = {},
  key?: DeviceKey,
): Promise<Answer> {
  return askForToken(
    hub,
    {
      grant_type: 'authorization_code',
      client_id: client.clientId,
      redirect_uri: client.query['redirect_uri'] ?? '',
      code_verifier: client.verifier,
      code,
      ...over,
    },
    key,
  )
}

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    location: response.headers.get('location') ?? '',
    body: response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : {},
  }
}
