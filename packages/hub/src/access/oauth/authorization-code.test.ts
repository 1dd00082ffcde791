import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../../contract/ids.ts'
import { startTestAccess, type TestAccess } from '../test-access.ts'
import { hashOf, newDeviceKey, proofOf } from '../test-device.ts'
import {
  askForToken,
  authorize,
  consent,
  createBrowser,
  mcpClient,
  newMcpClient,
  redeem,
  REDIRECT,
  type Answer,
  type TestMcpClient,
} from '../test-mcp-client.ts'

let hub: TestAccess
let client: TestMcpClient
beforeEach(async () => {
  hub = await startTestAccess()
  client = await newMcpClient(hub.hub)
})
afterEach(() => hub.close())

const DAY_MS = 24 * 3_600_000
const devices = () => hub.access.listDevices(DEFAULT_WORKSPACE)
const call = async (token: string, path = '/mcp', headers: Record<string, string> = {}) => {
  const response = await fetch(`${hub.hub}${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body: await response.json(),
  }
}
const refresh = (token: string, over: Record<string, string> = {}): Promise<Answer> =>
  askForToken(hub.hub, {
    grant_type: 'refresh_token',
    client_id: client.clientId,
    refresh_token: token,
    ...over,
  })
/** From nothing to tokens. */
const connect = async (decision?: 'allow' | 'read-only'): Promise<Answer> => {
  const { code } = await consent(hub.hub, client.query, decision)
  return redeem(hub.hub, client, code)
}

test('a client gets a code for a person’s yes, and with it a device of its own', async () => {
  const { redirect, code } = await consent(hub.hub, client.query)
  expect(`${redirect.origin}${redirect.pathname}`).toBe(REDIRECT)
  expect(Object.fromEntries(redirect.searchParams)).toEqual({ code, state: 'the state', iss: hub.hub })

  const tokens = await redeem(hub.hub, client, code)
  expect(tokens).toMatchObject({
    status: 200,
    body: { token_type: 'Bearer', expires_in: 600, scope: 'read write', refresh_token: expect.any(String) },
  })
  const [device] = await devices()
  expect(device).toMatchObject({
    label: 'Test client',
    address: '127.0.0.1',
    state: 'active',
    approvedByName: 'Jane Doe',
    scope: { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false },
  })
  expect(await call(tokens.body.access_token)).toMatchObject({
    status: 200,
    body: { type: 'device', deviceId: device?.id, label: 'Test client', scope: device?.scope },
  })
  const [row] = await hub.audit.list(DEFAULT_WORKSPACE, { subject: device?.id ?? '', limit: 5 })
  const { personId } = await hub.owner()
  expect(row).toMatchObject({ action: 'device.paired', actor: `person:${personId}` })
})

test('an access token is a JWT for the MCP endpoint', async () => {
  const { body } = await connect()
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString())
  expect(claims).toMatchObject({
    iss: hub.hub,
    aud: `${hub.hub}/mcp`,
    sub: (await devices())[0]?.id,
    client_id: client.clientId,
    scope: 'read write',
  })
  expect(claims).not.toHaveProperty('cnf')
})

test('a token for the MCP endpoint is refused at the API, and one for the API at the MCP endpoint', async () => {
  const { body } = await connect()
  expect(await call(body.access_token, '/api/v1/tools')).toMatchObject({ status: 401 })
  const device = await hub.device()
  const dpop = proofOf(device.key, { htm: 'GET', htu: `${hub.hub}/mcp`, ath: hashOf(device.accessToken) })
  const crossed = await call(device.accessToken, '/mcp', {
    authorization: `DPoP ${device.accessToken}`,
    dpop,
  })
  expect(crossed.status).toBe(401)
})

test('the MCP endpoint says where to find out how to get a token', async () => {
  const bare = await fetch(`${hub.hub}/mcp`)
  const where = `resource_metadata="${hub.hub}/.well-known/oauth-protected-resource/mcp", scope="read write"`
  expect(bare.headers.get('www-authenticate')).toBe(`Bearer ${where}`)
  expect((await call('nonsense')).challenge).toBe(`Bearer error="invalid_token", ${where}`)
})

test('a person can give less than a client asks for, never more', async () => {
  const given = await connect('read-only')
  expect(given.body.scope).toBe('read')
  expect((await call(given.body.access_token)).body).toMatchObject({ scope: { readOnly: true } })

  client.query['scope'] = 'read'
  const asked = await connect('allow')
  expect(asked.body.scope).toBe('read')
  expect((await devices()).map((device) => device.scope.readOnly)).toEqual([true, true])
})

test.each([
  [undefined, false],
  ['read', true],
  ['write', false],
  ['openid offline_access', false],
  ['read attest', true],
])('asking for the scope %s is shown as read only: %s', async (scope, readOnly) => {
  const { scope: _scope, ...query } = client.query
  const browser = createBrowser(hub.hub)
  const started = await authorize(hub.hub, browser, scope === undefined ? query : { ...query, scope })
  expect((await browser.get(started.location)).body).toMatchObject({ requested: { readOnly } })
  const decided = await browser.post(started.location)
  const code = new URL((await browser.get(decided.location)).location).searchParams.get('code') ?? ''
  const { body } = await redeem(hub.hub, client, code)
  expect(body.scope).toBe(readOnly ? 'read' : 'read write')
  expect(body).not.toHaveProperty('id_token')
})

test('what OAuth does not know is ignored: a silent or hinted sign-in asks the person like any other', async () => {
  for (const extra of [{ prompt: 'none' }, { max_age: '0', nonce: 'n' }, { claims: '{}', acr_values: 'x' }]) {
    const started = await authorize(hub.hub, createBrowser(hub.hub), { ...client.query, ...extra })
    expect(started.location).toMatch(/^\/oauth\/consent\//)
  }
})

test('a refused client is told so and gets nothing', async () => {
  const { redirect } = await consent(hub.hub, client.query, 'deny')
  expect(Object.fromEntries(redirect.searchParams)).toEqual({
    error: 'access_denied',
    error_description: 'A person refused this connection.',
    state: 'the state',
    iss: hub.hub,
  })
  expect(await devices()).toEqual([])
  const { personId } = await hub.owner()
  const rows = await hub.audit.list(DEFAULT_WORKSPACE, { subject: personId, limit: 5 })
  expect(rows).toContainEqual(
    expect.objectContaining({
      action: 'device.pairing_denied',
      detail: { label: 'Test client', address: '127.0.0.1' },
    }),
  )
})

test('each consent is for one device: two never share a grant, also in one browser', async () => {
  const browser = createBrowser(hub.hub)
  for (let round = 0; round < 2; round += 1) {
    const started = await authorize(hub.hub, browser, client.query)
    // The provider would skip what it believes to be decided.
    expect(started.location).toMatch(/^\/oauth\/consent\//)
    const decided = await browser.post(started.location)
    expect((await browser.get(decided.location)).location).toContain('code=')
  }
  const grants = await hub.storage.db.selectFrom('devices').select('grant_id').execute()
  expect(new Set(grants.map((row) => row.grant_id)).size).toBe(2)
})

test('the provider keeps no session of its own that could outlive a sign-out', async () => {
  const browser = createBrowser(hub.hub)
  const started = await authorize(hub.hub, browser, client.query)
  const decided = await browser.post(started.location)
  const ended = await browser.get(decided.location)
  const cookies = [started, decided, ended].flatMap((answer) => answer.headers.getSetCookie())
  expect(cookies.filter((line) => !line.startsWith('_interaction'))).toEqual([])
  const kinds = await hub.storage.db.selectFrom('oauth_records').select('kind').distinct().execute()
  expect(kinds.map((row) => row.kind)).not.toContain('Session')
})

test('of two decisions at once exactly one counts', async () => {
  await hub.owner()
  const browser = createBrowser(hub.hub)
  const started = await authorize(hub.hub, browser, client.query)
  const answers = await Promise.all(
    ['allow', 'deny', 'allow', 'allow'].map((decision) => browser.post(`${started.location}?${decision}`)),
  )
  expect(answers.map((answer) => String(answer.status)).toSorted()).toEqual(['303', '404', '404', '404'])
  expect((await devices()).length).toBeLessThanOrEqual(1)
})

test('a request is decided in the browser that it began in, by its own page, within ten minutes', async () => {
  const browser = createBrowser(hub.hub)
  const { location } = await authorize(hub.hub, browser, client.query)
  const nobody = { status: 404, body: { error: { code: 'pairing_not_found' } } }
  expect(await createBrowser(hub.hub).get(location)).toMatchObject(nobody)
  expect(await createBrowser(hub.hub).post(location)).toMatchObject(nobody)
  hub.clock.offsetMs += 10 * 60_000 + 1_000
  const late = await browser.post(location)
  expect(late).toMatchObject(nobody)
  expect(late.body.error.next_step).toContain('Start connecting again')
  expect(await devices()).toEqual([])
})

test('a viewer can neither allow nor refuse', async () => {
  hub.letDecide(await hub.person('viewer'))
  const browser = createBrowser(hub.hub)
  const { location } = await authorize(hub.hub, browser, client.query)
  for (const decision of ['allow', 'deny']) {
    expect((await browser.post(`${location}?${decision}`)).status).toBe(403)
  }
  hub.letDecide(await hub.person('approver'))
  expect((await browser.post(location)).status).toBe(303)
})

test('a code works once: used again, it revokes what it gave', async () => {
  const { code } = await consent(hub.hub, client.query)
  const tokens = await redeem(hub.hub, client, code)
  expect((await redeem(hub.hub, client, code)).body.error).toBe('invalid_grant')
  expect((await devices())[0]?.state).toBe('revoked')
  expect((await call(tokens.body.access_token)).status).toBe(401)
  expect((await refresh(tokens.body.refresh_token)).body.error).toBe('invalid_grant')
})

test('of many at once with one code at most one gets tokens', async () => {
  const { code } = await consent(hub.hub, client.query)
  const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(hub.hub, client, code)))
  expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(1)
  expect(answers.filter((answer) => answer.status >= 500)).toEqual([])
})

test('a code is of no use without the verifier, the redirect and the client that it was made for', async () => {
  const other = await newMcpClient(hub.hub)
  const { code } = await consent(hub.hub, client.query)
  const attempts = [
    { code_verifier: other.verifier },
    { code_verifier: '' },
    { redirect_uri: 'http://127.0.0.1:1/callback' },
    { client_id: other.clientId },
    { client_id: 'clawlink-cli' },
    { client_id: 'nobody' },
    { resource: `${hub.hub}/api` },
  ]
  for (const over of attempts)
    expect((await redeem(hub.hub, client, code, over)).status, JSON.stringify(over)).not.toBe(200)
  expect((await devices())[0]?.state).toBe('active')
})

test('a code is good for a minute', async () => {
  const { code } = await consent(hub.hub, client.query)
  hub.clock.offsetMs += 61_000
  expect((await redeem(hub.hub, client, code)).body.error).toBe('invalid_grant')
})

test('a refresh gives a new refresh token each time; the one before, used again, revokes the device', async () => {
  const first = await connect()
  const second = await refresh(first.body.refresh_token)
  expect(second.status).toBe(200)
  expect(second.body.refresh_token).not.toBe(first.body.refresh_token)
  expect((await call(second.body.access_token)).status).toBe(200)

  expect((await refresh(first.body.refresh_token)).body.error).toBe('invalid_grant')
  const [device] = await devices()
  expect(device?.state).toBe('revoked')
  expect((await call(second.body.access_token)).status).toBe(401)
  expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant')
  const audit = await hub.audit.list(DEFAULT_WORKSPACE, { subject: device?.id ?? '', limit: 5 })
  expect(audit.at(-1)).toMatchObject({ action: 'device.revoked', detail: { reason: 'token_reused' } })
})

test('a refresh can ask for less, and that token can do less', async () => {
  const first = await connect()
  const less = await refresh(first.body.refresh_token, { scope: 'read' })
  expect(less.body.scope).toBe('read')
  expect((await call(less.body.access_token)).body).toMatchObject({ scope: { readOnly: true } })
  const full = await refresh(less.body.refresh_token)
  expect((await call(full.body.access_token)).body).toMatchObject({ scope: { readOnly: false } })
  const more = await refresh(full.body.refresh_token, { scope: 'read write attest' })
  expect(more.body.error).toBe('invalid_scope')
})

test('a revocation acts at once', async () => {
  const { body } = await connect()
  const [device] = await devices()
  await hub.access.revokeDevice(await hub.owner(), device!.id)
  expect((await call(body.access_token)).status).toBe(401)
  expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant')
})

test('a client can end its own pairing', async () => {
  const { body } = await connect()
  const form = new URLSearchParams({ client_id: client.clientId, token: body.refresh_token })
  expect((await fetch(`${hub.hub}/oauth/revoke`, { method: 'POST', body: form })).status).toBe(200)
  expect((await devices())[0]?.state).toBe('revoked')
})

test('a token expires after ten minutes, and a client that was away for thirty days asks again', async () => {
  const { body } = await connect()
  hub.clock.offsetMs += 10 * 60_000 + 1_000
  expect((await call(body.access_token)).status).toBe(401)
  hub.clock.offsetMs += 30 * DAY_MS
  expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant')
})

test('a client may bind its tokens to a key; then they are good with it alone', async () => {
  const key = newDeviceKey()
  const { code } = await consent(hub.hub, client.query)
  const { body } = await redeem(hub.hub, client, code, {}, key)
  expect(body.token_type).toBe('DPoP')
  const token: string = body.access_token
  const proof = (by = key) => proofOf(by, { htm: 'GET', htu: `${hub.hub}/mcp`, ath: hashOf(token) })
  const bound = (dpop: string) => call(token, '/mcp', { authorization: `DPoP ${token}`, dpop })

  expect((await call(token)).status).toBe(401)
  expect((await bound(proof(newDeviceKey()))).status).toBe(401)
  const used = proof()
  expect((await bound(used)).status).toBe(200)
  expect((await bound(used)).status).toBe(401)

  expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant')
  const fields = {
    grant_type: 'refresh_token',
    client_id: client.clientId,
    refresh_token: body.refresh_token,
  }
  const again = await askForToken(hub.hub, fields, key)
  // Bound to the key, it need not change: a lost answer then loses no pairing.
  expect(again).toMatchObject({ status: 200, body: { refresh_token: body.refresh_token } })
})

test('a client that asks for no resource gets tokens for the MCP endpoint', async () => {
  const { resource: _resource, ...query } = client.query
  const { code } = await consent(hub.hub, query)
  const { body } = await redeem(hub.hub, client, code)
  expect((await call(body.access_token)).status).toBe(200)
})

test('a loopback redirect may use any port, as a native client finds one free', async () => {
  const moved = mcpClient(hub.hub, client.clientId, 'http://127.0.0.1:59999/callback')
  const { redirect, code } = await consent(hub.hub, moved.query)
  expect(redirect.origin).toBe('http://127.0.0.1:59999')
  expect((await redeem(hub.hub, moved, code)).status).toBe(200)
})

test('nothing of a connection is in the database or the log as it is', async () => {
  const browser = createBrowser(hub.hub)
  const started = await authorize(hub.hub, browser, client.query)
  const decided = await browser.post(started.location)
  const code = new URL((await browser.get(decided.location)).location).searchParams.get('code') ?? ''
  const { body } = await redeem(hub.hub, client, code)
  const records = await hub.storage.db.selectFrom('oauth_records').selectAll().execute()
  const text = JSON.stringify([
    records.map((row) => ({ ...row, sealed: Buffer.from(row.sealed).toString('latin1') })),
    hub.logged,
  ])
  const secrets = [code, body.access_token, body.refresh_token, client.verifier, 'the state']
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
})
