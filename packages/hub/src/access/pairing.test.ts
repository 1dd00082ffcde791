import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeviceScope } from '../contract/actor.ts'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import type { Problem } from '../contract/problem.ts'
import { DEVICE_CODE_GRANT } from './oauth/names.ts'
import { startTestAccess, type TestAccess } from './test-access.ts'
import { askForCode, askForTokens, newDeviceKey } from './test-device.ts'

const ALL: DeviceScope = { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false }
const HERE = '127.0.0.1'
let hub: TestAccess
beforeEach(async () => {
  hub = await startTestAccess()
})
afterEach(() => hub.close())

const poll = (deviceCode: string, key = newDeviceKey()) =>
  askForTokens(hub.hub, key, { grant_type: DEVICE_CODE_GRANT, device_code: deviceCode })

test('a device asks for a code, a person compares it and approves, the device gets its tokens', async () => {
  const code = await askForCode(hub.hub, { device_label: 'Studio Mac' })
  expect(code.body).toMatchObject({
    verification_uri: `${hub.hub}/pair`,
    verification_uri_complete: `${hub.hub}/pair?code=${code.user_code}`,
    expires_in: 600,
    interval: 2,
  })
  expect(code.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  expect((await poll(code.device_code)).body['error']).toBe('authorization_pending')

  const pairing = await hub.access.findPairing(code.user_code.toLowerCase().replace('-', ' '), HERE)
  expect(pairing).toMatchObject({
    userCode: code.user_code,
    label: 'Studio Mac',
    address: HERE,
    requested: { readOnly: false },
  })
  const owner = await hub.owner()
  const { deviceId } = await hub.access.approvePairing(owner, code.user_code, ALL)

  hub.clock.offsetMs += 2_000
  const tokens = await poll(code.device_code)
  expect(tokens).toMatchObject({
    status: 200,
    body: { token_type: 'DPoP', expires_in: 600, scope: 'read write', refresh_token: expect.any(String) },
  })
  expect(await hub.access.listDevices(DEFAULT_WORKSPACE)).toMatchObject([
    {
      id: deviceId,
      label: 'Studio Mac',
      address: HERE,
      state: 'active',
      approvedByName: 'Jane Doe',
      scope: ALL,
    },
  ])
  const [row] = await hub.audit.list(DEFAULT_WORKSPACE, { subject: deviceId, limit: 5 })
  expect(row).toMatchObject({ action: 'device.paired', actor: `person:${owner.personId}` })
})

test('a code pairs one device: it works once, and using it again revokes what it gave', async () => {
  const code = await askForCode(hub.hub)
  await hub.access.approvePairing(await hub.owner(), code.user_code, ALL)
  const key = newDeviceKey()
  expect((await poll(code.device_code, key)).status).toBe(200)
  hub.clock.offsetMs += 10_000
  expect((await poll(code.device_code, key)).body['error']).toBe('invalid_grant')
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE))[0]?.state).toBe('revoked')
})

test('of many polls at once with an approved code at most one gets tokens', async () => {
  const code = await askForCode(hub.hub)
  await hub.access.approvePairing(await hub.owner(), code.user_code, ALL)
  const answers = await Promise.all(Array.from({ length: 10 }, () => poll(code.device_code)))
  expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(1)
  expect(answers.filter((answer) => answer.status >= 500)).toEqual([])
})

test('a refused device is told so and gets nothing', async () => {
  const code = await askForCode(hub.hub)
  await hub.access.denyPairing(await hub.owner(), code.user_code)
  expect((await poll(code.device_code)).body['error']).toBe('access_denied')
  expect(await hub.access.listDevices(DEFAULT_WORKSPACE)).toEqual([])
})

test('of an approval and a refusal at once exactly one counts', async () => {
  const [owner, approver] = [await hub.owner(), await hub.person('approver')]
  const code = await askForCode(hub.hub)
  const results = await Promise.allSettled([
    hub.access.approvePairing(owner, code.user_code, ALL),
    hub.access.denyPairing(approver, code.user_code),
    hub.access.approvePairing(approver, code.user_code, ALL),
  ])
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE)).length).toBeLessThanOrEqual(1)
})

test('two pairings never share a grant', async () => {
  const [first, second] = [await hub.device(), await hub.device()]
  const grants = await hub.storage.db.selectFrom('devices').select('grant_id').execute()
  expect(new Set(grants.map((row) => row.grant_id)).size).toBe(2)
  await hub.access.revokeDevice(await hub.owner(), first.deviceId)
  const still = await askForTokens(hub.hub, second.key, {
    grant_type: 'refresh_token',
    refresh_token: second.refreshToken,
  })
  expect(still.status).toBe(200)
})

test('a viewer can neither approve nor refuse a pairing, nor revoke a device', async () => {
  const viewer = await hub.person('viewer')
  const code = await askForCode(hub.hub)
  const forbidden = expect.objectContaining({ code: 'forbidden' })
  await expect(hub.access.approvePairing(viewer, code.user_code, ALL)).rejects.toEqual(forbidden)
  await expect(hub.access.denyPairing(viewer, code.user_code)).rejects.toEqual(forbidden)
  const { deviceId } = await hub.device()
  await expect(hub.access.revokeDevice(viewer, deviceId)).rejects.toEqual(forbidden)
  expect((await poll(code.device_code)).body['error']).toBe('authorization_pending')
})

test('a device cannot revoke another device', async () => {
  const [one, two] = [await hub.device(), await hub.device()]
  const actor = {
    type: 'device',
    workspace: DEFAULT_WORKSPACE,
    deviceId: one.deviceId,
    label: '',
    scope: ALL,
  } as const
  await expect(hub.access.revokeDevice(actor, two.deviceId)).rejects.toMatchObject({ code: 'forbidden' })
})

test('a person can give less than a device asks for, never more', async () => {
  const asksForLess = await askForCode(hub.hub, { scope: 'read' })
  expect((await hub.access.findPairing(asksForLess.user_code, HERE)).requested.readOnly).toBe(true)
  await hub.access.approvePairing(await hub.owner(), asksForLess.user_code, ALL)
  expect((await poll(asksForLess.device_code)).body['scope']).toBe('read')
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE))[0]?.scope.readOnly).toBe(true)

  const asksForAll = await askForCode(hub.hub, { scope: 'read write' })
  await hub.access.approvePairing(await hub.owner(), asksForAll.user_code, { ...ALL, readOnly: true })
  expect((await poll(asksForAll.device_code)).body['scope']).toBe('read')
})

test('a code expires after ten minutes, for the person and for the device', async () => {
  const code = await askForCode(hub.hub)
  hub.clock.offsetMs += 10 * 60_000 + 1_000
  await expect(hub.access.findPairing(code.user_code, HERE)).rejects.toMatchObject({
    code: 'pairing_not_found',
  })
  await expect(hub.access.approvePairing(await hub.owner(), code.user_code, ALL)).rejects.toMatchObject({
    code: 'pairing_not_found',
  })
  expect((await poll(code.device_code)).body['error']).toBe('invalid_grant')
})

test('guessing codes is limited, by address and by person; a right code is not counted', async () => {
  const code = await askForCode(hub.hub)
  for (let round = 0; round < 30; round += 1) await hub.access.findPairing(code.user_code, HERE)
  const guess = async (address: string): Promise<string> => {
    const failure = await hub.access.findPairing('BBBB-BBBB', address).catch((error: unknown) => error)
    return (failure as Problem).code
  }
  const answers: string[] = []
  for (let round = 0; round < 12; round += 1) answers.push(await guess(HERE))
  expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'pairing_not_found'))
  expect(answers.slice(10)).toEqual(['rate_limited', 'rate_limited'])
  await expect(hub.access.findPairing(code.user_code, HERE)).rejects.toMatchObject({ code: 'rate_limited' })

  const owner = await hub.owner()
  for (let round = 0; round < 10; round += 1) {
    await expect(hub.access.approvePairing(owner, 'BBBB-BBBB', ALL)).rejects.toMatchObject({
      code: 'pairing_not_found',
    })
  }
  await expect(hub.access.approvePairing(owner, code.user_code, ALL)).rejects.toMatchObject({
    code: 'rate_limited',
  })
  hub.clock.offsetMs += 9 * 60_000
  await expect(hub.access.findPairing(code.user_code, HERE)).rejects.toMatchObject({ code: 'rate_limited' })
})

test('asking for codes is limited per address', async () => {
  const statuses: number[] = []
  for (let round = 0; round < 21; round += 1) statuses.push((await askForCode(hub.hub)).status)
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(statuses[20]).toBe(429)
  hub.clock.offsetMs += 10 * 60_000
  expect((await askForCode(hub.hub)).status).toBe(200)
})

test('a device that polls too fast is told to slow down', async () => {
  const code = await askForCode(hub.hub)
  const outcome = async (): Promise<string> => (await poll(code.device_code)).body['error'] ?? 'tokens'
  expect(await outcome()).toBe('authorization_pending')
  expect(await outcome()).toBe('slow_down')
  hub.clock.offsetMs += 3_000
  expect(await outcome()).toBe('slow_down')
  hub.clock.offsetMs += 12_000
  expect(await outcome()).toBe('authorization_pending')
})

test('a label cannot disguise itself', async () => {
  const label = `  Jane\u202Es \u0000 Mac\n\u200B<b>\u{E0041} ${'x'.repeat(100)}`
  const code = await askForCode(hub.hub, { device_label: label })
  const found = await hub.access.findPairing(code.user_code, HERE)
  expect(found.label).toBe(`Janes Mac <b> ${'x'.repeat(49)}…`)
  const unnamed = await askForCode(hub.hub, { device_label: '\u2066\u2069' })
  expect((await hub.access.findPairing(unnamed.user_code, HERE)).label).toBe('Unnamed device')
})

test('a scope that is not one is refused before anything is made', async () => {
  const code = await askForCode(hub.hub)
  const scope = { ...ALL, tools: ['stripe_*; drop'] }
  await expect(hub.access.approvePairing(await hub.owner(), code.user_code, scope)).rejects.toMatchObject({
    code: 'invalid_params',
  })
  expect((await hub.access.findPairing(code.user_code, HERE)).userCode).toBe(code.user_code)
})
