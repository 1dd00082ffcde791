import { readFileSync, writeFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTestLog, WORKSPACE, type TestLog } from './test-log.ts'

/** Each needs a database of its own. */
const RUNS = 60

type Step = { do: 'fill'; rows: number } | { do: 'seal' } | { do: 'keep' } | { do: 'wait' }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('fill' as const), rows: fc.integer({ min: 1, max: 6 }) }),
  },
  fc.record({ do: fc.constantFrom('seal' as const, 'keep' as const, 'wait' as const) }),
)

/** What somebody does to row `at`, and the first row that then does not fit; `undefined` where it cannot be done. */
type Tampering = (log: TestLog, at: number, rows: number) => Promise<number | null | undefined>

const where = (seq: number): string => `where workspace = '${WORKSPACE}' and seq = ${seq}`
const count = async (log: TestLog, seq: number): Promise<boolean> =>
  (await log.audit.list(WORKSPACE, { limit: 500 })).some((row) => row.seq === seq)

const inDatabase =
  (statements: (at: number, rows: number) => string[], bad: (at: number) => number = (at) => at): Tampering =>
  async (log, at, rows) => {
    if (!(await count(log, at))) return undefined
    await log.tamper(...statements(at, rows))
    return bad(at)
  }

const inSegment =
  (
    change: (lines: string[], index: number) => string[],
    bad: (at: number) => number = (at) => at,
  ): Tampering =>
  async (log, at) => {
    const segments = (await log.audit.verify(WORKSPACE)).sealed ?? []
    const segment = segments.find(({ first, last }) => first <= at && at <= last)
    if (segment === undefined) return undefined
    log.editSegment(segment.first, segment.last, (lines) => change(lines, at - segment.first))
    return bad(at)
  }

const columns = ['at', 'actor', 'action', 'subject', 'detail', 'previous_hash', 'hash']
const copy = (from: number, to: number | string): string =>
  `insert into audit select workspace, ${to}, at, actor, action, subject, detail, previous_hash, hash from audit ${where(from)}`

const TAMPERINGS: Record<string, Tampering> = {
  ...Object.fromEntries(
    columns.map((column) => [
      `edit ${column}`,
      inDatabase((at) => [`update audit set ${column} = ${column} || 'x' ${where(at)}`]),
    ]),
  ),
  delete: inDatabase((at) => [`delete from audit ${where(at)}`]),
  'delete and close up': inDatabase((at, rows) => [
    `delete from audit ${where(at)}`,
    ...Array.from(
      { length: rows - at },
      (_, index) => `update audit set seq = ${at + index} ${where(at + index + 1)}`,
    ),
  ]),
  'truncate, and move the head': inDatabase((at) => [
    `delete from audit where seq >= ${at}`,
    `update audit_heads set seq = ${at - 1}, hash = coalesce((select hash from audit ${where(at - 1)}), hash)`,
  ]),
  insert: inDatabase(
    (at) => [copy(at, `${at}.5`)],
    (at) => at + 1,
  ),
  'append a copy': async (log, at, rows) => {
    if (!(await count(log, at))) return undefined
    await log.tamper(copy(at, rows + 1))
    return rows + 1
  },
  'a line edited in a segment': inSegment((lines, index) =>
    lines.with(index, (lines[index] ?? '').replace('thing', 'thinG').replace('audit.', 'audit,')),
  ),
  'a line deleted in a segment': inSegment((lines, index) => lines.toSpliced(index, 1)),
  'a line doubled in a segment': inSegment(
    (lines, index) => lines.toSpliced(index, 0, lines[index] ?? ''),
    (at) => at + 1,
  ),
  'a checkpoint edited': async (log) => {
    const text = readFileSync(log.checkpoints, 'utf8')
    writeFileSync(
      log.checkpoints,
      text.replace(/"hash":"(.)/, (_all, digit) => `"hash":"${digit === '0' ? '1' : '0'}`),
    )
    return null
  },
  'the record of sealed rows edited': async (log) => {
    const [segment] = (await log.audit.verify(WORKSPACE)).sealed ?? []
    if (segment === undefined) return undefined
    await log.tamper(`update audit_segments set last_hash = 'x' where first_seq = ${segment.first}`)
    return segment.first
  },
}

test('whatever is done to whatever log, it is found at the right row', async () => {
  const found = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(...Object.keys(TAMPERINGS)),
      fc.nat(),
      async (steps, name, at) => {
        const log = await openTestLog()
        try {
          await run(log, [{ do: 'fill', rows: 3 }, ...steps, { do: 'keep' }])
          const { rows, ...whole } = await log.audit.verify(WORKSPACE)
          expect(whole).toMatchObject({ ok: true })
          const seq = await TAMPERINGS[name]?.(log, 1 + (at % rows), rows)
          if (seq === undefined) return
          expect(await log.audit.verify(WORKSPACE)).toMatchObject({ ok: false, seq })
          found.add(name)
        } finally {
          await log.close()
        }
      },
    ),
    {
      numRuns: RUNS,
      examples: Object.keys(TAMPERINGS).flatMap((name) => [
        [[], name, 1],
        [[{ do: 'seal' }], name, 1],
      ]),
    },
  )
  expect([...found].toSorted()).toEqual(Object.keys(TAMPERINGS).toSorted())
})

test('whatever state is put back, a checkpoint that was kept elsewhere finds the first row that is gone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 5 }),
      fc.array(step, { maxLength: 5 }),
      async (earlier, later) => {
        const log = await openTestLog()
        try {
          await run(log, [{ do: 'fill', rows: 3 }, ...earlier, { do: 'keep' }])
          const { rows } = await log.audit.verify(WORKSPACE)
          const [putBack, file] = [await log.snapshot(), readFileSync(log.checkpoints)]
          await run(log, [...later, { do: 'fill', rows: 1 }])
          const given = JSON.stringify(await log.audit.checkpoint(WORKSPACE))
          await putBack()
          writeFileSync(log.checkpoints, file)
          expect(await log.audit.verify(WORKSPACE)).toMatchObject({ ok: true, rows })
          expect(await log.audit.verify(WORKSPACE, { given })).toMatchObject({
            ok: false,
            seq: rows + 1,
            rows,
          })
        } finally {
          await log.close()
        }
      },
    ),
    { numRuns: RUNS / 3 },
  )
})

async function run(log: TestLog, steps: Step[]): Promise<void> {
  for (const one of steps) {
    if (one.do === 'fill') await log.fill(one.rows)
    else if (one.do === 'seal') await log.seal()
    else if (one.do === 'keep') await log.audit.keepCheckpoint(WORKSPACE, { evenIfFew: true })
    else log.now += 60_000
  }
}
