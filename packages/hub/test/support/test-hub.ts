import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '@clawlink/stripe-sandbox'
import * as oauth from 'oauth4webapi'
import { Stripe } from 'stripe'
import { startHub } from '../../src/start-hub.ts'
import type { RunningHub } from '../../src/surfaces/cli/cli.ts'
import {
  createDeviceClient,
  createProofs,
  finishPairing,
  readCredentials,
  startPairing,
  type DeviceClient,
} from '@clawlink/client'
import { becomeOwner, type Person } from '../../demo/person.ts'
import { createWire, type Wire } from './wire.ts'

/** What the hub answered to a device: its status and its JSON. */
export interface Reply {
  status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
  body: any
}

export interface TestDevice {
  credentialsFile: string
  client: DeviceClient
  request(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply>
  /** A well-signed request with a body that the client itself would never send. */
  raw(path: string, body: string | Uint8Array<ArrayBuffer>, contentType: string): Promise<Reply>
  preview(tool: string, params: unknown, more?: Record<string, unknown>): Promise<Reply>
  call(tool: string, more?: Record<string, unknown>): Promise<Reply>
}

export interface PairOptions {
  readOnly?: boolean
  /** May pass on approvals given in a chat. */
  chatApprovals?: boolean
}

/** A real hub on a real sandbox, with a recording wire between them, an owner and a paired device. */
export interface TestHub {
  home: string
  url: string
  hub: RunningHub
  sandbox: Sandbox
  wire: Wire
  owner: Person
  device: TestDevice
  /** The official SDK on the hub's own sandbox account, to look at what really happened there. */
  stripe: Stripe
  pair(label: string, options?: PairOptions): Promise<TestDevice>
  /** A customer with a charge of `amount`, straight in the sandbox. */
  charge(
    amount: number,
    currency: string,
  ): Promise<{ customer: string; charge: string; paymentIntent: string }>
  stop(): Promise<void>
}

export async function startTestHub(
  options: { env?: Record<string, string>; port?: number } = {},
): Promise<TestHub> {
  const home = mkdtempSync(join(tmpdir(), 'clawlink-hub-'))
  const sandbox = await createSandbox({ liveKeys: true })
  const wire = await createWire((await sandbox.listen({ port: 0 })).url)
  const hub = await startHub({
    home,
    port: options.port ?? 0,
    host: '127.0.0.1',
    version: '0.0.0-test',
    env: { CLAWLINK_SANDBOX_URL: wire.url, CLAWLINK_STRIPE_URL: wire.url, ...options.env },
  })
  const owner = await becomeOwner(hub.url, hub.setupLink ?? '')
  const pair: TestHub['pair'] = (label, pairing) => pairDevice(hub.url, home, owner, label, pairing)
  const device = await pair('Test agent')
  const [first] = wire.sent
  const stripe = sdkFor(wire.url, first?.key ?? '')

  return {
    home,
    url: hub.url,
    hub,
    sandbox,
    wire,
    owner,
    device,
    stripe,
    pair,
    async charge(amount, currency) {
      const customer = await stripe.customers.create({ name: 'Jane Doe', email: 'jane.doe@example.com' })
      const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
      const intent = await stripe.paymentIntents.create({
        amount,
        currency,
        customer: customer.id,
        payment_method: method.id,
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      wire.sent.length = 0
      return { customer: customer.id, charge: chargeOf(intent), paymentIntent: intent.id }
    },
    async stop() {
      await hub.stop()
      await wire.close()
      await sandbox.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** The id of the charge that a payment made. */
export function chargeOf(intent: Stripe.PaymentIntent): string {
  const { latest_charge: charge } = intent
  if (typeof charge !== 'string') throw new Error(`${intent.id} has no charge`)
  return charge
}

/** The official SDK, pointed at a sandbox; it must not retry by itself in a test that counts. */
export function sdkFor(url: string, key: string): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })
}

export async function pairDevice(
  url: string,
  folder: string,
  owner: Person,
  label: string,
  options: PairOptions = {},
): Promise<TestDevice> {
  const credentialsFile = join(folder, `device-${label.replaceAll(/\W/g, '-')}.json`)
  const pending = await startPairing({ hub: url, label, chatApprovals: options.chatApprovals === true })
  const approved = await owner.post(
    '/pair',
    {
      code: pending.userCode,
      decision: 'approve',
      ...(options.readOnly === true ? { read_only: 'yes' } : {}),
      ...(options.chatApprovals === true ? { chat_approvals: 'yes' } : {}),
    },
    '/devices',
  )
  if (approved.status !== 303) throw new Error(`the pairing was not approved: ${approved.status}`)
  const outcome = await finishPairing(pending, { credentialsFile })
  if (outcome !== 'paired') throw new Error(`the pairing ended as ${outcome}`)
  const client = createDeviceClient({ credentialsFile })
  const request: TestDevice['request'] = async (method, path, body) => {
    const response = await client.request(method, `/api/v1${path}`, body)
    return { status: response.status, body: await response.json() }
  }
  return {
    credentialsFile,
    client,
    request,
    async raw(path, body, contentType) {
      const { key, accessToken } = await readCredentials(credentialsFile)
      const headers = new Headers({ 'content-type': contentType })
      const target = new URL(`${url}/api/v1${path}`)
      const response = await oauth.protectedResourceRequest(accessToken, 'POST', target, headers, body, {
        [oauth.allowInsecureRequests]: true,
        DPoP: await createProofs(key, Date.now),
      })
      return { status: response.status, body: await response.json() }
    },
    preview: (tool, params, more = {}) => request('POST', '/preview', { tool, params, ...more }),
    call: (tool, more = {}) => request('POST', '/call', { tool, ...more }),
  }
}
