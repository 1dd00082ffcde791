import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../contract/actor.ts'
import type { PersonId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import { createAudit } from './audit.ts'
import { DAY_MS, KEY, OPERATOR, openTestLog, WORKSPACE, type TestLog } from './test-log.ts'

let log: TestLog
beforeEach(async () => {
  log = await openTestLog()
})
afterEach(() => log.close())

const verify = () => log.audit.verify(WORKSPACE)
const keepCheckpoint = () => log.audit.keepCheckpoint(WORKSPACE, { evenIfFew: true })
const inDatabase = async (): Promise<number[]> =>
  (await log.audit.list(WORKSPACE, { limit: 500 })).map(({ seq }) => seq)
const before = (milliseconds: number): string => new Date(milliseconds).toISOString()
const files = (): string[] => readdirSync(dirname(log.segment(1, 1)))

test('old rows move to a file, the log says so, and the chain holds through it', async () => {
  await log.fill(5)
  await keepCheckpoint()
  const old = log.now
  log.now += 100 * DAY_MS
  await log.fill(2)
  const sealed = await log.audit.seal(OPERATOR, { before: before(old + 1) })
  const file = sealed[0]?.file
  expect(sealed).toEqual([{ file: 'ws_default-000000000001-000000000005.jsonl.gz', first: 1, last: 5 }])
  expect(await inDatabase()).toEqual([6, 7, 8])
  expect(await log.audit.list(WORKSPACE, { limit: 1 })).toMatchObject([
    { actor: 'system:terminal', action: 'audit.sealed', subject: file, detail: { first: 1, last: 5 } },
  ])
  expect(await verify()).toMatchObject({
    ok: true,
    rows: 8,
    sealed: [{ first: 1, last: 5, file, checked: true }],
  })
  if (process.platform !== 'win32') expect(statSync(log.segment(1, 5)).mode & 0o777).toBe(0o600)
})

test('without the file the chain goes on from its last hash, and says that it was not checked', async () => {
  await log.fill(5)
  await log.seal()
  await keepCheckpoint()
  rmSync(log.segment(1, 5))
  expect(await verify()).toMatchObject({ ok: true, rows: 6, sealed: [{ first: 1, last: 5, checked: false }] })
})

test('segments follow each other, and an export reads through them', async () => {
  await log.fill(3)
  await log.seal()
  await log.fill(3)
  await log.seal()
  await log.fill(1)
  await keepCheckpoint()
  expect(await inDatabase()).toEqual([8, 9])
  expect(await verify()).toMatchObject({ ok: true, rows: 9, sealed: [{ last: 3 }, { first: 4, last: 7 }] })
  const lines: string[] = []
  for await (const text of log.audit.export(WORKSPACE, { format: 'jsonl', filter: {} }))
    lines.push(...text.trimEnd().split('\n'))
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('rows after one that is too young stay, also older ones: a clock that was set back leaves no gap', async () => {
  await log.fill(2)
  log.now += 10 * DAY_MS
  await log.fill(1)
  log.now -= 10 * DAY_MS
  await log.fill(2)
  log.now += 200 * DAY_MS
  expect(await log.audit.seal(OPERATOR, { before: before(log.now - 195 * DAY_MS) })).toMatchObject([
    { first: 1, last: 2 },
  ])
})

test('rows younger than 90 days are sealed only when told', async () => {
  await log.fill(2)
  log.now += 89 * DAY_MS
  const young = { before: before(log.now) }
  await expect(log.audit.seal(OPERATOR, young)).rejects.toThrow(/last 90 days/)
  expect(await inDatabase()).toEqual([1, 2])
  expect(await log.audit.seal(OPERATOR, { ...young, evenIfYoung: true })).toMatchObject([{ last: 2 }])
})

test.each(['approver', 'viewer'] as const)('an %s cannot seal', async (role) => {
  await log.fill(1)
  const person: Actor = {
    type: 'person',
    workspace: WORKSPACE,
    personId: 'person_1' as PersonId,
    name: 'P',
    role,
  }
  await expect(log.audit.seal(person, { before: '2100-01-01', evenIfYoung: true })).rejects.toThrow(Problem)
  expect(await inDatabase()).toEqual([1])
})

test('a log that is not whole is not sealed, and stays where it is', async () => {
  await log.fill(5)
  await log.tamper(`update audit set actor = 'system:hub' where seq = 3`)
  await expect(log.seal()).rejects.toThrow(/Row 3: the row was changed/)
  expect(await inDatabase()).toEqual([1, 2, 3, 4, 5])
})

test('a file that an interrupted seal left is taken away, and the rows are sealed once', async () => {
  await log.fill(5)
  const putBack = await log.snapshot()
  await log.seal()
  // As a crash would leave it: after the file, before the transaction.
  await putBack()
  writeFileSync(`${log.segment(1, 9)}.77.tmp`, 'half')
  expect(await verify()).toEqual({ ok: false, seq: null, rows: 5, reason: expect.any(String) })
  await log.fill(2)
  await log.seal()
  expect(files()).toEqual(['ws_default-000000000001-000000000007.jsonl.gz'])
  expect(await verify()).toMatchObject({ rows: 8, sealed: [{ first: 1, last: 7, checked: true }] })
})

test('a file whose rows are not in the database is left, though its record is gone', async () => {
  await log.fill(5)
  await log.seal()
  await log.tamper('delete from audit_segments')
  await expect(log.seal()).rejects.toThrow(/Row 1: /)
  expect(existsSync(log.segment(1, 5))).toBe(true)
  expect(await verify()).toMatchObject({ ok: false, seq: 1, reason: 'a row is missing here' })
})

test('when the transaction of a seal fails, nothing has left the database', async () => {
  await log.fill(5)
  await log.tamper(`create trigger full before insert on audit begin select raise(abort, 'disk full'); end`)
  await expect(log.seal()).rejects.toThrow('disk full')
  expect(await inDatabase()).toEqual([1, 2, 3, 4, 5])
  await log.tamper('drop trigger full')
  await log.seal()
  expect(await verify()).toMatchObject({ rows: 6, sealed: [{ checked: true }] })
})

test('two that seal at once: one does, and the log holds', async () => {
  await log.fill(50)
  const outcomes = await Promise.allSettled([log.seal(), log.seal()])
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
  expect(await verify()).toMatchObject({ sealed: [{ first: 1, last: 50, checked: true }] })
})

describe('found at the right row', () => {
  beforeEach(async () => {
    await log.fill(5)
    await log.seal()
    await log.fill(4)
    await log.seal()
    await log.fill(2)
    await keepCheckpoint()
  })
  const bad = (seq: number, reason: string) => ({ ok: false, seq, reason: expect.stringContaining(reason) })
  const swapLines = ([a = '', b = '', ...rest]: string[]) => [b, a, ...rest]

  test.each<[string, (lines: string[]) => string[], number, string]>([
    [
      'an edited row',
      (lines) => lines.map((line) => line.replace('subject_3', 'subject_4')),
      3,
      'was changed',
    ],
    ['a row taken out', (lines) => lines.toSpliced(1, 1), 2, 'missing'],
    ['the first row taken out', (lines) => lines.slice(1), 1, 'missing'],
    ['the last row taken out', (lines) => lines.slice(0, -1), 5, 'missing'],
    ['all rows taken out', () => [], 1, ''],
    ['two rows swapped', swapLines, 1, 'missing'],
    ['a row put in', (lines) => [...lines.slice(0, 2), ...lines.slice(1)], 3, 'put in'],
    ['a row put in at the end', (lines) => [...lines, lines[0] ?? ''], 6, 'put in'],
    ['a line that is no row', (lines) => lines.with(3, 'x'), 4, 'no row'],
    [
      'a row of another workspace',
      (lines) => lines.map((line) => line.replace('ws_default', 'ws_other')),
      1,
      'another workspace',
    ],
  ])('%s in a segment', async (_what, change, seq, reason) => {
    log.editSegment(1, 5, change)
    expect(await verify()).toMatchObject(bad(seq, reason))
  })

  test('segments swapped', async () => {
    renameSync(log.segment(1, 5), `${log.segment(1, 5)}.old`)
    copyFileSync(log.segment(6, 10), log.segment(1, 5))
    expect(await verify()).toMatchObject(bad(1, 'missing'))
  })

  test('a segment that is cut off, or holds other bytes', async () => {
    const whole = readFileSync(log.segment(6, 10))
    truncateSync(log.segment(6, 10), whole.length - 12)
    expect(await verify()).toMatchObject({ ok: false, reason: expect.stringContaining('cannot be read') })
    writeFileSync(log.segment(6, 10), 'no gzip')
    expect(await verify()).toMatchObject(bad(6, 'cannot be read'))
    writeFileSync(log.segment(6, 10), gzipSync(gunzipSync(whole), { level: 1 }))
    expect(await verify()).toMatchObject(bad(6, 'not the file that was sealed'))
    writeFileSync(log.segment(6, 10), whole)
    expect(await verify()).toMatchObject({ ok: true, rows: 13 })
  })

  test.each([
    ['last_seq', '9'],
    ['first_seq', '2'],
    ['previous_hash', "'x'"],
    ['last_hash', "'x'"],
    ['file_hash', "'x'"],
    ['sealed_at', "'x'"],
    ['mac', "'x'"],
    ['workspace', "'ws_other'"],
  ])('a record of sealed rows with another %s', async (column, value) => {
    await log.tamper(`update audit_segments set ${column} = ${value} where first_seq = 1`)
    expect(await verify()).toMatchObject({ ok: false, seq: 1, rows: 0 })
  })

  test('a record of sealed rows taken away', async () => {
    await log.tamper('delete from audit_segments where first_seq = 6')
    expect(await verify()).toMatchObject(bad(6, 'missing'))
  })

  test('sealed rows put back into the database beside an edited one', async () => {
    await log.tamper(
      `insert into audit select workspace, 4, at, actor, action, subject, detail, previous_hash, hash from audit where seq = 11`,
    )
    expect(await verify()).toMatchObject(bad(11, 'put in'))
  })

  test('all rows after the segments taken away', async () => {
    await log.tamper('delete from audit')
    expect(await verify()).toMatchObject(bad(11, 'missing'))
    await log.tamper('delete from audit_heads')
    expect(await verify()).toMatchObject({ ok: false, seq: 11 })
  })

  test('a record of sealed rows made under another key', async () => {
    const other = createAudit(log.database.storage.db, Buffer.alloc(32, 8), () => log.now, log.folder)
    expect(await other.verify(WORKSPACE)).toMatchObject({ ok: false, seq: 1 })
    expect(
      await createAudit(log.database.storage.db, KEY, () => log.now, log.folder).verify(WORKSPACE),
    ).toMatchObject({ ok: true })
  })
})
