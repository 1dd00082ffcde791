import Database from 'better-sqlite3'
import { join } from 'node:path'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareOutcome } from '../../src/calls/compare-outcome.ts'
import { valueAt } from '../../src/integrations/value-at.ts'
import type { Change, Params, Stakes } from '../../src/integrations/define.ts'
import { EXAMPLE } from '../../src/integrations/stripe/example-ids.ts'
import { curatedTools } from '../../src/integrations/stripe/tools/index.ts'
import { startTestHub, type Reply, type TestHub } from './test-hub.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
type Json = any

/** What a journey works with: a paired agent, the person who approves, and the SDK to arrange things and look. */
export interface Bench {
  hub: TestHub
  stripe: Stripe
  /** Calls a read and gives its result; fails the test on an error. */
  read(tool: string, params: Params, more?: Record<string, unknown>): Promise<Json>
  /** The error of a call that must fail, and that sent no write. */
  refused(tool: string, params: Params): Promise<Json>
  /** Previews a write; fails the test if that is refused. */
  preview(tool: string, params: Params): Promise<Json>
  /**
   * Preview, approval, call; then every row of the preview's "after" that can be checked is compared with the state
   * after the call. At least one row must be checkable.
   */
  write(tool: string, params: Params): Promise<{ preview: Json; result: Json; body: Json }>
  /** The error of a write that was approved and that Stripe then refused. */
  refusedByStripe(tool: string, params: Params): Promise<Json>
}

type Promised = [promise: string, (bench: Bench) => Promise<void>]

export interface Proof {
  /** The real objects that stand in the place of the ids in the tool's examples, made anew for each example. */
  fixtures: (bench: Bench) => Promise<Partial<Record<keyof typeof EXAMPLE, string>>>
  normal: Promised
  /** What the notes say is subtle about this tool. */
  subtle: Promised
  /** Its commonest error: the code, and the way out. */
  error: Promised
}

/** One journey each for the normal case, the subtle case and the commonest error of every tool of a group, and its examples. */
export function proveTools(group: string, proofs: Record<string, Proof>): void {
  let hub: TestHub
  let bench: Bench
  beforeAll(async () => {
    hub = await startTestHub()
    bench = benchOf(hub)
  })
  afterAll(() => hub.stop())

  test(`every tool of ${group} is proved`, () => {
    const tools = curatedTools.filter((tool) => tool.group === group).map((tool) => tool.name)
    expect(tools.length).toBeGreaterThan(0)
    expect(Object.keys(proofs).toSorted()).toEqual(tools.toSorted())
  })

  describe.each(Object.entries(proofs))('%s', (name, proof) => {
    test(proof.normal[0], () => proof.normal[1](bench))
    test(proof.subtle[0], () => proof.subtle[1](bench))
    test(proof.error[0], () => proof.error[1](bench))

    const tool = curatedTools.find((candidate) => candidate.name === name)
    test.each(tool?.guidance.examples ?? [])('its example "$title" runs', async ({ params }) => {
      const real = withFixtures(params, await proof.fixtures(bench))
      await (tool?.mode === 'write' ? bench.write(name, real) : bench.read(name, real))
    })
  })
}

function benchOf(hub: TestHub): Bench {
  const { device, owner, stripe } = hub
  const ok = (reply: Reply): Json => {
    expect(reply.status, JSON.stringify(reply.body)).toBe(200)
    return reply.body
  }
  const preview: Bench['preview'] = async (tool, params) => ok(await device.preview(tool, params))
  const approve = async (shown: Json): Promise<void> => {
    if (shown.state !== 'pending') return
    const response = await owner.approve(shown.confirmation)
    expect(response.status).toBe(303)
  }
  return {
    hub,
    stripe,
    preview,
    async read(tool, params, more = {}) {
      return ok(await device.call(tool, { params, ...more })).result
    },
    async refused(tool, params) {
      const before = hub.wire.writes().length
      const isWrite = curatedTools.find((candidate) => candidate.name === tool)?.mode === 'write'
      const reply = isWrite ? await device.preview(tool, params) : await device.call(tool, { params })
      expect(reply.status, JSON.stringify(reply.body)).toBeGreaterThanOrEqual(400)
      expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(500)
      if (isWrite) expect(hub.wire.writes().length - before, 'nothing is written').toBe(0)
      return reply.body.error
    },
    async write(tool, params) {
      const shown = await preview(tool, params)
      await approve(shown)
      const body = ok(await device.call(tool, { confirmation: shown.confirmation, view: 'full' }))
      await expectPromiseKept(hub, shown.confirmation, body.result)
      expect(body.differs_from_preview).toBeUndefined()
      return { preview: shown, result: body.result, body }
    },
    async refusedByStripe(tool, params) {
      const shown = await preview(tool, params)
      await approve(shown)
      const reply = await device.call(tool, { confirmation: shown.confirmation })
      expect(reply.status, JSON.stringify(reply.body)).toBeGreaterThanOrEqual(400)
      expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(500)
      return reply.body.error
    },
  }
}

/** The preview's "after", row by row, beside what is there now. */
async function expectPromiseKept(hub: TestHub, confirmation: string, answer: unknown): Promise<void> {
  const { changes, stakes, effect, tool } = plannedOf(hub.home, confirmation)
  if (effect === 'money') expect(stakes.money, `${tool}: caps can tell what it moves`).not.toBe('unknown')
  const checked = changes.filter((change) => change.check !== undefined)
  expect(checked.length, 'a preview says something that can be checked').toBeGreaterThan(0)
  expect(compareOutcome(changes, answer)).toEqual([])
  for (const { what, check } of checked) {
    if (check?.read === undefined) continue
    const state = await readState(hub, check.read)
    expect(valueAt(state, check.path), `${what}: ${check.read.operation} ${check.path}`).toEqual(check.value)
  }
}

interface Planned {
  tool: string
  effect: string
  stakes: Stakes
  changes: Change[]
}

/** What the hub stored of a write before anybody approved it. */
function plannedOf(home: string, confirmation: string): Planned {
  const database = new Database(join(home, 'data', 'hub.db'), { readonly: true })
  try {
    const row = database.prepare('select intent from confirmations where id = ?').get(confirmation) as {
      intent: string
    }
    const { description, ...intent } = JSON.parse(row.intent) as Omit<Planned, 'changes'> & {
      description: { changes: Change[] }
    }
    return { ...intent, changes: description.changes }
  } finally {
    database.close()
  }
}

/** `charges.retrieve` of the SDK, with the id first as the SDK takes it. */
async function readState(hub: TestHub, read: { operation: string; params: Params }): Promise<unknown> {
  const path = read.operation.split('.')
  const method = path.pop() ?? ''
  // oxlint-disable-next-line typescript/no-unsafe-member-access -- the SDK is walked by the name of the operation
  const resource = path.reduce<Json>((at, key) => at[key], hub.stripe)
  const { id, ...rest } = read.params
  return id === undefined ? resource[method](rest) : resource[method](id, rest)
}

/** The params with each example id replaced by a real one; an id without a fixture fails the example. */
function withFixtures(params: Params, fixtures: Partial<Record<keyof typeof EXAMPLE, string>>): Params {
  let text = JSON.stringify(params)
  for (const [name, id] of Object.entries(EXAMPLE)) {
    const real = fixtures[name as keyof typeof EXAMPLE]
    if (real !== undefined) text = text.replaceAll(id, real)
  }
  return JSON.parse(text) as Params
}
