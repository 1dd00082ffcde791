import { request } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEFAULT_WORKSPACE } from '../../contract/ids.ts'
import { startTestAccess, type TestAccess, type TestDevice } from '../test-access.ts'
import { askForCode, askForTokens, newDeviceKey, proofOf, type DeviceKey } from '../test-device.ts'
import { askForToken, consent, newMcpClient, redeem } from '../test-mcp-client.ts'
import { DEVICE_CLIENT_ID, OAUTH_PATHS } from './names.ts'

let hub: TestAccess
beforeEach(async () => {
  hub = await startTestAccess()
})
afterEach(() => hub.close())

const DAY_MS = 24 * 3_600_000
const refresh = (device: TestDevice, over: { key?: DeviceKey; token?: string } = {}) =>
  askForTokens(hub.hub, over.key ?? device.key, {
    grant_type: 'refresh_token',
    refresh_token: over.token ?? device.refreshToken,
  })
const stateOf = async (device: TestDevice): Promise<string | undefined> =>
  (await hub.access.listDevices(DEFAULT_WORKSPACE)).find((row) => row.id === device.deviceId)?.state

/** `fetch` forbids some of these headers. */
function rawGet(path: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${hub.hub}${path}`, { headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, text })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('the metadata names what is served, and nothing that is not', async () => {
  const metadata = (await (await fetch(`${hub.hub}${OAUTH_PATHS.metadata}`)).json()) as {
    grant_types_supported: string[]
  }
  expect(new Set(metadata.grant_types_supported)).toEqual(
    new Set(['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']),
  )
  expect(metadata).toEqual({
    issuer: hub.hub,
    authorization_endpoint: `${hub.hub}/oauth/authorize`,
    registration_endpoint: `${hub.hub}/oauth/register`,
    device_authorization_endpoint: `${hub.hub}/oauth/device`,
    token_endpoint: `${hub.hub}/oauth/token`,
    revocation_endpoint: `${hub.hub}/oauth/revoke`,
    jwks_uri: `${hub.hub}/oauth/jwks`,
    grant_types_supported: expect.any(Array),
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: ['read', 'write', 'attest'],
    token_endpoint_auth_methods_supported: ['none'],
    dpop_signing_alg_values_supported: ['ES256'],
  })
})

test('a spoofed Host or forwarding header never reaches the metadata', async () => {
  const honest = await rawGet(OAUTH_PATHS.metadata, {})
  for (const headers of [
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    { forwarded: 'host=evil.example;proto=https', 'x-forwarded-prefix': '/evil', 'x-forwarded-port': '1' },
  ]) {
    expect(await rawGet(OAUTH_PATHS.metadata, headers)).toEqual(honest)
  }
  expect(honest.text).not.toContain('evil')
})

test('a spoofed forwarding header does not become the address of a pairing', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9' }
  const code = await askForCode(hub.hub, {}, headers)
  expect((await hub.access.findPairing(code.user_code, '127.0.0.1')).address).toBe('127.0.0.1')
  expect(JSON.stringify(code.body)).toContain(`${hub.hub}/pair`)
})

test.each([
  ['GET', '/oauth/device'],
  ['GET', '/oauth/token'],
  ['GET', '/auth'],
  ['GET', '/pair'],
  ['POST', '/pair'],
  ['POST', '/reg'],
  ['POST', '/request'],
  ['GET', '/me'],
  ['GET', '/session/end'],
  ['GET', '/interaction/abc'],
  ['GET', '/.well-known/openid-configuration'],
  ['POST', '/OAUTH/TOKEN'],
  ['GET', '/oauth/register'],
  ['GET', '/oauth/register/some-client'],
  ['PUT', '/oauth/register/some-client'],
  ['DELETE', '/oauth/register/some-client'],
  ['POST', '/oauth/authorize'],
  ['GET', '/oauth/authorize/some/thing'],
  ['GET', '/oauth/consent'],
  ['OPTIONS', '/oauth/authorize'],
  ['OPTIONS', '/oauth/device'],
  ['OPTIONS', '/oauth/revoke'],
])('%s %s of the provider is not served', async (method, path) => {
  const response = await fetch(`${hub.hub}${path}`, { method })
  expect(response.status).toBe(404)
  expect(response.headers.get('set-cookie')).toBeNull()
})

test('the published keys hold no private part, and tokens are signed with one of them', async () => {
  const { keys } = (await (await fetch(`${hub.hub}${OAUTH_PATHS.jwks}`)).json()) as {
    keys: Record<string, string>[]
  }
  expect(keys).toHaveLength(1)
  expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
  expect(keys[0]).not.toHaveProperty('d')
  const device = await hub.device()
  const [header = '', payload = ''] = device.accessToken.split('.')
  expect(decode(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys[0]?.['kid'] })
  expect(decode(payload)).toMatchObject({
    iss: hub.hub,
    aud: `${hub.hub}/api`,
    sub: device.deviceId,
    client_id: DEVICE_CLIENT_ID,
    cnf: { jkt: expect.any(String) },
    grant_id: expect.any(String),
  })
  const { iat, exp } = decode(payload) as { iat: number; exp: number }
  expect(exp - iat).toBe(600)
})

test('tokens are given for a key alone: without a proof there are none', async () => {
  const code = await askForCode(hub.hub)
  const scope = { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false }
  await hub.access.approvePairing(await hub.owner(), code.user_code, scope)
  const fields = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: code.device_code,
  }
  expect((await askForTokens(hub.hub, undefined, fields)).status).toBe(400)
  hub.clock.offsetMs += 10_000
  expect((await askForTokens(hub.hub, newDeviceKey(), fields)).status).toBe(200)
})

test('no other resource, client or kind of grant is served', async () => {
  expect((await askForCode(hub.hub, { resource: `${hub.hub}/mcp` })).body['error']).toBe('invalid_target')
  expect((await askForCode(hub.hub, { resource: 'https://evil.example/' })).body['error']).toBe(
    'invalid_target',
  )
  expect((await askForCode(hub.hub, { client_id: 'someone' })).body['error']).toBe('invalid_client')
  const key = newDeviceKey()
  for (const grant_type of ['client_credentials', 'authorization_code', 'password']) {
    expect((await askForTokens(hub.hub, key, { grant_type })).status).toBe(400)
  }
})

test('a refresh keeps the refresh token until most of its life is over', async () => {
  const device = await hub.device()
  const early = await refresh(device)
  expect(early).toMatchObject({ status: 200, body: { refresh_token: device.refreshToken } })
  expect(early.body['access_token']).not.toBe(device.accessToken)
  hub.clock.offsetMs += 20 * DAY_MS
  expect((await refresh(device)).body['refresh_token']).toBe(device.refreshToken)
  hub.clock.offsetMs += 2 * DAY_MS
  const late = await refresh(device)
  expect(late.status).toBe(200)
  expect(late.body['refresh_token']).not.toBe(device.refreshToken)
})

test('using a refresh token again after it was replaced revokes the device', async () => {
  const device = await hub.device()
  hub.clock.offsetMs += 22 * DAY_MS
  const next = await refresh(device)
  expect(next.status).toBe(200)
  expect(await stateOf(device)).toBe('active')

  expect((await refresh(device)).body['error']).toBe('invalid_grant')
  expect(await stateOf(device)).toBe('revoked')
  const audit = await hub.audit.list(DEFAULT_WORKSPACE, { subject: device.deviceId, limit: 5 })
  expect(audit.at(-1)).toMatchObject({ action: 'device.revoked', detail: { reason: 'token_reused' } })
  const token = next.body['refresh_token'] ?? ''
  expect((await refresh(device, { token })).body['error']).toBe('invalid_grant')
})

test('of many refreshes at once with a token that is due to rotate, one replaces it; the rest are reuse', async () => {
  const device = await hub.device()
  hub.clock.offsetMs += 22 * DAY_MS
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(device)))
  expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(1)
  expect(answers.filter((answer) => answer.status >= 500)).toEqual([])
  expect(await stateOf(device)).toBe('revoked')
})

test('a refresh token is refused with another key, and that revokes nothing', async () => {
  const device = await hub.device()
  expect((await refresh(device, { key: newDeviceKey() })).body['error']).toBe('invalid_grant')
  expect(await stateOf(device)).toBe('active')
  expect((await refresh(device)).status).toBe(200)
})

test('a refresh token dies after thirty days without use', async () => {
  const device = await hub.device()
  hub.clock.offsetMs += 30 * DAY_MS + 1_000
  expect((await refresh(device)).body['error']).toBe('invalid_grant')
})

test('a pairing ends after a year however often it is refreshed', async () => {
  const device = await hub.device()
  let token = device.refreshToken
  for (let day = 0; day < 364; day += 26) {
    hub.clock.offsetMs += 26 * DAY_MS
    const answer = await refresh(device, { token })
    if (answer.status !== 200) break
    token = answer.body['refresh_token'] ?? ''
  }
  hub.clock.offsetMs += 2 * DAY_MS
  expect((await refresh(device, { token })).status).toBe(400)
  expect(await stateOf(device)).toBe('expired')
})

test('a proof is good for one token request, also of many at once', async () => {
  const device = await hub.device()
  const url = `${hub.hub}${OAUTH_PATHS.token}`
  const dpop = proofOf(device.key, { htm: 'POST', htu: url })
  const send = async (): Promise<number> => {
    const body = new URLSearchParams({
      client_id: DEVICE_CLIENT_ID,
      grant_type: 'refresh_token',
      refresh_token: device.refreshToken,
    })
    return (await fetch(url, { method: 'POST', headers: { dpop }, body })).status
  }
  const statuses = await Promise.all(Array.from({ length: 10 }, send))
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(await send()).toBe(400)
  expect(await stateOf(device)).toBe('active')
})

test('a device whose clock is wrong is given a nonce to use in its place', async () => {
  const device = await hub.device()
  const url = `${hub.hub}${OAUTH_PATHS.token}`
  const send = async (nonce?: string) => {
    const claims = { htm: 'POST', htu: url, iat: 1_000_000, ...(nonce === undefined ? {} : { nonce }) }
    const body = new URLSearchParams({
      client_id: DEVICE_CLIENT_ID,
      grant_type: 'refresh_token',
      refresh_token: device.refreshToken,
    })
    const response = await fetch(url, {
      method: 'POST',
      headers: { dpop: proofOf(device.key, claims) },
      body,
    })
    return { response, error: ((await response.json()) as { error?: string }).error }
  }
  const first = await send()
  expect(first.error).toBe('use_dpop_nonce')
  expect((await send(first.response.headers.get('dpop-nonce') ?? '')).response.status).toBe(200)
})

test('a device can end its own pairing, which the audit log tells apart', async () => {
  const device = await hub.device()
  const body = new URLSearchParams({ client_id: DEVICE_CLIENT_ID, token: device.refreshToken })
  expect((await fetch(`${hub.hub}${OAUTH_PATHS.revocation}`, { method: 'POST', body })).status).toBe(200)
  expect(await stateOf(device)).toBe('revoked')
  const audit = await hub.audit.list(DEFAULT_WORKSPACE, { subject: device.deviceId, limit: 5 })
  expect(audit.at(-1)).toMatchObject({ action: 'device.revoked', detail: { reason: 'unpaired' } })
})

test('a page of another site cannot read what the server answers', async () => {
  const headers = { origin: 'https://evil.example' }
  const body = new URLSearchParams({
    client_id: DEVICE_CLIENT_ID,
    grant_type: 'refresh_token',
    refresh_token: 'x',
  })
  for (const path of [OAUTH_PATHS.token, OAUTH_PATHS.device, OAUTH_PATHS.revocation]) {
    const response = await fetch(`${hub.hub}${path}`, { method: 'POST', headers, body })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('a bad request is answered as JSON also to a browser, and logged without its tokens', async () => {
  const response = await fetch(`${hub.hub}${OAUTH_PATHS.token}`, {
    method: 'POST',
    headers: { accept: 'text/html' },
    body: new URLSearchParams({
      client_id: DEVICE_CLIENT_ID,
      grant_type: 'refresh_token',
      refresh_token: 's3cret',
    }),
  })
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(JSON.stringify(hub.logged)).toContain('oauth.refused')
  expect(JSON.stringify(hub.logged)).not.toContain('s3cret')
})

test('the provider warns of nothing while it is set up and used', async () => {
  const said: unknown[] = []
  const hear = (...parts: unknown[]): void => {
    said.push(...parts)
  }
  const spies = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'info'), vi.spyOn(console, 'error')]
  for (const spy of spies) spy.mockImplementation(hear)
  const other = await startTestAccess()
  try {
    const device = await other.device()
    await askForTokens(other.hub, device.key, {
      grant_type: 'refresh_token',
      refresh_token: device.refreshToken,
    })
    const client = await newMcpClient(other.hub)
    const { code } = await consent(other.hub, client.query)
    const tokens = await redeem(other.hub, client, code)
    await askForToken(other.hub, {
      grant_type: 'refresh_token',
      client_id: client.clientId,
      refresh_token: tokens.body.refresh_token,
    })
    await consent(other.hub, client.query, 'deny')
    await fetch(`${other.hub}${OAUTH_PATHS.metadata}`)
    await fetch(`${other.hub}${OAUTH_PATHS.jwks}`)
    const body = new URLSearchParams({ client_id: DEVICE_CLIENT_ID, token: device.refreshToken })
    await fetch(`${other.hub}${OAUTH_PATHS.revocation}`, { method: 'POST', body })
    await other.access.denyPairing(await other.owner(), (await askForCode(other.hub)).user_code)
  } finally {
    await other.close()
    for (const spy of spies) spy.mockRestore()
  }
  expect(said).toEqual([])
})

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
}
