import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit, type Audit } from '../audit/audit.ts'
import type { PersonActor, Role } from '../contract/actor.ts'
import { DEFAULT_WORKSPACE, isoTime, randomId, type DeviceId, type PersonId } from '../contract/ids.ts'
import { asProblem } from '../contract/problem.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import { createVault, type Vault } from '../vault/vault.ts'
import { createAccess, deviceChallenge, mcpChallenge, type Access } from './access.ts'
import type { Fetch } from './oauth/client-metadata.ts'
import { DEVICE_CODE_GRANT } from './oauth/names.ts'
import { askForCode, askForTokens, newDeviceKey, type DeviceKey } from './test-device.ts'

export const OWNER = { name: 'Jane Doe', email: 'jane@example.com', password: 'correct horse battery' }

/** A hub cut down to access: a real database in a temporary folder and a real HTTP server. For tests alone. */
export interface TestAccess {
  access: Access
  storage: Storage
  vault: Vault
  audit: Audit
  hub: string
  folder: string
  databaseFile: string
  logged: { event: string; detail: Record<string, unknown> }[]
  /** What `Date.now` and the hub's clock are apart; tests of expiry move it. */
  clock: { offsetMs: number }
  /** Another node of the same hub: nothing shared but the database and the master key. */
  secondNode(): Promise<Access>
  owner(): Promise<PersonActor>
  person(role: Role): Promise<PersonActor>
  /** Who decides at `/oauth/consent/…` from now on; at first the owner. */
  letDecide(person: PersonActor): void
  /** Pairs a device and gives its tokens and key. */
  device(options?: { label?: string; readOnly?: boolean }): Promise<TestDevice>
  close(): Promise<void>
}

export interface TestDevice {
  deviceId: DeviceId
  key: DeviceKey
  accessToken: string
  refreshToken: string
}

export async function startTestAccess(
  options: { publicUrl?: string; fetchClientMetadata?: Fetch } = {},
): Promise<TestAccess> {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-access-'))
  const databaseFile = join(folder, 'hub.sqlite')
  const storage = await openStorage(databaseFile)
  const vault = createVault(randomBytes(32))
  const clock = { offsetMs: 0 }
  const now = (): number => Date.now() + clock.offsetMs
  const audit = createAudit(storage.db, vault.branchKey('audit'), now)
  const logged: TestAccess['logged'] = []

  let access: Access | undefined
  let made: PersonActor | undefined
  let decider = (): Promise<PersonActor> => owner()
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    if (access === undefined) throw new Error('not ready')
    const reply = await answer(access, incoming, outgoing, () => decider())
    if (reply === undefined) return
    outgoing.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    outgoing.end(JSON.stringify(reply.body))
  }
  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing))
  const hub = await listen(server)
  const create = (): Promise<Access> =>
    createAccess({
      storage,
      vault,
      audit,
      now,
      newId: randomId,
      publicUrl: options.publicUrl ?? hub,
      whenDeviceEnds: () => Promise.resolve(),
      // Hashing is not what most tests are about, and they do much of it.
      passwordCost: { memory: 64, passes: 1, parallelism: 1 },
      log: (event, detail) => logged.push({ event, detail }),
      ...(options.fetchClientMetadata === undefined
        ? {}
        : { fetchClientMetadata: options.fetchClientMetadata }),
    })
  const ready = await create()
  access = ready
  const owner = async (): Promise<PersonActor> => {
    if (made !== undefined) return made
    if (await ready.hasOwner(DEFAULT_WORKSPACE)) {
      const { person } = await ready.signIn({ workspace: DEFAULT_WORKSPACE, address: 'test', ...OWNER })
      return (made = person)
    }
    const link = new URL(await ready.startSetup(DEFAULT_WORKSPACE))
    const done = await ready.finishSetup({ token: link.searchParams.get('token') ?? '', ...OWNER })
    return (made = done.person)
  }

  return {
    access: ready,
    storage,
    vault,
    audit,
    hub,
    folder,
    databaseFile,
    logged,
    clock,
    secondNode: create,
    owner,
    async person(role) {
      const personId = randomId('person') as PersonId
      const row = { id: personId, workspace: DEFAULT_WORKSPACE, name: role, role, password_hash: null }
      await storage.db
        .insertInto('people')
        .values({ ...row, email: `${personId}@example.com`, created_at: isoTime(now()) })
        .execute()
      return { type: 'person', workspace: DEFAULT_WORKSPACE, personId, name: role, role }
    },
    letDecide(person) {
      decider = () => Promise.resolve(person)
    },
    async device({ label = 'Test device', readOnly = false } = {}) {
      const code = await askForCode(hub, { device_label: label })
      const scope = { connections: ['*'], tools: ['*'], readOnly, chatApprovals: false }
      const { deviceId } = await ready.approvePairing(await owner(), code.user_code, scope)
      const key = newDeviceKey()
      const { status, body } = await askForTokens(hub, key, {
        grant_type: DEVICE_CODE_GRANT,
        device_code: code.device_code,
      })
      if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`)
      return { deviceId, key, accessToken: body['access_token']!, refreshToken: body['refresh_token']! }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await storage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Reply {
  status: number
  headers?: Record<string, string>
  body: unknown
}

/**
 * `/api/…` and `/mcp` say who calls, `/oauth/consent/…` stands for the page: GET shows what is asked, POST decides. The rest
 * is the OAuth server's, which then has answered by itself.
 */
async function answer(
  access: Access,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  decider: () => Promise<PersonActor>,
): Promise<Reply | undefined> {
  const url = incoming.url ?? '/'
  const isMcp = url.startsWith('/mcp')
  const [, consentId, decision] = /^\/oauth\/consent\/([^?]*)\??(.*)$/.exec(url) ?? []
  try {
    if (consentId !== undefined) {
      const request = { id: consentId, incoming, outgoing }
      if (incoming.method === 'GET') return { status: 200, body: await access.findConsent(request) }
      const person = await decider()
      const { continueAt } =
        decision === 'deny'
          ? await access.denyConsent(person, request)
          : await access.approveConsent(person, request, { readOnly: decision === 'read-only' })
      return { status: 303, headers: { location: continueAt }, body: {} }
    }
    if (!isMcp && !url.startsWith('/api')) {
      await access.oauth(incoming, outgoing)
      return undefined
    }
    const device = await access.deviceOf({
      method: incoming.method ?? 'GET',
      url,
      authorization: incoming.headers.authorization,
      dpop: header(incoming, 'dpop'),
      address: incoming.socket.remoteAddress ?? '',
    })
    return { status: 200, body: device }
  } catch (error) {
    const problem = asProblem(error)
    const reason = problem.details?.['oauth_error']
    const challenge = isMcp ? mcpChallenge(access.publicUrl, reason) : deviceChallenge(reason)
    const headers = problem.status === 401 ? { 'www-authenticate': challenge } : {}
    return { status: problem.status, headers, body: { ...problem.toWire(), internal: problem.internal } }
  }
}

function header(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name]
  return typeof value === 'string' ? value : undefined
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
