import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE, type DeviceId } from '../../src/contract/ids.ts'
import { startTestAccess, type TestAccess } from '../../src/access/test-access.ts'
import {
  createDeviceClient,
  finishPairing,
  NotPaired,
  pollPairing,
  readCredentials,
  startPairing,
  writeCredentials,
} from '@clawlink/client'

const ALL = { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false }
let hub: TestAccess
let credentialsFile: string
beforeEach(async () => {
  hub = await startTestAccess()
  credentialsFile = join(hub.folder, 'client', 'device.json')
})
afterEach(() => hub.close())

async function pair(label = 'Studio Mac'): Promise<DeviceId> {
  const pending = await startPairing({ hub: hub.hub, label })
  const { deviceId } = await hub.access.approvePairing(await hub.owner(), pending.userCode, ALL)
  expect(await finishPairing(pending, { credentialsFile })).toBe('paired')
  return deviceId
}

/** Counts what is sent, and can answer in the hub's place. */
function countingFetch(answer?: (url: string) => Response | undefined) {
  const sent: string[] = []
  return {
    sent,
    fetch: (url: string, init: RequestInit): Promise<Response> => {
      sent.push(`${init.method ?? 'GET'} ${new URL(url).pathname}`)
      const own = answer?.(url)
      return own === undefined ? fetch(url, init) : Promise.resolve(own)
    },
  }
}

test('pairing waits for the person, stores credentials for its owner alone, and then calls work', async () => {
  const pending = await startPairing({ hub: `${hub.hub}/`, label: 'Studio Mac' })
  expect(pending).toMatchObject({
    userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    verificationUri: `${hub.hub}/pair`,
    verificationUriComplete: `${hub.hub}/pair?code=${pending.userCode}`,
    expiresIn: 600,
    interval: 2,
  })
  expect(JSON.parse(JSON.stringify(pending))).toEqual(pending)

  const waits: number[] = []
  const outcome = await finishPairing(pending, {
    credentialsFile,
    wait: async (milliseconds) => {
      waits.push(milliseconds)
      hub.clock.offsetMs += milliseconds
      if (waits.length === 2) await hub.access.approvePairing(await hub.owner(), pending.userCode, ALL)
    },
  })
  expect(outcome).toBe('paired')
  expect(waits).toEqual([2_000, 2_000])
  expect(statSync(credentialsFile).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(hub.folder, 'client'))).toEqual(['device.json'])

  const response = await createDeviceClient({ credentialsFile }).request('GET', '/api/v1/tools?q=refund')
  expect(await response.json()).toMatchObject({ type: 'device', label: 'Studio Mac' })
})

test('a client that polls too fast slows down as it is told', async () => {
  const pending = await startPairing({ hub: hub.hub, label: 'x' })
  const waits: number[] = []
  const outcome = await finishPairing(pending, {
    credentialsFile,
    wait: async (milliseconds) => {
      waits.push(milliseconds)
      // The first wait is cut short, so that the hub finds the second poll too early.
      if (waits.length > 1) hub.clock.offsetMs += milliseconds
      if (waits.length === 2) await hub.access.denyPairing(await hub.owner(), pending.userCode)
    },
  })
  expect(outcome).toBe('denied')
  expect(waits).toEqual([2_000, 7_000])
})

test('a pairing that nobody approves ends as expired', async () => {
  const pending = await startPairing({ hub: hub.hub, label: 'x' })
  expect(await pollPairing(pending, { credentialsFile })).toBe('pending')
  hub.clock.offsetMs += 601_000
  expect(await pollPairing(pending, { credentialsFile })).toBe('expired')
  expect(await pollPairing(pending, { credentialsFile, now: () => Date.now() + 601_000 })).toBe('expired')
})

test('without credentials a call says that there is no pairing and how to get one', async () => {
  const error: unknown = await createDeviceClient({ credentialsFile })
    .request('GET', '/api/v1/tools')
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(NotPaired)
  expect(error).toMatchObject({ code: 'not_paired', nextStep: expect.stringContaining('clawlink pair') })
  const broken = join(hub.folder, 'broken.json')
  writeFileSync(broken, 'not json')
  await expect(
    createDeviceClient({ credentialsFile: broken }).request('GET', '/api/x'),
  ).rejects.toBeInstanceOf(NotPaired)
})

test('after a revocation the client says that the pairing is over', async () => {
  const deviceId = await pair()
  const client = createDeviceClient({ credentialsFile })
  expect((await client.request('GET', '/api/x')).status).toBe(200)
  await hub.access.revokeDevice(await hub.owner(), deviceId)
  await expect(client.request('GET', '/api/x')).rejects.toBeInstanceOf(NotPaired)
})

test('a token near its end is refreshed before it is used, once for all calls at once', async () => {
  await pair()
  const before = await readCredentials(credentialsFile)
  await writeCredentials(credentialsFile, { ...before, accessTokenExpiresAt: Date.now() + 29_000 })
  const { sent, fetch } = countingFetch()
  const client = createDeviceClient({ credentialsFile, fetch })
  const responses = await Promise.all(Array.from({ length: 8 }, () => client.request('GET', '/api/x')))
  expect(responses.map((response) => response.status)).toEqual(Array.from({ length: 8 }, () => 200))
  expect(sent.filter((line) => line === 'POST /oauth/token')).toHaveLength(1)
  const after = await readCredentials(credentialsFile)
  expect(after.accessToken).not.toBe(before.accessToken)
  expect(after.refreshToken).toBe(before.refreshToken)
})

test('a token that the hub refuses as expired is refreshed and the call sent once more', async () => {
  await pair()
  const before = await readCredentials(credentialsFile)
  const { sent, fetch } = countingFetch()
  const client = createDeviceClient({ credentialsFile, fetch })
  await writeCredentials(credentialsFile, { ...before, accessToken: `${before.accessToken}x` })
  expect((await client.request('POST', '/api/x', { a: 1 })).status).toBe(200)
  expect(sent.filter((line) => line === 'POST /api/x')).toHaveLength(2)
  expect(sent.filter((line) => line === 'POST /oauth/token')).toHaveLength(1)
  expect((await readCredentials(credentialsFile)).accessToken).not.toBe(before.accessToken)
})

test('a call is sent once more when the hub asks for a nonce, and at most once', async () => {
  await pair()
  const challenge = {
    status: 401,
    headers: { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n1' },
  }
  const { sent, fetch } = countingFetch((url) =>
    url.includes('/api/') ? new Response('{}', challenge) : undefined,
  )
  const response = await createDeviceClient({ credentialsFile, fetch }).request('POST', '/api/x', {})
  expect(response.status).toBe(401)
  expect(sent).toEqual(['POST /api/x', 'POST /api/x'])
})

test.each([
  ['a refusal without a challenge', new Response('{}', { status: 401 })],
  ['a server error', new Response('{}', { status: 500 })],
  ['a conflict', new Response('{}', { status: 409 })],
])('%s is handed back and never sent again', async (_what, answer) => {
  await pair()
  const { sent, fetch } = countingFetch((url) => (url.includes('/api/') ? answer.clone() : undefined))
  const response = await createDeviceClient({ credentialsFile, fetch }).request('POST', '/api/x', {})
  expect(response.status).toBe(answer.status)
  expect(sent).toEqual(['POST /api/x'])
})

test('a broken connection is an error and never sent again', async () => {
  await pair()
  let sent = 0
  const fetch = (): Promise<Response> => {
    sent += 1
    return Promise.reject(new TypeError('fetch failed'))
  }
  await expect(createDeviceClient({ credentialsFile, fetch }).request('POST', '/api/x', {})).rejects.toThrow(
    'fetch failed',
  )
  expect(sent).toBe(1)
})

test('several processes at once refresh once between them and none loses the pairing', async () => {
  const deviceId = await pair()
  const before = await readCredentials(credentialsFile)
  await writeCredentials(credentialsFile, { ...before, accessTokenExpiresAt: 0 })
  // Late enough that a refresh replaces the refresh token, and a second one with the old would be reuse.
  hub.clock.offsetMs += 22 * 24 * 3_600_000
  const module = fileURLToPath(new URL('../../../client/src/index.ts', import.meta.url))
  const program = `
    const { createDeviceClient } = await import(${JSON.stringify(module)})
    await createDeviceClient({ credentialsFile: ${JSON.stringify(credentialsFile)} }).request('GET', '/api/x')
    console.log('done')`
  const outputs = await Promise.all(Array.from({ length: 4 }, () => run(program)))
  expect(outputs).toEqual(['done', 'done', 'done', 'done'])
  const after = await readCredentials(credentialsFile)
  expect(after.refreshToken).not.toBe(before.refreshToken)
  const [row] = await hub.access.listDevices(DEFAULT_WORKSPACE)
  expect(row).toMatchObject({ id: deviceId, state: 'active' })
  expect(readdirSync(join(hub.folder, 'client'))).toEqual(['device.json'])
})

function run(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program])
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
    child.on('error', reject)
    child.on('close', () => {
      resolve(text.trim())
    })
  })
}

test('a lock that a dead process left behind is taken over', async () => {
  await pair()
  const before = await readCredentials(credentialsFile)
  await writeCredentials(credentialsFile, { ...before, accessTokenExpiresAt: 0 })
  const lock = `${credentialsFile}.lock`
  writeFileSync(lock, 'dead')
  utimesSync(lock, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
  expect((await createDeviceClient({ credentialsFile }).request('GET', '/api/x')).status).toBe(200)
  expect(readdirSync(join(hub.folder, 'client'))).toEqual(['device.json'])
})

test('unpairing ends the pairing on the hub and deletes the credentials', async () => {
  await pair()
  await createDeviceClient({ credentialsFile }).unpair()
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE))[0]?.state).toBe('revoked')
  expect(readdirSync(join(hub.folder, 'client'))).toEqual([])
})

test('a hub elsewhere must be reached over https, and a path cannot leave the hub', async () => {
  await expect(startPairing({ hub: 'http://hub.example.com', label: 'x' })).rejects.toThrow('https')
  await expect(startPairing({ hub: 'ftp://127.0.0.1', label: 'x' })).rejects.toThrow(
    'not the address of a hub',
  )
  await pair()
  const client = createDeviceClient({ credentialsFile })
  for (const path of ['@evil.example/', '.evil.example/', 'api', 'https://evil.example/']) {
    await expect(client.request('GET', path)).rejects.toThrow('not a path of the hub')
  }
  // Two slashes do not name a host here: the address is put together, not resolved.
  expect((await client.request('GET', '//evil.example')).status).toBe(404)
})

test('the credentials file holds the key of one device and is replaced whole', async () => {
  await pair()
  const text = readFileSync(credentialsFile, 'utf8')
  expect(Object.keys(JSON.parse(text) as object).sort()).toEqual([
    'accessToken',
    'accessTokenExpiresAt',
    'hub',
    'key',
    'label',
    'refreshToken',
    'version',
  ])
})
