import { fork } from 'node:child_process'
import { once } from 'node:events'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../contract/actor.ts'
import type { WorkspaceId } from '../contract/ids.ts'
import { openStorage } from '../storage/storage.ts'
import { openTestStorage, type TestStorage } from '../storage/test-storage.ts'
import { createAudit, type Audit } from './audit.ts'

const WORKSPACE = 'ws_default' as WorkspaceId
const OTHER = 'ws_other' as WorkspaceId
const KEY = Buffer.alloc(32, 7)
const START = Date.UTC(2026, 10, 1)

let database: TestStorage
let audit: Audit
let now: number

beforeEach(async () => {
  now = START
  database = await openTestStorage()
  audit = createAudit(database.storage.db, KEY, () => now)
})
afterEach(() => database.close())

const hub = (workspace = WORKSPACE): Actor => ({ type: 'system', workspace, part: 'hub' })

function append(subject: string, detail: Record<string, unknown> = {}, workspace = WORKSPACE) {
  return database.storage.transaction((tx) =>
    audit.append(tx, { actor: hub(workspace), action: 'thing.done', subject, detail }),
  )
}

async function fill(rows: number, workspace = WORKSPACE): Promise<void> {
  for (let row = 1; row <= rows; row += 1) await append(`subject_${row}`, { row }, workspace)
}

/** Does what somebody with the database file, but without the vault, can do. */
const tamper = (statement: string) => sql.raw(statement).execute(database.storage.db)

test('rows are numbered, dated, named and read back in order', async () => {
  await fill(2)
  now += 1000
  await database.storage.transaction((tx) =>
    audit.append(tx, { actor: hub(), action: 'other.done', subject: 'subject_1' }),
  )
  expect(await audit.list(WORKSPACE, { limit: 10 })).toMatchObject([
    { seq: 1, at: '2026-11-01T00:00:00.000Z', actor: 'system:hub', detail: { row: 1 } },
    { seq: 2, subject: 'subject_2' },
    { seq: 3, at: '2026-11-01T00:00:01.000Z', action: 'other.done', detail: {} },
  ])
  expect((await audit.list(WORKSPACE, { limit: 2 })).map(({ seq }) => seq)).toEqual([2, 3])
  expect((await audit.list(WORKSPACE, { subject: 'subject_1', limit: 9 })).map(({ seq }) => seq)).toEqual([
    1, 3,
  ])
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 3 })
})

test('an empty log is whole', async () => {
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 0 })
})

test('odd text is kept and proven', async () => {
  const detail = { text: 'a\u0000b\uD800"\\\n\u202E🦀', deep: { list: [1, null, { x: true }] } }
  await append('subject_1', detail)
  expect((await audit.list(WORKSPACE, { limit: 1 }))[0]?.detail).toEqual(detail)
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 1 })
})

test('workspaces have chains of their own, and see nothing of each other', async () => {
  await fill(3)
  await fill(2, OTHER)
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 3 })
  expect(await audit.verify(OTHER)).toEqual({ ok: true, rows: 2 })
  expect((await audit.list(OTHER, { limit: 10 })).length).toBe(2)
  await tamper(`update audit set subject = 'x' where workspace = '${OTHER}' and seq = 1`)
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 3 })
})

test('a row is written exactly if what it tells of is', async () => {
  await fill(1)
  await expect(
    database.storage.transaction(async (tx) => {
      await audit.append(tx, { actor: hub(), action: 'x.done', subject: 'x' })
      throw new Error('undone')
    }),
  ).rejects.toThrow('undone')
  await append('after')
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 2 })
})

describe('found at the right row', () => {
  beforeEach(async () => {
    await fill(6)
    await fill(6, OTHER)
  })

  const where = (seq: number, workspace = WORKSPACE) => `where workspace = '${workspace}' and seq = ${seq}`
  const bytes = "x'00'"
  const tampering: [string, string[], number][] = [
    ...(['at', 'actor', 'action', 'subject', 'detail', 'hash', 'previous_hash'] as const).map(
      (column): [string, string[], number] => [
        `an edited ${column}`,
        [`update audit set ${column} = ${column} || ' ' ${where(3)}`],
        3,
      ],
    ),
    ['an edited first row', [`update audit set actor = 'system:terminal' ${where(1)}`], 1],
    ['an edited last row', [`update audit set actor = 'system:terminal' ${where(6)}`], 6],
    ['text replaced by bytes', [`update audit set detail = ${bytes} ${where(3)}`], 3],
    ['a hash replaced by bytes', [`update audit set hash = ${bytes} ${where(3)}`], 3],
    ['a deleted first row', [`delete from audit ${where(1)}`], 1],
    ['a deleted row in the middle', [`delete from audit ${where(4)}`], 4],
    ['a deleted row in the middle, closed up', [`delete from audit ${where(4)}`, ...closeUp(4)], 4],
    ['a deleted last row', [`delete from audit ${where(6)}`], 6],
    ['several deleted at the end', [`delete from audit where workspace = '${WORKSPACE}' and seq > 2`], 3],
    ['all rows deleted', [`delete from audit where workspace = '${WORKSPACE}'`], 1],
    [
      'the end cut off and the head moved to fit',
      [
        `delete from audit ${where(6)}`,
        `update audit_heads set seq = 5, hash = (select hash from audit ${where(5)}) where workspace = '${WORKSPACE}'`,
      ],
      6,
    ],
    ['a missing head', [`delete from audit_heads where workspace = '${WORKSPACE}'`], 7],
    ['a head with another mac', [`update audit_heads set mac = 'x' where workspace = '${WORKSPACE}'`], 7],
    [
      'the head of another workspace',
      [
        `update audit_heads set (seq, hash, mac) = (select seq, hash, mac from audit_heads where workspace = '${OTHER}') where workspace = '${WORKSPACE}'`,
      ],
      7,
    ],
    ['two rows swapped', swap(3, 4), 3],
    [
      "another workspace's row in place of one",
      [`delete from audit ${where(3)}`, `update audit set workspace = '${WORKSPACE}' ${where(3, OTHER)}`],
      3,
    ],
    ['a row of another workspace added at the end', copyOf(OTHER, 6, 7), 7],
    ['a row copied to the end', copyOf(WORKSPACE, 3, 7), 7],
    ['a row put in before the first one', copyOf(WORKSPACE, 1, 0), 1],
    ['a row put in far before the first one', copyOf(WORKSPACE, 1, -5), 1],
    ['a row put in between two', copyOf(WORKSPACE, 3, 3.5), 4],
    ['a row without a number', copyOf(WORKSPACE, 3, "'x'"), 7],
  ]

  test.each(tampering)('%s', async (_what, statements, seq) => {
    for (const statement of statements) await tamper(statement)
    expect(await audit.verify(WORKSPACE)).toMatchObject({
      ok: false,
      seq,
      rows: seq - 1,
      reason: expect.any(String),
    })
  })

  test('a log that was written under another key', async () => {
    const other = createAudit(database.storage.db, Buffer.alloc(32, 8), () => now)
    expect(await other.verify(WORKSPACE)).toMatchObject({ ok: false, seq: 1 })
  })

  function swap(a: number, b: number): string[] {
    return [
      `update audit set seq = 99 ${where(a)}`,
      `update audit set seq = ${a} ${where(b)}`,
      `update audit set seq = ${b} ${where(99)}`,
    ]
  }

  function closeUp(gap: number): string[] {
    return [5, 6].map((seq) => `update audit set seq = ${seq - 1} ${where(seq)}`).slice(gap - 4)
  }

  function copyOf(from: string, seq: number, to: number | string): string[] {
    return [
      `insert into audit select '${WORKSPACE}', ${to}, at, actor, action, subject, detail, previous_hash, hash from audit where workspace = '${from}' and seq = ${seq}`,
    ]
  }
})

test('a log longer than a page is verified whole', async () => {
  await database.storage.transaction(async (tx) => {
    for (let row = 0; row < 2_001; row += 1)
      await audit.append(tx, { actor: hub(), action: 'x.done', subject: 'x' })
  })
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 2_001 })
  await tamper('delete from audit where seq = 2001')
  expect(await audit.verify(WORKSPACE)).toMatchObject({ ok: false, seq: 2_001 })
  await tamper('delete from audit where seq = 1001')
  expect(await audit.verify(WORKSPACE)).toMatchObject({ ok: false, seq: 1_001 })
})

test('a log that grows while it is verified is whole', async () => {
  await fill(3)
  const verdicts: Promise<unknown>[] = []
  const writes: Promise<void>[] = []
  for (let round = 0; round < 20; round += 1) {
    verdicts.push(audit.verify(WORKSPACE))
    writes.push(append('meanwhile'))
  }
  await Promise.all(writes)
  for (const verdict of await Promise.all(verdicts)) expect(verdict).toMatchObject({ ok: true })
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 23 })
})

test('two nodes on one database, each with its own connection, make one chain', async () => {
  const second = await openStorage(database.file)
  try {
    const nodes = [database.storage, second].map((storage) => ({
      storage,
      audit: createAudit(storage.db, KEY, () => now),
    }))
    const writes = Array.from({ length: 30 }, (_, index) =>
      nodes.map((node) =>
        node.storage.transaction(async (tx) => {
          await node.audit.append(tx, { actor: hub(), action: 'x.done', subject: `row_${index}` })
          if (index % 5 === 0) throw new Error('undone')
        }),
      ),
    ).flat()
    const outcomes = await Promise.allSettled(writes)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(12)
    expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 48 })
  } finally {
    await second.close()
  }
})

test.each([
  ['a row', `create trigger full before insert on audit begin select raise(abort, 'disk full'); end`],
  [
    'the head',
    `create trigger full before update on audit_heads begin select raise(abort, 'disk full'); end`,
  ],
])('when %s cannot be written, row and head stay as they were', async (_what, trigger) => {
  await fill(2)
  await tamper(trigger)
  await expect(append('lost')).rejects.toThrow('disk full')
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 2 })
  await tamper('drop trigger full')
  await append('kept')
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 3 })
})

test('an end that somebody else wrote is never built on, so that no row makes it genuine', async () => {
  await fill(3)
  await tamper('delete from audit where seq = 3')
  await tamper('update audit_heads set seq = 2, hash = (select hash from audit where seq = 2)')
  await expect(append('after')).rejects.toThrow('the record of the end of the audit log was changed')
  expect(await audit.verify(WORKSPACE)).toMatchObject({ ok: false, seq: 3 })
})

test('many writers in one process and two processes make one chain without a gap', async () => {
  const child = fork(new URL('test-writer.ts', import.meta.url), [database.file, '40'])
  await once(child, 'message')
  child.send('go')
  const done = once(child, 'exit')
  await Promise.all(Array.from({ length: 40 }, (_, index) => append(`here_${index}`)))
  expect(await done).toEqual([0, null])
  expect(await audit.verify(WORKSPACE)).toEqual({ ok: true, rows: 80 })
  const subjects = (await audit.list(WORKSPACE, { limit: 100 })).map(({ subject }) => subject)
  expect(new Set(subjects).size).toBe(80)
})
