import { fork } from 'node:child_process'
import { once } from 'node:events'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { Context } from '../audit/context.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { hashIntent } from './confirmation.ts'
import { firstProgress, reduce, type Event, type Progress } from './reducer.ts'
import { listConfirmations } from './list-confirmations.ts'
import { applyEvent, findRepeat, insertConfirmation, loadConfirmation } from './store.ts'
import {
  contextOf,
  DEVICE,
  insertPending,
  intentOf,
  OTHER_WORKSPACE,
  START,
  SYSTEM,
  WORKSPACE,
} from './test-confirmation.ts'

let first: TestStorage
let second: Storage
let now: number
/** Two hubs on one database. */
let nodes: [Context, Context]

beforeEach(async () => {
  now = START
  first = await openTestStorage()
  second = await openStorage(first.file)
  nodes = [contextOf(first.storage, () => now), contextOf(second, () => now)]
})
afterEach(async () => {
  await second.close()
  await first.close()
})

function apply(node: Context, id: ConfirmationId, event: Event) {
  return node.storage.transaction((tx) => applyEvent(node, tx, SYSTEM, id, event, 'changed'))
}

const approve: Event = { type: 'approve', approval: { assurance: 'passkey', by: 'person_1' } }

test('a confirmation is read back as it was stored, with its audit row', async () => {
  const intent = await insertPending(nodes[0], {
    agentNote: 'they\u0000asked “twice” \uD800',
    facts: { a: null },
  })
  const { intent: stored, progress, version } = await loadConfirmation(second.db, WORKSPACE, intent.id)
  expect(stored).toEqual(intent)
  expect(hashIntent(stored)).toBe(hashIntent(intent))
  expect(progress).toEqual(firstProgress('dashboard', START))
  expect(version).toBe(1)
  const rows = await nodes[1].audit.list(WORKSPACE, { subject: intent.id, limit: 10 })
  expect(rows).toMatchObject([
    { action: 'confirmation.created', actor: 'device:device_1', detail: { intent_hash: hashIntent(intent) } },
  ])
})

test('another workspace sees nothing of it and changes nothing', async () => {
  const intent = await insertPending(nodes[0])
  await expect(loadConfirmation(second.db, OTHER_WORKSPACE, intent.id)).rejects.toMatchObject({
    code: 'confirmation_not_found',
  })
  const stranger = { ...SYSTEM, workspace: OTHER_WORKSPACE }
  await expect(
    second.transaction((tx) => applyEvent(nodes[1], tx, stranger, intent.id, approve, 'approved')),
  ).rejects.toMatchObject({ code: 'confirmation_not_found' })
  expect(await listConfirmations(nodes[0], OTHER_WORKSPACE, { states: ['pending'], limit: 10 })).toEqual([])
  const repeat = { ...intent, workspace: OTHER_WORKSPACE }
  expect(await findRepeat(second.db, repeat, '')).toBeUndefined()
})

test('a refused event writes nothing, neither a state nor an audit row', async () => {
  const intent = await insertPending(nodes[0])
  const before = await loadConfirmation(second.db, WORKSPACE, intent.id)
  const applied = await apply(nodes[1], intent.id, { type: 'take', holder: 'B' })
  expect(applied).toEqual({ ok: false, refusal: 'wrong_state', confirmation: before })
  expect(await loadConfirmation(second.db, WORKSPACE, intent.id)).toEqual(before)
  expect(await nodes[0].audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 1 })
})

test('where the audit row cannot be written, the state does not change: a missing table', async () => {
  const intent = await insertPending(nodes[0])
  await apply(nodes[0], intent.id, approve)
  const before = await loadConfirmation(second.db, WORKSPACE, intent.id)
  await sql`alter table audit rename to audit_away`.execute(second.db)
  await expect(apply(nodes[0], intent.id, { type: 'take', holder: 'A' })).rejects.toThrow()
  expect(await loadConfirmation(second.db, WORKSPACE, intent.id)).toEqual(before)
  await expect(insertPending(nodes[0], { id: 'conf_new' as ConfirmationId })).rejects.toThrow()
  await sql`alter table audit_away rename to audit`.execute(second.db)
  await expect(loadConfirmation(second.db, WORKSPACE, 'conf_new')).rejects.toMatchObject({
    code: 'confirmation_not_found',
  })
  expect(await nodes[1].audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 2 })
  // Nothing is stuck afterwards.
  expect(await apply(nodes[1], intent.id, { type: 'take', holder: 'B' })).toMatchObject({ ok: true })
})

test('where the audit row cannot be written, the state does not change: a full disk', async () => {
  const intent = await insertPending(nodes[0])
  const broken: Context = {
    ...nodes[0],
    audit: { ...nodes[0].audit, append: () => Promise.reject(new Error('disk full')) },
  }
  await expect(apply(broken, intent.id, approve)).rejects.toThrow('disk full')
  expect((await loadConfirmation(second.db, WORKSPACE, intent.id)).progress.state).toBe('pending')
  await expect(insertPending(broken, { id: 'conf_new' as ConfirmationId })).rejects.toThrow('disk full')
  await expect(loadConfirmation(second.db, WORKSPACE, 'conf_new')).rejects.toThrow()
})

/** Makes the next `times` changes of a confirmation lose their compare-and-set, as another node's change would. */
async function loseRaces(times: number): Promise<void> {
  await sql`create table races (lost integer)`.execute(second.db)
  await sql`insert into races values (${times})`.execute(second.db)
  await sql`create trigger lose before update on confirmations when (select lost from races) > 0
    begin update races set lost = lost - 1; select raise(ignore); end`.execute(second.db)
}

test('a node that loses the compare-and-set looks once more, and then goes by what it finds', async () => {
  const intent = await insertPending(nodes[0])
  await loseRaces(1)
  expect(await apply(nodes[0], intent.id, approve)).toMatchObject({ ok: true })
  expect(await nodes[1].audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 2 })
})

test('a node that keeps losing is refused, and has written nothing', async () => {
  const intent = await insertPending(nodes[0])
  await loseRaces(2)
  expect(await apply(nodes[0], intent.id, approve)).toMatchObject({ ok: false, refusal: 'contended' })
  expect((await loadConfirmation(second.db, WORKSPACE, intent.id)).progress.state).toBe('pending')
  expect(await nodes[1].audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 1 })
})

test('a transaction that fails after a change takes the change and its audit row with it', async () => {
  const intent = await insertPending(nodes[0])
  await expect(
    second.transaction(async (tx) => {
      await applyEvent(nodes[1], tx, SYSTEM, intent.id, approve, 'approved')
      throw new Error('the power went')
    }),
  ).rejects.toThrow('the power went')
  expect((await loadConfirmation(first.storage.db, WORKSPACE, intent.id)).progress.state).toBe('pending')
  expect(await nodes[0].audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 1 })
})

test('two nodes that race for the same confirmations: each is taken once, by one of them', async () => {
  const ids: ConfirmationId[] = []
  for (let index = 0; index < 30; index += 1) {
    const { id } = await insertPending(nodes[0])
    await apply(nodes[0], id, approve)
    ids.push(id)
  }
  const racers = [1, 2].map(() => fork(new URL('test-racer.ts', import.meta.url), [first.file, ids.join()]))
  await Promise.all(racers.map((racer) => once(racer, 'message')))
  const done = Promise.all(racers.map((racer) => once(racer, 'message')))
  for (const racer of racers) racer.send('go')
  const results = (await done).map(([message]) => message as { holder: string; won: ConfirmationId[] })
  expect(results.flatMap(({ won }) => won).toSorted()).toEqual(ids.toSorted())
  for (const { holder, won } of results) {
    for (const id of won) {
      const { progress } = await loadConfirmation(second.db, WORKSPACE, id)
      expect(progress).toMatchObject({ holder, fencing: 1, attempts: 1 })
    }
  }
  // Created, approved and taken once each.
  expect(await nodes[0].audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 90 })
})

type Step = { kind: 'wait'; milliseconds: number } | { kind: 'event'; node: 0 | 1; event: Event }

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.constant(approve),
  fc.constant<Event>({ type: 'approve', approval: { assurance: 'agent', by: 'agent:device_1' } }),
  fc.constantFrom<Event>({ type: 'take', holder: 'A' }, { type: 'take', holder: 'B' }),
  fc.constantFrom<Event>({ type: 'deny', reason: null }, { type: 'outdate' }),
  fc.record({
    type: fc.constant('take_over' as const),
    holder: fc.constantFrom('A', 'B'),
    holderGone: fc.boolean(),
  }),
  fc.record({ type: fc.constant('resend' as const), fencing: fc.nat(3) }),
  fc.record({
    type: fc.constant('accepted' as const),
    fencing: fc.nat(3),
    outcome: fc.constantFrom({ requestId: 'req_1' }, { requestId: 'req_2' }),
  }),
  fc.record({
    type: fc.constant('rejected' as const),
    fencing: fc.nat(3),
    outcome: fc.constantFrom({ requestId: 'req_1' }, { requestId: 'req_2' }),
    replayed: fc.boolean(),
  }),
  fc.record({ type: fc.constant('uncertain' as const), fencing: fc.nat(3), reason: fc.constant('lost') }),
  fc.record({
    type: fc.constant('proven' as const),
    happened: fc.constantFrom(true, false, null),
    outcome: fc.constant(null),
    reason: fc.constant('looked'),
  }),
  fc.record({
    type: fc.constant('resolve' as const),
    happened: fc.boolean(),
    outcome: fc.constant({}),
    reason: fc.constant('looked'),
  }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(1_000, 120_000, 600_000, 20 * 3_600_000).map(wait) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('event' as const), node: fc.constantFrom(0, 1), event }),
  },
)

function wait(milliseconds: number): Step {
  return { kind: 'wait', milliseconds }
}

test('whatever two nodes do in turn, the database follows the reducer, with one audit row for each change', async () => {
  // Most random walks end early; these begin where it matters.
  const prefixes: Event[][] = [
    [],
    [approve],
    [approve, { type: 'take', holder: 'A' }],
    [approve, { type: 'take', holder: 'A' }, { type: 'take_over', holder: 'B', holderGone: true }],
  ]
  let rows = 0
  await fc.assert(
    fc.asyncProperty(fc.nat(3), fc.array(step, { maxLength: 14 }), async (start, walk) => {
      const { id } = await insertPending(nodes[0])
      rows += 1
      let model: Progress = firstProgress('dashboard', now)
      let changes = 0
      const prefix = (prefixes[start] ?? []).map((each): Step => ({ kind: 'event', node: 0, event: each }))
      for (const each of [...prefix, ...walk]) {
        if (each.kind === 'wait') {
          now += each.milliseconds
          continue
        }
        const expected = reduce(model, each.event, now)
        const applied = await apply(nodes[each.node], id, each.event)
        expect(applied.ok).toBe(expected.ok)
        if (!expected.ok) continue
        model = expected.progress
        changes += 1
      }
      rows += changes
      // Either node reads the same.
      for (const node of nodes) {
        const stored = await loadConfirmation(node.storage.db, WORKSPACE, id)
        expect(stored.progress).toEqual(model)
        expect(stored.version).toBe(1 + changes)
      }
      const row = await second.db
        .selectFrom('confirmations')
        .select(['state', 'expires_at'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      expect(row).toEqual({ state: model.state, expires_at: new Date(model.expiresAt).toISOString() })
      const told = await nodes[1].audit.list(WORKSPACE, { subject: id, limit: 100 })
      expect(told.length).toBe(1 + changes)
      expect(told.at(-1)?.detail['to'] ?? 'pending').toBe(model.state)
      // One effect at most: it is taken from `approved` once.
      expect(
        told.filter(({ detail }) => detail['from'] === 'approved' && detail['to'] === 'sending').length,
      ).toBeLessThanOrEqual(1)
      expect(
        told.filter(({ detail }) => ['succeeded', 'failed'].includes(String(detail['to']))).length,
      ).toBeLessThanOrEqual(1)
    }),
    { numRuns: 40 },
  )
  expect(await nodes[0].audit.verify(WORKSPACE)).toEqual({ ok: true, rows })
})

test('the waiting list leaves out what has expired meanwhile, and is newest first', async () => {
  const old = await insertPending(nodes[0])
  now += 9 * 60_000
  const newer = await insertPending(nodes[0])
  const waiting = async () => {
    const all = await listConfirmations(nodes[1], WORKSPACE, { states: ['pending', 'approved'], limit: 10 })
    return all.map(({ intent }) => intent.id)
  }
  expect(await waiting()).toEqual([newer.id, old.id])
  now += 60_000
  expect(await waiting()).toEqual([newer.id])
})

test('the same write that ran, or may have run, is found as a repeat; one that did not run is none', async () => {
  const twice = intentOf()
  const find = () => findRepeat(second.db, twice, new Date(START).toISOString())
  const intent = await insertPending(nodes[0])
  expect(await find()).toBeUndefined()
  await apply(nodes[0], intent.id, approve)
  expect(await find()).toBeUndefined()
  await apply(nodes[0], intent.id, { type: 'take', holder: 'A' })
  expect(await find()).toMatchObject({ id: intent.id, state: 'sending' })
  await apply(nodes[0], intent.id, { type: 'accepted', fencing: 1, outcome: {} })
  expect(await find()).toMatchObject({ id: intent.id, state: 'succeeded' })
  expect(await findRepeat(second.db, twice, new Date(START + 1).toISOString())).toBeUndefined()
  for (const other of [
    { account: 'acct_2' },
    { mode: 'test' as const },
    { requestHash: 'x' },
    { tool: 'x' },
  ]) {
    expect(await findRepeat(second.db, { ...twice, ...other }, ''), JSON.stringify(other)).toBeUndefined()
  }
})

test('a write that Stripe refused may be repeated without a warning', async () => {
  const intent = await insertPending(nodes[0])
  for (const each of [
    approve,
    { type: 'take', holder: 'A' },
    { type: 'rejected', fencing: 1, outcome: {}, replayed: false },
  ] satisfies Event[])
    await apply(nodes[0], intent.id, each)
  expect(await findRepeat(second.db, intent, '')).toBeUndefined()
})

test('the same id is not stored twice', async () => {
  const intent = await insertPending(nodes[0])
  await expect(
    second.transaction((tx) =>
      insertConfirmation(nodes[1], tx, DEVICE, intent, firstProgress('none', START)),
    ),
  ).rejects.toThrow()
  expect((await loadConfirmation(second.db, WORKSPACE, intent.id)).progress.needed).toBe('dashboard')
})
