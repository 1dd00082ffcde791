import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStorage } from '../../src/storage/storage.ts'
import { becomeOwner, type Person } from '../../demo/person.ts'
import { CLAWLINK, freePort, runProcess, SANDBOX, startProcess, type Running } from '../support/processes.ts'
import { chargeOf, pairDevice, sdkFor, type TestDevice } from '../support/test-hub.ts'
import { createWire, type Wire } from '../support/wire.ts'

/** Fewer while working on the recovery; the promise is about 200. */
const CALLS = Number(process.env['CLAWLINK_CALLS'] ?? 200)
/** Under way at once when the hub is killed, each in a state of its own; with 1, each refund has a kill to itself. */
const AT_ONCE = Number(process.env['CLAWLINK_AT_ONCE'] ?? 4)

/** The wire holds each request and each answer up to this long, so that kills fall before and after the effect. */
const MAX_DELAY_MS = 25
/** Counted from the moment in which half of the writes left the hub: from before an effect to after its answer. */
const KILL_WITHIN_MS = 40

let home: string
let port: number
let sandbox: Running
let wire: Wire
let hub: Running
let owner: Person
let device: TestDevice

const startHub = (): Promise<Running> =>
  startProcess(CLAWLINK, ['serve', '--home', home, '--port', String(port), '--json'], {
    CLAWLINK_SANDBOX_URL: wire.url,
  })

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'clawlink-crash-'))
  port = await freePort()
  sandbox = await startProcess(SANDBOX, ['--port', '0', '--data', join(home, 'sandbox'), '--json'])
  wire = await createWire(String(sandbox.line['url']))
  hub = await startHub()
  const url = String(hub.line['url'])
  owner = await becomeOwner(url, String(hub.line['setup_link']))
  device = await pairDevice(url, home, owner, 'Crash agent')
})
afterAll(async () => {
  await hub.kill()
  await wire.close()
  await sandbox.stop()
  rmSync(home, { recursive: true, force: true })
})

test(
  `of ${CALLS} refunds during which the hub is killed, ${AT_ONCE} at a time, each exists exactly once afterwards`,
  async () => {
    const [key = ''] = wire.sent.map((sent) => sent.key)
    const stripe = sdkFor(String(sandbox.line['url']), key)
    const refunds = await inBatches(CALLS, async (index) => {
      const intent = await stripe.paymentIntents.create({
        amount: 10_000 + index,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      const charge = chargeOf(intent)
      const preview = await device.preview('stripe_create_refund', { charge, amount: 100 + index })
      const { confirmation, intent_hash: intentHash } = preview.body
      const approved = await owner.api('POST', `/approvals/${confirmation}/approve`, {
        intent_hash: intentHash,
      })
      expect(approved.status).toBe(200)
      return { charge, amount: 100 + index, confirmation: String(confirmation) }
    })

    const statesAtDeath: Record<string, number> = {}
    for (let start = 0; start < refunds.length; start += AT_ONCE) {
      const now = refunds.slice(start, start + AT_ONCE)
      const half = Promise.withResolvers<void>()
      const left = new Set<string>()
      wire.onPass = async (at, sent) => {
        // Not those before, which the recovery may be sending again just now.
        const refund = now.find(({ charge }) => sent.body.includes(charge))
        if (at === 'request' && refund !== undefined) left.add(refund.charge)
        if (left.size >= now.length / 2) half.resolve()
        await setTimeout(Math.random() * MAX_DELAY_MS)
        return 'on'
      }
      // The answers may never come: their caller dies with the hub's socket.
      const calls = now.map(({ confirmation }) =>
        device.call('stripe_create_refund', { confirmation }).catch(() => undefined),
      )
      await Promise.race([half.promise, Promise.all(calls)])
      await setTimeout(Math.random() * KILL_WITHIN_MS)
      await hub.kill()
      await Promise.all(calls)
      for (const { confirmation } of now) {
        const state = await storedState(confirmation)
        statesAtDeath[state] = (statesAtDeath[state] ?? 0) + 1
      }
      hub = await startHub()
    }
    // A test in which no kill hit the gap would prove nothing.
    expect(statesAtDeath['sending'] ?? 0, JSON.stringify(statesAtDeath)).toBeGreaterThan(CALLS / 4)

    for (const refund of refunds) {
      const settled = await device.request('GET', `/confirmations/${refund.confirmation}?wait_seconds=50`)
      expect(['succeeded', 'approved']).toContain(settled.body.state)
      const called = await device.call('stripe_create_refund', { confirmation: refund.confirmation })
      expect(called.body.result, JSON.stringify(called.body)).toMatchObject({ amount: refund.amount })
      const { data } = await stripe.refunds.list({ charge: refund.charge })
      expect(data.map((one) => one.amount)).toEqual([refund.amount])
      expect(data[0]?.id).toBe(called.body.result.id)
    }

    await everyAttemptHasItsRow(refunds.map((refund) => refund.confirmation))
    const verified = await runProcess(CLAWLINK, ['audit', 'verify', '--home', home, '--json'])
    expect(verified.code, verified.stderr).toBe(0)
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true })
  },
  15 * 60 * 1000,
)

async function storedState(confirmation: string): Promise<string> {
  const storage = await openStorage(join(home, 'data', 'hub.db'))
  const row = await storage.db
    .selectFrom('confirmations')
    .select('state')
    .where('id', '=', confirmation)
    .executeTakeFirstOrThrow()
  await storage.close()
  return row.state
}

/** Counts what the wire saw against what the log says: an attempt without a row would be one nobody can account for. */
async function everyAttemptHasItsRow(confirmations: string[]): Promise<void> {
  const storage = await openStorage(join(home, 'data', 'hub.db'))
  const rows = await storage.db.selectFrom('audit').select(['subject', 'action', 'detail']).execute()
  await storage.close()
  const attempts = ['confirmation.sending', 'confirmation.resent', 'confirmation.taken_over']
  let resent = 0
  for (const confirmation of confirmations) {
    const own = rows.filter((row) => row.subject === confirmation && attempts.includes(row.action))
    const first = own.find((row) => row.action === 'confirmation.sending')
    const { idempotency_key: idempotencyKey } = JSON.parse(first?.detail ?? '{}') as {
      idempotency_key?: string
    }
    const sent = wire.writes().filter((one) => one.idempotencyKey === idempotencyKey)
    expect(idempotencyKey).toBeDefined()
    expect(sent.length).toBeGreaterThan(0)
    expect(own.length, confirmation).toBeGreaterThanOrEqual(sent.length)
    expect(new Set(sent.map((one) => one.body)).size).toBe(1)
    if (sent.length > 1) resent += 1
  }
  expect(resent).toBeGreaterThan(0)
}

async function inBatches<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  const batch = 10
  for (let start = 0; start < count; start += batch) {
    const indexes = Array.from({ length: Math.min(batch, count - start) }, (_, offset) => start + offset)
    made.push(...(await Promise.all(indexes.map(make))))
  }
  return made
}
