import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { OWNER, startTestAccess, type TestAccess, type TestDevice } from './test-access.ts'
import { hashOf, newDeviceKey, proofOf, signJwt, type DeviceKey, type ProofClaims } from './test-device.ts'

let hub: TestAccess
let device: TestDevice
beforeEach(async () => {
  hub = await startTestAccess()
  device = await hub.device({ label: 'Studio Mac' })
})
afterEach(() => hub.close())

interface Sent {
  method?: string
  path?: string
  headers?: Record<string, string>
  key?: DeviceKey
  token?: string
  scheme?: string
  proof?: string | null
  claims?: Partial<ProofClaims>
}

/** A correct request of the device, except for what `sent` says. */
async function send(sent: Sent = {}) {
  const { method = 'GET', path = '/api/v1/tools?q=1', token = device.accessToken, scheme = 'DPoP' } = sent
  const htu = `${hub.hub}${path.split('?')[0]}`
  const proof =
    sent.proof ?? proofOf(sent.key ?? device.key, { htm: method, htu, ath: hashOf(token), ...sent.claims })
  const response = await fetch(`${hub.hub}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `${scheme} ${token}` }),
      ...(sent.proof === null ? {} : { dpop: proof }),
      ...sent.headers,
    },
  })
  const body = (await response.json()) as { deviceId?: string; internal?: string; error?: { code: string } }
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body }
}

test('a paired device is recognised by token and proof', async () => {
  expect(await send()).toMatchObject({
    status: 200,
    body: {
      type: 'device',
      deviceId: device.deviceId,
      label: 'Studio Mac',
      scope: { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false },
    },
  })
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE))[0]?.lastSeenAt).toEqual(expect.any(String))
})

test('a request without a token is asked for one, without an error', async () => {
  expect(await send({ token: '' })).toMatchObject({ status: 401, challenge: 'DPoP algs="ES256"' })
})

test('a stolen access token is refused without its key', async () => {
  expect(await send({ proof: null })).toMatchObject({ status: 401 })
  expect(await send({ proof: null, scheme: 'Bearer' })).toMatchObject({ status: 401 })
  expect(await send({ scheme: 'Bearer' })).toMatchObject({ status: 401 })
})

test('a stolen access token is refused with another key', async () => {
  const other = await send({ key: newDeviceKey() })
  expect(other).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } })
  expect(other.challenge).toMatch(/^DPoP error="invalid_(dpop_proof|token)"/)
})

test('a proof is good for one request', async () => {
  const proof = proofOf(device.key, {
    htm: 'GET',
    htu: `${hub.hub}/api/v1/tools`,
    ath: hashOf(device.accessToken),
  })
  expect((await send({ proof })).status).toBe(200)
  expect(await send({ proof })).toMatchObject({
    status: 401,
    challenge: expect.stringContaining('invalid_dpop_proof'),
  })
})

test('of many requests at once with one proof exactly one passes', async () => {
  const proof = proofOf(device.key, {
    htm: 'GET',
    htu: `${hub.hub}/api/v1/tools`,
    ath: hashOf(device.accessToken),
  })
  const answers = await Promise.all(Array.from({ length: 20 }, () => send({ proof })))
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
})

test.each([
  ['another method', { htm: 'POST' }],
  ['another path', { htu: 'http://127.0.0.1/api/v1/other' }],
  ['another token', { ath: hashOf('another') }],
  ['no token', { ath: '' }],
  ['a time long ago', { iat: Math.floor(Date.now() / 1000) - 600 }],
  ['a time to come', { iat: Math.floor(Date.now() / 1000) + 600 }],
])('a proof made for %s is refused', async (_what, claims) => {
  expect(await send({ claims })).toMatchObject({ status: 401 })
})

test('the address in a proof is the public one, whatever host the request names', async () => {
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
  expect((await send({ headers })).status).toBe(200)
  const claims = { htu: 'https://evil.example/api/v1/tools' }
  expect((await send({ headers, claims })).status).toBe(401)
})

test('a path that would leave the hub is refused', async () => {
  const request = {
    method: 'GET',
    authorization: `DPoP ${device.accessToken}`,
    dpop: 'x',
    address: '127.0.0.1',
  }
  for (const url of ['@evil.example/api', '.evil.example/api', '1/api', 'http://evil.example/api']) {
    await expect(hub.access.deviceOf({ ...request, url })).rejects.toMatchObject({ code: 'unauthenticated' })
  }
})

test('a token for the API is refused at the MCP endpoint', async () => {
  expect(await send({ path: '/mcp' })).toMatchObject({ status: 401 })
  expect(await send({ path: '/mcp?x=1' })).toMatchObject({ status: 401 })
})

test('an expired token is refused', async () => {
  hub.clock.offsetMs += 10 * 60_000 + 1_000
  const iat = Math.floor(Date.now() / 1000) + 601
  const late = await send({ claims: { iat } })
  expect(late).toMatchObject({ status: 401, challenge: 'DPoP error="invalid_token", algs="ES256"' })
  expect(late.body.internal).toMatch(/exp/)
})

test('a changed or self-made token is refused', async () => {
  const [header = '', payload = '', signature = ''] = device.accessToken.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'device_other' })).toString('base64url')
  expect((await send({ token: `${header}.${forged}.${signature}` })).status).toBe(401)

  const parsed = JSON.parse(Buffer.from(header, 'base64url').toString()) as object
  expect((await send({ token: signJwt(device.key, parsed, claims) })).status).toBe(401)
  const none = Buffer.from(JSON.stringify({ ...parsed, alg: 'none' })).toString('base64url')
  expect((await send({ token: `${none}.${payload}.` })).status).toBe(401)
  expect((await send({ token: device.refreshToken })).status).toBe(401)
  expect((await send({ token: 'x' })).status).toBe(401)
})

test('revoking a device acts on its very next request, and its refresh token is dead', async () => {
  const owner = await hub.owner()
  expect((await send()).status).toBe(200)
  await hub.access.revokeDevice(owner, device.deviceId)
  expect(await send()).toMatchObject({ status: 401, body: { internal: 'the device was revoked' } })
  const rows = await hub.storage.db.selectFrom('oauth_records').select('kind').execute()
  expect(rows).toEqual([])
  const audit = await hub.audit.list(DEFAULT_WORKSPACE, { subject: device.deviceId, limit: 5 })
  expect(audit.at(-1)).toMatchObject({ action: 'device.revoked', actor: `person:${owner.personId}` })

  await hub.access.revokeDevice(owner, device.deviceId)
  expect(await hub.audit.list(DEFAULT_WORKSPACE, { subject: device.deviceId, limit: 5 })).toHaveLength(
    audit.length,
  )
})

test('every node knows every device, sees each proof once and each revocation at once', async () => {
  const second = await hub.secondNode()
  const request = () => ({
    method: 'GET',
    url: '/api/v1/tools',
    authorization: `DPoP ${device.accessToken}`,
    dpop: proofOf(device.key, {
      htm: 'GET',
      htu: `${hub.hub}/api/v1/tools`,
      ath: hashOf(device.accessToken),
    }),
    address: '127.0.0.1',
  })
  const once = request()
  expect((await second.deviceOf(once)).deviceId).toBe(device.deviceId)
  await expect(hub.access.deviceOf(once)).rejects.toMatchObject({ code: 'unauthenticated' })
  await hub.access.revokeDevice(await hub.owner(), device.deviceId)
  await expect(second.deviceOf(request())).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('the hub itself can revoke a device; an unknown device is said to be unknown', async () => {
  const system = { type: 'system', workspace: DEFAULT_WORKSPACE, part: 'terminal' } as const
  await hub.access.revokeDevice(system, device.deviceId)
  expect((await send()).status).toBe(401)
  await expect(hub.access.revokeDevice(system, 'device_x' as never)).rejects.toMatchObject({
    code: 'device_not_found',
  })
})

test('a device of another workspace is not there to be revoked', async () => {
  const elsewhere = { type: 'system', workspace: 'ws_other' as never, part: 'hub' } as const
  await expect(hub.access.revokeDevice(elsewhere, device.deviceId)).rejects.toMatchObject({
    code: 'device_not_found',
  })
  expect((await send()).status).toBe(200)
})

test('a device token is no session and a session is no device', async () => {
  const { session } = await hub.access.signIn({
    workspace: DEFAULT_WORKSPACE,
    address: '127.0.0.1',
    ...OWNER,
  })
  expect(await hub.access.personOf(session.token)).toBeDefined()
  expect(await hub.access.personOf(device.accessToken)).toBeUndefined()
  expect(await hub.access.personOf(device.refreshToken)).toBeUndefined()
  expect((await send({ token: session.token })).status).toBe(401)
  const cookie = `clawlink_session=${session.token}`
  expect((await send({ token: '', headers: { cookie } })).status).toBe(401)
})
