import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '@clawlink/stripe-sandbox'
import type { Actor, DeviceActor, PersonActor } from '../contract/actor.ts'
import { DEFAULT_WORKSPACE, type DeviceId, type PersonId } from '../contract/ids.ts'
import { Secret } from '../contract/secret.ts'
import { hashIntent, type Confirmation } from '../confirmations/confirmation.ts'
import { approveConfirmation } from '../confirmations/decide-confirmation.ts'
import { loadConfirmation } from '../confirmations/store.ts'
import type { Connection } from '../connections/connection.ts'
import { openHome, type Home } from '../home.ts'
import type { Params, WireAnswer, WireRequest } from '../integrations/define.ts'
import { createStripe } from '../integrations/stripe/stripe.ts'
import type { Calls } from './calls.ts'
import { previewCall } from './preview-call.ts'
import { CALL_WAIT_MS } from './run-call.ts'

export const DEVICE: DeviceActor = {
  type: 'device',
  workspace: DEFAULT_WORKSPACE,
  deviceId: 'device_1' as DeviceId,
  label: 'Studio Mac',
  scope: { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false },
}
export const OWNER: PersonActor = {
  type: 'person',
  workspace: DEFAULT_WORKSPACE,
  personId: 'person_1' as PersonId,
  name: 'Olivia Owner',
  role: 'owner',
}
export const TERMINAL: Actor = { type: 'system', workspace: DEFAULT_WORKSPACE, part: 'terminal' }

const KEY = 'sk_test_4eC39HqLyjWDarjtT1zdp7dc'

/** What becomes of one request on its way. */
export type Fate =
  | 'arrives'
  /** It never arrived, and no answer comes. */
  | 'lost_before'
  /** It was carried out, and no answer comes. */
  | 'lost_after'
  /** What somebody answers in Stripe's place. */
  | WireAnswer

/** Everything of a hub but its surfaces, on a sandbox; only the wire between them is not real. For tests alone. */
export interface TestCalls {
  home: Home
  folder: string
  calls: Calls
  sandbox: Sandbox
  connection: Connection
  /** What left the hub: reads and writes. */
  sent: Array<WireRequest & { idempotencyKey: string | undefined }>
  writes(): WireRequest[]
  /** Decides about each request; all of them arrive unless a test says otherwise. */
  fate: (request: WireRequest) => Fate | Promise<Fate>
  /** How long it was asked to wait, each time. */
  slept: number[]
  now: number
  isStopping: boolean
  /** A node of its own over the same database. */
  newNode(name: string): Promise<{ calls: Calls; home: Home }>
  /** A request straight to the account, as somebody else would make it. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, params?: Record<string, string>): Promise<Params>
  /** A confirmation that a person has approved. */
  approved(tool: string, params: Params, connection?: string): Promise<string>
  load(id: string): Promise<Confirmation>
  /** The names of the audit rows about a confirmation. */
  log(id: string): Promise<string[]>
  close(): Promise<void>
}

export async function openTestCalls(): Promise<TestCalls> {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-calls-'))
  const clock = (): number => test.now
  const sandbox = await createSandbox({ now: clock })
  const stripe = await createStripe({
    async send(request, { key, idempotencyKey }) {
      test.sent.push({ ...request, idempotencyKey })
      const fate = await test.fate(request)
      if (typeof fate === 'object') return fate
      if (fate === 'lost_before') return { kind: 'no_answer', reason: 'it never arrived' }
      const answer = await carry(sandbox, request, key, idempotencyKey)
      return fate === 'lost_after' ? { kind: 'no_answer', reason: 'its answer was lost' } : answer
    },
    close: () => Promise.resolve(),
  })

  const openNode = async (name: string): Promise<{ calls: Calls; home: Home }> => {
    const opened = await openHome(folder, {})
    const calls: Calls = {
      context: { ...opened.context, now: clock },
      integrations: [stripe],
      connections: opened.connections,
      originOf: () => 'http://127.0.0.1',
      publicUrl: 'http://127.0.0.1:4747',
      node: name,
      sleep(milliseconds) {
        // Whoever calls waits for what is sent, however long that takes here.
        if (milliseconds === CALL_WAIT_MS) return new Promise(() => undefined)
        test.slept.push(milliseconds)
        return Promise.resolve()
      },
      isShuttingDown: () => test.isStopping,
      inFlight: new Map(),
      reconciling: new Map(),
      log: () => undefined,
    }
    return { calls, home: opened }
  }

  const test: TestCalls = {
    folder,
    sandbox,
    sent: [],
    writes: () => test.sent.filter(({ method }) => method !== 'GET'),
    fate: () => 'arrives',
    slept: [],
    now: Date.UTC(2026, 10, 1),
    isStopping: false,
    newNode: openNode,
    async ask(method, path, params = {}) {
      const query = new URLSearchParams(params).toString()
      const request: WireRequest =
        method === 'POST' ? { method, path, body: query } : { method, path: `${path}?${query}`, body: '' }
      const answer = await carry(sandbox, request, new Secret(KEY), undefined)
      if (answer.kind !== 'answer') throw new Error(answer.reason)
      return answer.body as Params
    },
    async approved(tool, params, connection) {
      const preview = await previewCall(test.calls, DEVICE, { tool, params, connection })
      if (!preview.needs_confirmation) throw new Error(`${tool} is a read`)
      const { intent, progress } = await test.load(preview.confirmation)
      if (progress.state === 'pending') {
        await approveConfirmation(test.calls.context, OWNER, {
          id: intent.id,
          intentHash: hashIntent(intent),
          assurance: 'dashboard',
          evidence: 'session',
        })
      }
      test.sent.length = 0
      return intent.id
    },
    load: (id) => loadConfirmation(test.home.storage.db, DEFAULT_WORKSPACE, id),
    async log(id) {
      const rows = await test.home.audit.list(DEFAULT_WORKSPACE, { subject: id, limit: 100 })
      return rows.map(({ action }) => action.replace('confirmation.', ''))
    },
    async close() {
      await test.home.close()
      await sandbox.close()
      rmSync(folder, { recursive: true, force: true })
    },
    ...({} as Pick<TestCalls, 'home' | 'calls' | 'connection'>),
  }
  await sandbox.openAccount(KEY)
  Object.assign(test, await openNode('node_a'))
  await test.home.audit.keepCheckpoint(DEFAULT_WORKSPACE, { evenIfFew: true })
  test.connection = await test.home.connections.add(TERMINAL, {
    integration: 'stripe',
    alias: 'sandbox',
    account: 'acct_1TestAccount',
    mode: 'test',
    kind: 'sandbox',
    displayName: 'Jane’s Shop',
    credential: new Secret(KEY),
    makeDefault: true,
  })
  return test
}

/** Brings one request to the sandbox and its answer back, as the sender does over a socket. */
async function carry(
  sandbox: Sandbox,
  request: WireRequest,
  key: Secret,
  idempotencyKey: string | undefined,
): Promise<WireAnswer> {
  const response = await sandbox.fetch(
    new Request(`http://127.0.0.1${request.path}`, {
      method: request.method,
      headers: {
        authorization: `Bearer ${key.reveal()}`,
        ...(request.method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(request.method === 'POST' ? { body: request.body } : {}),
    }),
  )
  return {
    kind: 'answer',
    status: response.status,
    body: await response.json(),
    requestId: response.headers.get('request-id') ?? undefined,
    replayed: response.headers.get('idempotent-replayed') === 'true',
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
  }
}
