import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runProcess } from '../packages/hub/test/support/processes.ts'
import { readOptions } from './options.ts'

const RUN = fileURLToPath(new URL('run.ts', import.meta.url))

const torture = async (...args: string[]) => {
  const { code, stdout, stderr } = await runProcess(RUN, args)
  return { code, stdout, stderr, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

test(
  'a short torture: histories, every planted bug, kills and full disks',
  async () => {
    const short = [
      '--seed',
      '1',
      '--histories',
      '1000',
      '--planted',
      '3000',
      '--kills',
      '6',
      '--minutes',
      '10',
    ]
    const { code, stdout, stderr, lastLine } = await torture(...short, '--json')
    expect(code, `${stdout}${stderr}`).toBe(0)
    const report = JSON.parse(lastLine) as Record<string, number>
    expect(report).toMatchObject({ ok: true, histories: 1_000, kills: 6 })
    expect(report['planted']).toBeGreaterThanOrEqual(40)
    expect(report['caught']).toBe(report['planted'])
  },
  10 * 60 * 1000,
)

test('a bug that is not caught is named, and the run is not well', async () => {
  const { code, stdout, lastLine } = await torture(
    '--histories',
    '0',
    '--planted',
    '1',
    '--kills',
    '0',
    '--json',
  )
  expect(code).toBe(1)
  expect(stdout).toContain('not caught in 1 histories: a DELETE is sent again after a crash')
  expect(JSON.parse(lastLine)).toMatchObject({ ok: false })
}, 120_000)

test('one seed prints its whole history', async () => {
  const { code, stdout } = await torture('--seed', '7', '--histories', '1')
  expect(code).toBe(0)
  expect(stdout).toMatch(/confirmation\.created[^]*trace [0-9a-f]{16}/)
}, 60_000)

describe('its options', () => {
  test('--help prints them', async () => {
    const { code, stdout } = await torture('--help')
    expect(code).toBe(0)
    for (const option of ['--seed', '--histories', '--kills', '--minutes', '--json'])
      expect(stdout).toContain(option)
  })

  test('what is no number is refused, and so is what it does not know', async () => {
    expect(() => readOptions(['--seed', 'x'])).toThrow('--seed takes a whole number')
    expect(() => readOptions(['--minutes', '0'])).toThrow('--minutes')
    expect((await torture('--nothing')).code).toBe(2)
  })
})
