import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../../contract/ids.ts'
import { startTestAccess, type TestAccess } from '../test-access.ts'
import {
  authorize,
  createBrowser,
  mcpClient,
  newMcpClient,
  type Answer,
  type TestMcpClient,
} from '../test-mcp-client.ts'

let hub: TestAccess
let client: TestMcpClient
beforeEach(async () => {
  hub = await startTestAccess()
  client = await newMcpClient(hub.hub, {
    redirect_uris: ['http://127.0.0.1:33418/callback', 'https://client.example/callback'],
  })
})
afterEach(() => hub.close())

/** A correct request, except for these. */
const ask = (over: Record<string, string | string[] | undefined>): Promise<Answer> => {
  const query = Object.entries({ ...client.query, ...over }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return authorize(hub.hub, createBrowser(hub.hub), Object.fromEntries(query))
}

test('a correct request leads to the consent page, and nowhere else', async () => {
  expect((await ask({})).location).toMatch(/^\/oauth\/consent\/[\w-]{43}$/)
  expect((await ask({ redirect_uri: 'https://client.example/callback' })).status).toBe(303)
})

test.each([
  ['another redirect', { redirect_uri: 'https://evil.example/callback' }],
  ['a redirect below the registered one', { redirect_uri: 'https://client.example/callback/../evil' }],
  ['a redirect with another path', { redirect_uri: 'http://127.0.0.1:33418/other' }],
  ['a redirect with a query added', { redirect_uri: 'https://client.example/callback?x=1' }],
  ['a redirect with another port', { redirect_uri: 'https://client.example:8443/callback' }],
  ['a redirect with a name in it', { redirect_uri: 'http://127.0.0.1:33418@evil.example/callback' }],
  ['another loopback address', { redirect_uri: 'http://localhost:33418/callback' }],
  ['a script as redirect', { redirect_uri: 'javascript:alert(1)' }],
  ['no redirect', { redirect_uri: undefined }],
  ['two redirects', { redirect_uri: ['https://client.example/callback', 'https://evil.example/'] }],
  ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
  ['a challenge without its method', { code_challenge_method: undefined }],
  ['plain PKCE', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }],
  ['a challenge that is none', { code_challenge: 'short' }],
  ['the API as resource', { resource: 'HUB/api' }],
  ['the API beside the MCP endpoint', { resource: ['HUB/mcp', 'HUB/api'] }],
  ['a resource elsewhere', { resource: 'https://evil.example/mcp' }],
  ['a token without a code', { response_type: 'token' }],
  ['an ID token', { response_type: 'id_token' }],
  ['an answer in a form', { response_mode: 'form_post' }],
  ['an answer in the fragment', { response_mode: 'fragment' }],
  ['two modes of answer', { response_mode: ['query', 'form_post'] }],
  ['two scopes', { scope: ['read', 'write'] }],
  ['a request object', { request: 'e30.e30.' }],
  ['a request to be fetched', { request_uri: 'https://evil.example/request' }],
  ['a registration on the way', { registration: '{}' }],
  ['an unknown client', { client_id: 'nobody' }],
  ['no client', { client_id: undefined }],
  ['the device client', { client_id: 'clawlink-cli' }],
  ['a client that is an address', { client_id: 'https://client.example/client.json' }],
])('a request with %s ends here: it is sent nowhere, not even with an error', async (_what, over) => {
  const here = Object.fromEntries(
    Object.entries(over).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? value.map((one) => one.replace('HUB', hub.hub))
        : (value as string | undefined)?.replace('HUB', hub.hub),
    ]),
  )
  const answer = await ask(here)
  expect(answer).toMatchObject({ status: 400, location: '', body: { error: { code: 'invalid_params' } } })
  expect(answer.headers.getSetCookie()).toEqual([])
  expect(answer.body.error.next_step).toEqual(expect.any(String))
  const kept = await hub.storage.db
    .selectFrom('oauth_records')
    .select('kind')
    .where('kind', '!=', 'Client')
    .execute()
  expect(kept).toEqual([])
})

test('what a request says is not repeated to the person beyond a plain line', async () => {
  const answer = await ask({ resource: 'https://evil.example/\u202E<script>' })
  expect(JSON.stringify(answer.body)).not.toMatch(/evil|script|\u202E/)
})

test('asking is limited per address', async () => {
  const unknown = mcpClient(hub.hub, 'nobody')
  const statuses: number[] = []
  for (let round = 0; round < 61; round += 1) {
    statuses.push((await authorize(hub.hub, createBrowser(hub.hub), unknown.query)).status)
  }
  expect(new Set(statuses.slice(0, 60))).toEqual(new Set([400]))
  expect(statuses[60]).toBe(429)
})

test('what a browser goes on to without a request of its own says that nobody waits', async () => {
  const browser = createBrowser(hub.hub)
  const { location } = await authorize(hub.hub, browser, client.query)
  const id = location.split('/').at(-1)
  const other = await createBrowser(hub.hub).get(`/oauth/authorize/${id}`)
  expect(other).toMatchObject({ status: 404, location: '', body: { error: { code: 'pairing_not_found' } } })
  // Its own browser, but before a person decided: it asks once more and goes nowhere else.
  expect((await browser.get(`/oauth/authorize/${id}`)).location).toMatch(/^\/oauth\/consent\//)
  expect(await hub.access.listDevices(DEFAULT_WORKSPACE)).toEqual([])
})

test('the cookie of one request decides nothing at the page of another', async () => {
  const [mine, other] = [await ask({}), await ask({})]
  const cookie = mine.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const at = (method: string, { location }: Answer) =>
    fetch(`${hub.hub}${location}`, { method, headers: { cookie }, redirect: 'manual' })
  expect((await at('GET', mine)).status).toBe(200)
  expect((await at('GET', other)).status).toBe(404)
  expect((await at('POST', other)).status).toBe(404)
  expect(await hub.access.listDevices(DEFAULT_WORKSPACE)).toEqual([])
})

test('of a device that is revoked before its code is made, the client gets nothing', async () => {
  const browser = createBrowser(hub.hub)
  const { location } = await authorize(hub.hub, browser, client.query)
  const decided = await browser.post(location)
  const [device] = await hub.access.listDevices(DEFAULT_WORKSPACE)
  await hub.access.revokeDevice(await hub.owner(), device!.id)
  const ended = await browser.get(decided.location)
  expect(new URL(ended.location).searchParams.get('error')).toBe('access_denied')
  expect(ended.location).not.toContain('code=')
})
