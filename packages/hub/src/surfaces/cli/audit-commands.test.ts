import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ExportOptions } from '../../audit/export.ts'
import { startTestCli, type TestCli } from './test-cli.ts'

let cli: TestCli
beforeEach(async () => {
  cli = await startTestCli()
})
afterEach(() => cli.close())

const exporting = (...texts: string[]) =>
  vi.fn(async function* (options: ExportOptions) {
    for (const text of texts) yield await Promise.resolve(text)
    options.onAbsent?.('segment.gz')
  })

test('verify tells of sealed rows that are not here, and of checkpoints at fault', async () => {
  const sealed = [{ first: 1, last: 9, file: 'a.jsonl.gz', checked: false }]
  const good = await cli.run(['audit', 'verify'], {
    local: { verifyAudit: () => Promise.resolve({ ok: true, rows: 12, sealed }) },
    terminal: true,
  })
  expect(good.exit).toBe(0)
  expect(good.stderr).toContain('Rows 1–9 are sealed in a.jsonl.gz, which is not here (not checked).')
  const bad = await cli.run(['audit', 'verify'], {
    local: {
      verifyAudit: () => Promise.resolve({ ok: false, rows: 12, seq: null, reason: 'the file is missing' }),
    },
  })
  expect(bad.exit).toBe(1)
  expect(bad.json()).toMatchObject({ ok: false, seq: null })
  expect(bad.stderr).toContain('the 12 rows of the audit log fit, but the file is missing')
})

test('verify takes checkpoints that were kept elsewhere from a file or a pipe', async () => {
  const verifyAudit = vi.fn(() => Promise.resolve({ ok: true as const, rows: 1 }))
  const file = join(cli.home, 'checkpoint.json')
  writeFileSync(file, 'kept')
  await cli.run(['audit', 'verify', '--checkpoint', file], { local: { verifyAudit } })
  await cli.run(['audit', 'verify', '--checkpoint', '-'], { local: { verifyAudit }, stdin: 'piped' })
  expect(verifyAudit.mock.calls).toMatchObject([[{ given: 'kept' }], [{ given: 'piped' }]])
  const missing = await cli.run(['audit', 'verify', '--checkpoint', `${file}.none`], {
    local: { verifyAudit },
  })
  expect(missing.exit).toBe(2)
  expect(missing.stderr).toContain('cannot be read (ENOENT)')
  expect((await cli.run(['audit', 'verify', '--checkpoint', '-', '--file', '-'])).exit).toBe(2)
})

test('an export is proven without a database, and a part is called one', async () => {
  const file = join(cli.home, 'export.jsonl')
  writeFileSync(file, '')
  const run = (verdict: object, terminal = true) =>
    cli.run(['audit', 'verify', '--file', file], {
      terminal,
      verifyExport: () => Promise.resolve({ ok: true, rows: 3, first: 2, last: 9, whole: false, ...verdict }),
    })
  expect((await run({})).stdout).toContain('It is a part of the log: some of rows 2 to 9.')
  expect((await run({ first: 1, last: 3, whole: true })).stdout).toContain('It is whole up to row 3.')
  expect((await run({ rows: 0, first: null, last: null })).stdout).toContain('it proves nothing')
  const bad = await run({ ok: false, line: 4, seq: 11, reason: 'the row was changed' }, false)
  expect(bad.exit).toBe(1)
  expect(bad.stderr).toContain('line 4, row 11: the row was changed')
  expect(bad.json()).toMatchObject({ ok: false, line: 4, seq: 11 })
})

test('a checkpoint is one line of JSON, wherever it goes', async () => {
  const checkpoint = { workspace: 'ws_default', seq: 5, hash: 'h', at: '2026-11-01T00:00:00.000Z', mac: 'm' }
  const checkpointAudit = () => Promise.resolve({ checkpoint, isKept: true })
  const piped = await cli.run(['audit', 'checkpoint'], { local: { checkpointAudit } })
  expect(piped.json()).toEqual(checkpoint)
  const shown = await cli.run(['audit', 'checkpoint'], { local: { checkpointAudit }, terminal: true })
  expect(shown.json()).toEqual(checkpoint)
  expect(shown.stderr).toContain('5 rows')
  const lost = () => Promise.resolve({ checkpoint, isKept: false })
  expect((await cli.run(['audit', 'checkpoint'], { local: { checkpointAudit: lost } })).stderr).toContain(
    'keep it elsewhere',
  )
  const empty = () => Promise.resolve(undefined)
  expect((await cli.run(['audit', 'checkpoint'], { local: { checkpointAudit: empty } })).exit).toBe(1)
})

test('an export goes to standard output as it is, with its filters', async () => {
  const exportAudit = exporting('{"seq":1}\n', '{"seq":2}\n')
  const ran = await cli.run(
    ['audit', 'export', '--format', 'csv', '--from', '2026-11-01', '--action', 'a.*', '--subject', 'x'],
    { local: { exportAudit } },
  )
  expect(ran).toMatchObject({ exit: 0, stdout: '{"seq":1}\n{"seq":2}\n' })
  expect(ran.stderr).toContain('The rows of segment.gz are not in the export')
  expect(exportAudit.mock.calls[0]?.[0]).toMatchObject({
    format: 'csv',
    filter: { from: '2026-11-01T00:00:00.000Z', action: 'a.*', subject: 'x' },
  })
})

test('on a terminal nothing of an export acts on it', async () => {
  const exportAudit = exporting('{"text":"\u001B[31m\u202E"}\n')
  const { stdout } = await cli.run(['audit', 'export'], { local: { exportAudit }, terminal: true })
  expect(stdout).toBe('{"text":""}\n')
})

test('an export to a file is for its owner alone, and half of one leaves no file', async () => {
  const file = join(cli.home, 'out.jsonl')
  await cli.run(['audit', 'export', '--out', file], { local: { exportAudit: exporting('{}\n') } })
  expect(readFileSync(file, 'utf8')).toBe('{}\n')
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  const broken = async function* () {
    yield await Promise.resolve('{}\n')
    throw new Error('broken')
  }
  const ran = await cli.run(['audit', 'export', '--out', `${file}.2`], { local: { exportAudit: broken } })
  expect(ran.exit).toBe(1)
  expect(existsSync(`${file}.2`)).toBe(false)
  expect(readdirSync(cli.home).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test.each([
  [['export', '--from', 'yesterday'], '--from'],
  [['export', '--to', '2026-13-01'], '--to'],
  [['export', '--format', 'xml'], 'xml'],
  [['seal', '--before', 'soon'], '--before'],
  [['seal'], '--before'],
])('audit %j is wrong usage', async (argv, named) => {
  const ran = await cli.run(['audit', ...argv])
  expect(ran.exit).toBe(2)
  expect(ran.stderr).toContain(named)
})

test('seal says which rows went where', async () => {
  const segments = [{ first: 1, last: 9, file: 'a.jsonl.gz' }]
  const sealAudit = vi.fn(() => Promise.resolve(segments))
  const ran = await cli.run(['audit', 'seal', '--before', '2026-01-01'], { local: { sealAudit } })
  expect(ran.json()).toEqual({ segments })
  expect(sealAudit).toHaveBeenCalledWith(
    expect.objectContaining({ before: '2026-01-01T00:00:00.000Z', evenIfYoung: false }),
  )
  const shown = await cli.run(['audit', 'seal', '--before', '2026-01-01'], {
    local: { sealAudit },
    terminal: true,
  })
  expect(shown.stdout).toContain('Sealed rows 1–9 in a.jsonl.gz.')
})
