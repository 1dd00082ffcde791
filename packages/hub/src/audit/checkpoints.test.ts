import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CHECKPOINT_EVERY_MS, CHECKPOINT_EVERY_ROWS } from './keep-checkpoints.ts'
import { openTestLog, WORKSPACE, type TestLog } from './test-log.ts'

let log: TestLog
beforeEach(async () => {
  log = await openTestLog()
})
afterEach(() => log.close())

const keep = (evenIfFew = true) => log.audit.keepCheckpoint(WORKSPACE, { evenIfFew })
const verify = (given?: string) => log.audit.verify(WORKSPACE, { given })
const kept = (): Array<{ seq: number }> =>
  readFileSync(log.checkpoints, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number })

test('a checkpoint is due after so many rows, or so long, and only while rows come', async () => {
  await log.fill(1)
  expect(await keep(false)).toMatchObject({ seq: 1 })
  await log.fill(CHECKPOINT_EVERY_ROWS - 1)
  expect(await keep(false)).toBeUndefined()
  await log.fill(1)
  expect(await keep(false)).toMatchObject({ seq: CHECKPOINT_EVERY_ROWS + 1 })
  log.now += CHECKPOINT_EVERY_MS
  expect(await keep(false)).toBeUndefined()
  await log.fill(1)
  expect(await keep(false)).toMatchObject({ seq: CHECKPOINT_EVERY_ROWS + 2 })
  expect(kept().map(({ seq }) => seq)).toEqual([1, CHECKPOINT_EVERY_ROWS + 1, CHECKPOINT_EVERY_ROWS + 2])
  expect(await verify()).toEqual({ ok: true, rows: CHECKPOINT_EVERY_ROWS + 2, checkpoints: 3 })
})

test('the file of checkpoints is for the owner of the hub alone', async () => {
  await log.fill(1)
  await keep()
  if (process.platform !== 'win32') expect(statSync(log.checkpoints).mode & 0o777).toBe(0o600)
})

describe('rows and head put back together to an earlier, genuine state', () => {
  test('are found by the file beside the database, at the first row that is gone', async () => {
    await log.fill(3)
    const putBack = await log.snapshot()
    await log.fill(4)
    await keep()
    await putBack()
    expect(await verify()).toMatchObject({
      ok: false,
      rows: 3,
      seq: 4,
      reason: expect.stringMatching(/missing.*2026-11-01T00:00:00.000Z.*\(7 were written\)/),
    })
  })

  test('are found after the hub has gone on from there', async () => {
    await log.fill(3)
    const putBack = await log.snapshot()
    await log.fill(4)
    await keep()
    await putBack()
    log.now += 1000
    await log.fill(9)
    expect(await verify()).toMatchObject({
      ok: false,
      rows: 6,
      seq: 7,
      reason: expect.stringContaining('not the row that was there'),
    })
  })

  test('are found by a checkpoint that was kept elsewhere when the file is put back as well', async () => {
    await log.fill(3)
    await keep()
    const [putBack, file] = [await log.snapshot(), readFileSync(log.checkpoints)]
    await log.fill(4)
    await keep()
    const elsewhere = JSON.stringify(await log.audit.checkpoint(WORKSPACE))
    await putBack()
    writeFileSync(log.checkpoints, file)
    expect(await verify()).toMatchObject({ ok: true, rows: 3 })
    expect(await verify(`${elsewhere}\n`)).toMatchObject({ ok: false, seq: 4 })
  })

  test('are told of by the log itself when the hub starts', async () => {
    await log.fill(3)
    const putBack = await log.snapshot()
    await log.fill(4)
    await keep()
    await putBack()
    await log.audit.beginCheckpoints(WORKSPACE)
    expect(await log.audit.list(WORKSPACE, { limit: 1 })).toMatchObject([
      { seq: 4, actor: 'system:hub', action: 'audit.rows_lost', detail: { had_row: 7, after_row: 3 } },
    ])
    expect(await verify()).toMatchObject({ ok: false })
  })
})

test('all rows and the head taken away are found', async () => {
  await log.fill(3)
  await keep()
  await log.tamper('delete from audit', 'delete from audit_heads')
  expect(await verify()).toMatchObject({ ok: false, rows: 0, seq: 1 })
  log.now += 1000
  await log.fill(5)
  expect(await verify()).toMatchObject({ ok: false, rows: 2, seq: 3 })
  await log.tamper('delete from audit', 'delete from audit_heads')
  rmSync(log.checkpoints)
  expect(await verify()).toMatchObject({ ok: false, rows: 0, seq: null })
})

describe('the file of checkpoints', () => {
  beforeEach(async () => {
    for (let round = 0; round < 3; round += 1) {
      await log.fill(2)
      await keep()
    }
  })

  const faulty = (reason: string) => ({
    ok: false,
    rows: 6,
    seq: null,
    reason: expect.stringContaining(reason),
  })
  const edit = (change: (lines: string[]) => string[]): void =>
    writeFileSync(log.checkpoints, change(readFileSync(log.checkpoints, 'utf8').split('\n')).join('\n'))

  test('is reported when it is missing, and its new beginning is in the log', async () => {
    rmSync(log.checkpoints)
    expect(await verify()).toMatchObject(faulty('is missing'))
    await log.audit.beginCheckpoints(WORKSPACE)
    expect(await log.audit.list(WORKSPACE, { limit: 1 })).toMatchObject([
      { action: 'audit.checkpoints_begun', detail: { after_row: 6 } },
    ])
    expect(await verify()).toEqual({ ok: true, rows: 7, checkpoints: 1 })
  })

  test('that ends in the middle of a line is reported, and mended by the next checkpoint', async () => {
    appendFileSync(log.checkpoints, '{"workspace":"ws_default","seq":')
    expect(await verify()).toMatchObject(faulty('in the middle of line 4'))
    await log.fill(1)
    await keep()
    expect(await verify()).toEqual({ ok: true, rows: 7, checkpoints: 4 })
  })

  test.each([
    ['a changed number', (line: string) => line.replace('"seq":4', '"seq":3')],
    ['a changed hash', (line: string) => line.replace(/"hash":"./, '"hash":"x')],
    ['a changed moment', (line: string) => line.replace('2026', '2027')],
    ['another workspace', (line: string) => line.replace('ws_default', 'ws_other')],
    ['a further field', (line: string) => line.replace('{', '{"x":1,')],
    ['no JSON', () => 'checkpoint'],
    ['bytes', () => '\u0000\uFFFD'],
  ])('with %s is reported by its line', async (_what, change) => {
    edit((lines) => lines.map((line, index) => (index === 1 ? change(line) : line)))
    expect(await verify()).toMatchObject(faulty('line 2 of the file checkpoints.jsonl'))
  })

  test('keeps no row from being written, however broken it is', async () => {
    rmSync(log.checkpoints)
    mkdirSync(log.checkpoints)
    await log.fill(1)
    await expect(keep()).rejects.toThrow()
    rmSync(log.checkpoints, { recursive: true })
    expect(await keep()).toMatchObject({ seq: 7 })
    expect(await verify()).toMatchObject({ ok: true, rows: 7 })
  })

  test('cannot be written in a folder that is read-only, and can again afterwards', async () => {
    if (process.platform === 'win32' || process.getuid?.() === 0) return
    rmSync(log.checkpoints)
    chmodSync(log.folder, 0o500)
    await expect(keep()).rejects.toThrow()
    chmodSync(log.folder, 0o700)
    expect(await keep()).toMatchObject({ seq: 6 })
  })
})

test('checkpoints given that are none of this hub are reported', async () => {
  await log.fill(2)
  await keep()
  expect(await verify('{"seq":1}\n')).toMatchObject({
    ok: false,
    seq: null,
    reason: expect.stringContaining('line 1 of the checkpoints given'),
  })
})

test('no checkpoint vouches for an end that somebody else wrote', async () => {
  await log.fill(3)
  await log.tamper(
    'delete from audit where seq = 3',
    'update audit_heads set seq = 2, hash = (select hash from audit where seq = 2)',
  )
  await expect(keep()).rejects.toThrow(/end of the audit log was changed/)
  await expect(log.audit.checkpoint(WORKSPACE)).rejects.toThrow()
})
