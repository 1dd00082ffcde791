import { join } from 'node:path'
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Confirmation } from '../../src/confirmations/confirmation.ts'
import { confirmationOf } from '../../src/confirmations/store.ts'
import { openStorage } from '../../src/storage/storage.ts'
import { readCredentials } from '@clawlink/client'
import { createHostileAgent } from '../support/hostile-agent.ts'
import { randomFrom, type Answered, type DeviceSecrets } from '../support/hostile-requests.ts'
import { pairMcpAgent } from '../support/mcp-agent.ts'
import type { Sent } from '../support/wire.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

/** `CLAWLINK_STEPS=10000` for the long walk; `CLAWLINK_SEED` makes the same choices again. */
const STEPS = Number(process.env['CLAWLINK_STEPS'] ?? 2_000)
const SEED = Number(process.env['CLAWLINK_SEED'] ?? randomInt(2 ** 31))
/** Steps under way at once: an agent does not wait for its answers. */
const AT_ONCE = 8
/** Now and then the owner approves something, as owners do; everything else is the agent's. */
const OWNER_APPROVES = 0.02

let hub: TestHub
let answers: Answered[]
let writes: Sent[]
let confirmations: Map<string, Confirmation>
let audit: Array<{ actor: string; action: string; subject: string }>
let previewedOverMcp: number
let before: { events: Set<string>; facts: string }
const approvedByOwner = new Set<string>()

beforeAll(
  async () => {
    hub = await startTestHub()
    const { customer, charge } = await hub.charge(10_000_000, 'usd')
    const product = await hub.stripe.products.create({ name: 'Product' })
    const [paymentMethod] = (await hub.stripe.customers.listPaymentMethods(customer)).data
    const reader = await hub.pair('Reader', { readOnly: true })
    const devices: DeviceSecrets[] = await Promise.all(
      [hub.device, await hub.pair('Second'), reader].map(async ({ credentialsFile }) => ({
        ...(await readCredentials(credentialsFile)),
      })),
    )
    const mcp = await pairMcpAgent(hub)
    before = { events: new Set(await eventIds()), facts: await facts() }
    hub.wire.sent.length = 0

    const random = randomFrom(SEED)
    const objects = { customer, charge, product: product.id, paymentMethod: paymentMethod?.id ?? '' }
    const agent = await createHostileAgent({ hub: hub.url, random, devices, mcp, objects })
    answers = []
    let left = STEPS
    const walk = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        answers.push(...(await agent.step()))
        const latest = (random() < 0.5 ? agent.seen : agent.seenOverMcp).at(-1)
        // Not that the customer is deleted, whom most of the walk is about.
        const wanted = latest !== undefined && latest.tool !== 'stripe_delete_customer'
        if (wanted && random() < OWNER_APPROVES) {
          approvedByOwner.add(latest.id)
          await hub.owner.api('POST', `/approvals/${latest.id}/approve`, { intent_hash: latest.hash })
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, walk))
    previewedOverMcp = agent.seenOverMcp.length
    writes = hub.wire.writes()
    await readDatabase()
  },
  60_000 + STEPS * 200,
)
afterAll(() => hub.stop())

async function readDatabase(): Promise<void> {
  const storage = await openStorage(join(hub.home, 'data', 'hub.db'))
  const rows = await storage.db.selectFrom('confirmations').selectAll().execute()
  confirmations = new Map(
    rows.map((row) => {
      const confirmation = confirmationOf(row)
      return [confirmation.intent.idempotencyKey, confirmation]
    }),
  )
  audit = await storage.db.selectFrom('audit').select(['actor', 'action', 'subject']).orderBy('seq').execute()
  await storage.close()
}

async function eventIds(): Promise<string[]> {
  const ids: string[] = []
  for await (const event of hub.stripe.events.list({ limit: 100 })) ids.push(event.id)
  return ids
}

/** What only people change: who is who, what may be done, what is connected. */
async function facts(): Promise<string> {
  const storage = await openStorage(join(hub.home, 'data', 'hub.db'))
  const { db } = storage
  const people = await db.selectFrom('people').selectAll().execute()
  const sessions = await db.selectFrom('sessions').selectAll().execute()
  const passkeys = await db.selectFrom('passkeys').selectAll().execute()
  const policies = await db.selectFrom('policies').selectAll().execute()
  const connections = await db.selectFrom('connections').selectAll().execute()
  const devices = await db.selectFrom('devices').select(['id', 'scope', 'revoked_at']).execute()
  await storage.close()
  return JSON.stringify({ people, sessions, passkeys, policies, connections, devices })
}

/** Whether somebody who may approve this did: the policy for what it lets an agent vouch for, else the owner. */
function wasApproved({ intent, progress }: Confirmation): boolean {
  const { approval } = progress
  if (approval === null) return false
  if (approval.by === 'policy') return intent.needed === 'agent' && intent.mode === 'test'
  return approvedByOwner.has(intent.id) && approval.assurance === 'dashboard'
}

test(`the agent got around: it previewed, called and was refused in every way (seed ${SEED})`, () => {
  expect(answers.length).toBeGreaterThanOrEqual(STEPS)
  const statuses = new Set(answers.map(({ status }) => status))
  for (const status of [200, 400, 401, 403, 404, 409]) expect(statuses, String(status)).toContain(status)
  expect(confirmations.size).toBeGreaterThan(STEPS / 10)
  expect(previewedOverMcp).toBeGreaterThan(STEPS / 100)
  expect(approvedByOwner.size).toBeGreaterThan(0)
  expect(writes.length).toBeGreaterThan(STEPS / 100)
})

test(`nothing that it sent makes the hub fail (seed ${SEED})`, () => {
  expect(answers.filter(({ status }) => status >= 500)).toEqual([])
})

test(`every write on the wire has an approval that the policy or the owner gave, and its exact bytes (seed ${SEED})`, () => {
  for (const sent of writes) {
    const confirmation = confirmations.get(sent.idempotencyKey ?? '')
    expect(confirmation, `${sent.method} ${sent.path}`).toBeDefined()
    if (confirmation === undefined) continue
    const { request } = confirmation.intent
    expect(wasApproved(confirmation), confirmation.intent.id).toBe(true)
    expect({ method: sent.method, path: sent.path, body: sent.body }).toEqual(request)
  }
})

test(`every event in the account comes from an approved write, and each write happened once (seed ${SEED})`, async () => {
  const created = new Map<string, number>()
  for await (const event of hub.stripe.events.list({ limit: 100 })) {
    if (before.events.has(event.id)) continue
    const key = event.request?.idempotency_key ?? ''
    const confirmation = confirmations.get(key)
    expect(confirmation, `${event.type} by ${key}`).toBeDefined()
    if (confirmation !== undefined) expect(wasApproved(confirmation), event.type).toBe(true)
    created.set(`${key} ${event.type}`, (created.get(`${key} ${event.type}`) ?? 0) + 1)
  }
  expect(created.size).toBeGreaterThan(0)
  for (const type of ['refund.created', 'payment_intent.created', 'customer.created', 'payout.created'])
    for (const [of, count] of created) if (of.endsWith(` ${type}`)) expect(count, of).toBe(1)
})

test(`no decision is the agent’s: what people decide and own is as it was (seed ${SEED})`, async () => {
  const decisions = audit.filter(({ action }) => /^confirmation\.(?:approved|denied|resolved)$/.test(action))
  expect(decisions.length).toBeGreaterThan(0)
  for (const { actor, action, subject } of decisions) {
    expect(actor).toMatch(/^person:/)
    expect(action).toBe('confirmation.approved')
    expect(approvedByOwner).toContain(subject)
  }
  expect(await facts()).toBe(before.facts)
  const verdict = (await (await hub.owner.api('GET', '/audit/verify')).json()) as { ok: boolean }
  expect(verdict.ok).toBe(true)
})
