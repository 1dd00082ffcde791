import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../../contract/ids.ts'
import { startTestAccess, type TestAccess } from '../test-access.ts'
import {
  askForToken,
  authorize,
  consent,
  createBrowser,
  mcpClient,
  newMcpClient,
  redeem,
  REDIRECT,
  register,
} from '../test-mcp-client.ts'
import { OAUTH_PATHS } from './names.ts'

let hub: TestAccess
beforeEach(async () => {
  hub = await startTestAccess()
})
afterEach(() => hub.close())

const HOUR_MS = 3_600_000
const clientRows = () =>
  hub.storage.db.selectFrom('oauth_records').select('id_hash').where('kind', '=', 'Client').execute()
const post = (body: string, contentType = 'application/json') =>
  fetch(`${hub.hub}${OAUTH_PATHS.registration}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  })

test('a client registers itself, and is answered with what this hub made of it', async () => {
  const answer = await register(hub.hub, {
    client_name: 'Claude Code',
    scope: 'read write openid',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
    response_types: ['code', 'token'],
    token_endpoint_auth_method: 'client_secret_post',
    client_secret: 'mine',
    client_id: 'clawlink-cli',
    id_token_signed_response_alg: 'none',
    require_auth_time: true,
    contacts: ['jane.doe@example.com'],
    logo_uri: 'https://client.example/logo.png',
    registered_from: '203.0.113.9',
  })
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    client_id: expect.stringMatching(/^[\w-]{43}$/),
    client_id_issued_at: expect.any(Number),
    client_name: 'Claude Code',
    redirect_uris: [REDIRECT],
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: false,
  })
})

test('where a registration came from is what the socket says', async () => {
  const client = await newMcpClient(hub.hub, { registered_from: '203.0.113.9' })
  const browser = createBrowser(hub.hub)
  const { location } = await authorize(hub.hub, browser, client.query)
  expect((await browser.get(location)).body).toMatchObject({ address: '127.0.0.1' })
})

test('nothing that a client names is fetched', async () => {
  let connections = 0
  const listener = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve)
  })
  const address = `https://127.0.0.1:${(listener.address() as AddressInfo).port}/x.json`
  const client = await newMcpClient(hub.hub, {
    sector_identifier_uri: address,
    jwks_uri: address,
    logo_uri: address,
    client_uri: address,
    initiate_login_uri: address,
  })
  const { code } = await consent(hub.hub, client.query)
  expect((await redeem(hub.hub, client, code)).status).toBe(200)
  // A client's id that is an address would be one more thing to fetch.
  const unknown = await authorize(hub.hub, createBrowser(hub.hub), mcpClient(hub.hub, address).query)
  expect(unknown.status).toBe(400)
  expect(connections).toBe(0)
  listener.close()
})

test.each([
  ['https://claude.ai/api/mcp/auth_callback', 'web'],
  ['https://chatgpt.com:8443/connector_platform_oauth_redirect?x=1', 'web'],
  ['https://xn--bcher-kva.example/callback', 'web'],
  ['http://127.0.0.1:33418/callback', 'native'],
  ['http://localhost/callback', 'native'],
  ['http://[::1]:8080/callback', 'native'],
  ['cursor://anysphere.cursor-mcp/oauth/callback', 'native'],
  ['vscode://vscode.github-authentication/did-authenticate', 'native'],
  ['com.example.app:/oauth/callback', 'native'],
])('%s is a redirect of a %s client', async (uri, application_type) => {
  expect((await register(hub.hub, { redirect_uris: [uri] })).body).toMatchObject({
    redirect_uris: [uri],
    application_type,
  })
})

test.each([
  'http://client.example/callback',
  'http://127.0.0.1.evil.example/callback',
  'http://127.0.0.1@evil.example/callback',
  'http://user:secret@127.0.0.1/callback',
  'https://user@evil.example/callback',
  'http://127.0.0.2/callback',
  'http://0.0.0.0/callback',
  'http://10.0.0.1/callback',
  'javascript:alert(1)',
  'JavaScript://127.0.0.1/%0Aalert(1)',
  'data:text/html,<script>1</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'blob:https://evil.example/1',
  'about:blank',
  'view-source:https://evil.example',
  'ms-msdt:/id',
  'search-ms:query=x',
  'intent://evil#Intent;end',
  'mailto:a@b.example',
  'unknownapp://callback',
  'https://evil.example/callback#fragment',
  'https://evil.example;script-src/callback',
  'https://evil.example,/callback',
  'https://*.example/callback',
  'https://$evil.example/callback',
  "https://evil.example/'callback",
  'https://evil.example/call back',
  'https://evil.example/call\u202Eback',
  '//evil.example/callback',
  '/callback',
  '',
  'https://',
  null,
  7,
  {},
])('%s is no redirect here', async (uri) => {
  const answer = await register(hub.hub, { redirect_uris: [REDIRECT, uri] })
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_redirect_uri' } })
  expect(await clientRows()).toEqual([])
})

test('a client names at least one redirect, and neither many nor endless ones', async () => {
  const many = Array.from({ length: 21 }, (_, index) => `https://client.example/${index}`)
  const long = [`https://client.example/${'x'.repeat(500)}`]
  for (const redirect_uris of [undefined, [], many, long, 'https://client.example/callback', {}]) {
    expect((await register(hub.hub, { redirect_uris })).status).toBe(400)
  }
})

test('a name cannot disguise itself, and holds no card number', async () => {
  const named = async (client_name: unknown) => (await register(hub.hub, { client_name })).body.client_name
  expect(await named(`  Cla\u202Eude\u0000\n<b>${'x'.repeat(100)}`)).toMatch(/^Claude <b>x+…$/)
  expect(await named('\u2066')).toBe('Unnamed device')
  expect(await named(undefined)).toBe('Unnamed device')
  expect(await named({ toString: 'no' })).toBe('Unnamed device')
  const refused = await register(hub.hub, { client_name: 'Card 4242 4242 4242 4242' })
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } })
  expect(JSON.stringify([refused.body, hub.logged])).not.toContain('4242')
})

test('what is no registration is refused and changes nothing', async () => {
  const bodies = ['', '[]', '"x"', 'null', '{', `{"a":"${'x'.repeat(60_000)}"}`]
  for (const body of bodies) expect((await post(body)).status, body.slice(0, 20)).toBe(400)
  expect((await post('redirect_uris=x', 'application/x-www-form-urlencoded')).status).toBe(400)
  expect(await clientRows()).toEqual([])
})

test('registering is limited per address', async () => {
  const statuses: number[] = []
  for (let round = 0; round < 22; round += 1) statuses.push((await register(hub.hub)).status)
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 201))
  expect(statuses.slice(20)).toEqual([429, 429])
  const refused = await register(hub.hub)
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  expect(await clientRows()).toHaveLength(20)
  hub.clock.offsetMs += 10 * 60_000
  expect((await register(hub.hub)).status).toBe(201)
})

test('a client that nobody said yes to is forgotten after a day; one with a grant stays', async () => {
  const [unused, used, refused] = [
    await newMcpClient(hub.hub),
    await newMcpClient(hub.hub),
    await newMcpClient(hub.hub),
  ]
  const { code } = await consent(hub.hub, used.query)
  let { body } = await redeem(hub.hub, used, code)
  await consent(hub.hub, refused.query, 'deny')

  hub.clock.offsetMs += 25 * HOUR_MS
  await hub.access.sweep()
  expect(await clientRows()).toHaveLength(1)
  const late = await authorize(hub.hub, createBrowser(hub.hub), unused.query)
  expect(late).toMatchObject({ status: 400, location: '', body: { error: { code: 'invalid_params' } } })
  expect(late.body.error.next_step).toContain('add it again')

  const refresh = () =>
    askForToken(hub.hub, {
      grant_type: 'refresh_token',
      client_id: used.clientId,
      refresh_token: body.refresh_token,
    })
  const again = await refresh()
  expect(again.status).toBe(200)
  ;({ body } = again)
  // Also after its device was revoked: it can then ask again without another registration.
  const [device] = await hub.access.listDevices(DEFAULT_WORKSPACE)
  await hub.access.revokeDevice(await hub.owner(), device!.id)
  expect((await authorize(hub.hub, createBrowser(hub.hub), used.query)).location).toContain('/oauth/consent/')
})
