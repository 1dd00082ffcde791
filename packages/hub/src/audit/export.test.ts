import { rmSync } from 'node:fs'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createChain } from './chain.ts'
import { type ExportFilter, type ExportFormat } from './export.ts'
import { csvCell } from './row-text.ts'
import { DAY_MS, KEY, OPERATOR, openTestLog, WORKSPACE, type TestLog } from './test-log.ts'
import { verifyExport } from './verify-export.ts'

let log: TestLog
beforeEach(async () => {
  log = await openTestLog()
})
afterEach(() => log.close())

async function exported(format: ExportFormat, filter: ExportFilter = {}): Promise<string> {
  let text = ''
  for await (const part of log.audit.export(WORKSPACE, { format, filter })) text += part
  return text
}
async function* chunks(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}
const prove = (text: string, given?: string) => verifyExport(createChain(KEY), chunks(text), { given })
const linesOf = (text: string): string[] => text.trimEnd().split('\n')
const ODD = 'a\u0000b\uD800"\\\n\u202E🦀;=1+1\u009B'

describe('JSONL', () => {
  test('holds every row with its hash, and is proven by the key alone', async () => {
    await log.fill(2)
    await log.append(ODD, { text: ODD, 2: 'two', 1: 'one', deep: [1e21, -0, null, { __proto: 1 }] })
    const text = await exported('jsonl')
    expect(linesOf(text).map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { workspace: WORKSPACE, seq: 1, actor: 'system:terminal', action: 'thing.done', detail: {} },
      { seq: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { subject: ODD.toWellFormed(), detail: { text: ODD } },
    ])
    expect(await prove(text)).toEqual({ ok: true, rows: 3, first: 1, last: 3, whole: true })
    expect(await log.audit.verify(WORKSPACE)).toMatchObject({ rows: 3 })
  })

  test('of an empty log is empty, and nothing is proven', async () => {
    expect(await exported('jsonl')).toBe('')
    expect(await prove('')).toEqual({ ok: true, rows: 0, first: null, last: null, whole: false })
  })

  test('of more rows than a page comes a page at a time, and is proven whole', async () => {
    await log.fill(2_500)
    let parts = 0
    for await (const part of log.audit.export(WORKSPACE, { format: 'jsonl', filter: {} }))
      parts += part === '' ? 0 : 1
    expect(parts).toBe(3)
    expect(await prove(await exported('jsonl'))).toMatchObject({ ok: true, rows: 2_500, whole: true })
  })

  test('of some rows proves each, and says that it is a part', async () => {
    await log.fill(9)
    const part = await exported('jsonl', { subject: 'subject_4' })
    expect(await prove(part)).toEqual({ ok: true, rows: 1, first: 4, last: 4, whole: false })
  })

  test('that was cut off at the end is a part to whoever kept a checkpoint', async () => {
    await log.fill(5)
    const checkpoint = JSON.stringify(await log.audit.checkpoint(WORKSPACE))
    const cut = `${linesOf(await exported('jsonl'))
      .slice(0, 3)
      .join('\n')}\n`
    expect(await prove(cut)).toMatchObject({ ok: true, whole: true, last: 3 })
    expect(await prove(cut, checkpoint)).toMatchObject({ ok: false, line: null, seq: 4, whole: false })
    expect(await prove(await exported('jsonl'), checkpoint)).toMatchObject({ ok: true, checkpoints: 1 })
    expect(await prove(cut, 'x')).toMatchObject({ ok: false, seq: null })
  })

  test.each<[string, (lines: string[]) => string[], number, number | null]>([
    ['an edited row', (lines) => lines.with(2, (lines[2] ?? '').replace('thing', 'think')), 3, 3],
    ['an edited detail', (lines) => lines.with(2, (lines[2] ?? '').replace('{}', '{"x":1}')), 3, 3],
    [
      'rows swapped',
      (lines) => [...lines.slice(0, 2), lines[3] ?? '', lines[2] ?? '', ...lines.slice(4)],
      4,
      3,
    ],
    ['a row twice', (lines) => lines.toSpliced(2, 0, lines[2] ?? ''), 4, 3],
    ['a line that is no row', (lines) => lines.with(1, '{}'), 2, null],
    ['another workspace', (lines) => lines.with(1, (lines[1] ?? '').replace('ws_default', 'ws_x')), 2, 2],
  ])('with %s is refused at the line', async (_what, change, line, seq) => {
    await log.fill(5)
    const changed = change(linesOf(await exported('jsonl')))
    expect(await prove(`${changed.join('\n')}\n`)).toMatchObject({ ok: false, line, seq, rows: line - 1 })
  })

  test('that ends in the middle of a row is refused there', async () => {
    await log.fill(3)
    expect(await prove((await exported('jsonl')).slice(0, -40))).toMatchObject({
      ok: false,
      line: 3,
      rows: 2,
      reason: expect.stringContaining('middle'),
    })
  })

  test('of another hub is refused', async () => {
    await log.fill(1)
    const other = createChain(Buffer.alloc(32, 8))
    expect(await verifyExport(other, chunks(await exported('jsonl')))).toMatchObject({ ok: false, line: 1 })
  })

  test('with a line without an end is refused before it fills the memory', async () => {
    const endless = (async function* () {
      for (let at = 0; at < 9; at += 1) yield await Promise.resolve('x'.repeat(1024 * 1024))
    })()
    expect(await verifyExport(createChain(KEY), endless)).toMatchObject({ ok: false })
  })

  test('of a log that was tampered with holds what is there, and does not hold', async () => {
    await log.fill(4)
    await log.tamper(`update audit set detail = 'no json' where seq = 2`, `delete from audit where seq = 3`)
    const text = await exported('jsonl')
    expect(linesOf(text)).toHaveLength(3)
    expect(await prove(text)).toMatchObject({ ok: false, line: 2, seq: 2 })
  })
})

describe('a filter', () => {
  beforeEach(async () => {
    for (const [action, subject] of [
      ['a.one', 'x'],
      ['a.two', 'y'],
      ['b.one', 'x'],
    ] as const) {
      await log.database.storage.transaction((tx) =>
        log.audit.append(tx, { actor: OPERATOR, action, subject }),
      )
      log.now += DAY_MS
    }
  })
  test.each<[ExportFilter, number[]]>([
    [{}, [1, 2, 3]],
    [{ from: '2026-11-02T00:00:00.000Z' }, [2, 3]],
    [{ to: '2026-11-02T00:00:00.000Z' }, [1]],
    [{ from: '2026-11-02T00:00:00.000Z', to: '2026-11-03T00:00:00.000Z' }, [2]],
    [{ action: 'a.one' }, [1]],
    [{ action: 'a.*' }, [1, 2]],
    [{ action: 'a' }, []],
    [{ subject: 'x' }, [1, 3]],
    [{ actor: 'system:terminal' }, [1, 2, 3]],
    [{ actor: 'system:hub' }, []],
    [{ subject: 'x', action: 'b.*' }, [3]],
  ])('%j', async (filter, expected) => {
    await log.audit.seal(OPERATOR, { before: '2026-11-02T00:00:00.000Z', evenIfYoung: true })
    const text = await exported('jsonl', { ...filter, to: filter.to ?? '2026-11-03T12:00:00.000Z' })
    expect(
      linesOf(text)
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { seq: number }).seq),
    ).toEqual(expected)
  })
})

test('sealed rows whose file is not here are said to be left out', async () => {
  await log.fill(3)
  await log.seal()
  rmSync(log.segment(1, 3))
  const absent: string[] = []
  for await (const _text of log.audit.export(WORKSPACE, {
    format: 'csv',
    filter: {},
    onAbsent: (file) => absent.push(file),
  }));
  expect(absent).toEqual(['ws_default-000000000001-000000000003.jsonl.gz'])
  expect(await prove(await exported('jsonl'))).toMatchObject({ ok: true, first: 4, whole: false })
})

describe('CSV', () => {
  test('has a header, CRLF, and the hash of each row', async () => {
    await log.append('x', { a: 'b', c: 'd;=1+1' })
    const [header, row, end] = (await exported('csv')).split('\r\n')
    expect(header).toBe('workspace,seq,at,actor,action,subject,detail,previous_hash,hash')
    expect(row).toMatch(
      /^ws_default,1,2026-11-01T00:00:00.000Z,system:terminal,thing.done,x,"{""a"":""b"",""c"":""d\\u003b=1\+1""}",0{64},[0-9a-f]{64}$/,
    )
    expect(end).toBe('')
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', `"'\rx"`],
    ['\nx', `"'\nx"`],
    ['＝1', "'＝1"],
    ['=1,"2"', `"'=1,""2"""`],
    ['a=1', 'a=1'],
    ['a"b', '"a""b"'],
    ['a,b', '"a,b"'],
    ['a;b', '"a;b"'],
    ['a\r\nb', '"a\r\nb"'],
    ['', ''],
  ])('%j is the cell %s', (text, cell) => {
    expect(csvCell(text)).toBe(cell)
  })

  test('whatever the rows hold, a reader of RFC 4180 gets them back, and no cell begins a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const read = parseCsvLine(texts.map(csvCell).join(','))
        const apostrophe = /^'(?=[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20])/
        expect(read.map((cell) => cell.replace(apostrophe, ''))).toEqual(
          texts.map((text) => text.replace(apostrophe, '')),
        )
        for (const cell of read) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/)
      }),
    )
  })
})

/** One record as RFC 4180 has it. */
function parseCsvLine(line: string): string[] {
  const cell = /"((?:[^"]|"")*)"|([^",]*)/y
  const cells: string[] = []
  for (let at = 0; at <= line.length; at = cell.lastIndex + 1) {
    cell.lastIndex = at
    const [, quoted, plain = ''] = cell.exec(line) ?? []
    cells.push(quoted?.replaceAll('""', '"') ?? plain)
  }
  return cells
}
