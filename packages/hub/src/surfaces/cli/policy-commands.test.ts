import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLocal } from '../../local-hub.ts'
import { openHome } from '../../home.ts'
import { DEFAULT_POLICY } from '../../policy/document.ts'
import { startTestCli, type TestCli } from './test-cli.ts'

let cli: TestCli
beforeEach(async () => {
  cli = await startTestCli()
  await (await openHome(cli.home, {})).close()
})
afterEach(() => cli.close())

/** On a real home: the commands open it as the program would. */
async function run(argv: string[], terminal = false) {
  const local = await openLocal({ home: cli.home }, {})
  return cli.run(['policy', ...argv], { local, terminal })
}

test('the policy is shown with its version, to people and to scripts', async () => {
  expect((await run(['show'])).json()).toMatchObject({
    version: 1,
    document: DEFAULT_POLICY,
    created_by: 'system:hub',
  })
  const shown = await run([], true)
  expect(shown.stdout).toContain('Version 1')
  expect(shown.stdout).toContain('No rules.')
})

test('presets are listed', async () => {
  expect((await run(['presets'])).json()).toMatchObject({ presets: [{ name: 'watch only' }, {}, {}] })
  expect((await run(['presets'], true)).stdout).toContain('watch only: Agents read.')
})

test('a preset or a file is set in the place of the version that is named', async () => {
  const set = await run(['set', '--replaces', '1', '--preset', 'watch only'])
  expect(set.json()).toMatchObject({ version: 2, created_by: 'system:terminal', revoked_confirmations: 0 })
  const file = join(cli.home, 'policy.json')
  writeFileSync(file, JSON.stringify(DEFAULT_POLICY))
  const stale = await run(['set', '--replaces', '1', '--file', file])
  expect(stale.exit).toBe(1)
  expect(stale.json()).toMatchObject({ error: { code: 'policy_conflict', version: 2 } })
  const back = await run(['set', '--replaces', '2', '--file', file], true)
  expect(back.stdout).toContain('Version 3 counts from now on')
})

test.each([
  [['set', '--replaces', '1']],
  [['set', '--preset', 'careful']],
  [['set', '--replaces', 'one', '--preset', 'careful']],
  [['set', '--replaces', '1', '--preset', 'careful', '--file', 'x.json']],
  [['set', '--replaces', '1', '--file', 'does-not-exist.json']],
  [['dry-run', '--preset', 'careful', '--days', '31']],
])('%j is refused, and nothing changes', async (argv) => {
  expect((await run(argv)).exit).toBe(2)
  expect((await run(['show'])).json()).toMatchObject({ version: 1 })
})

test('a file that is no policy is refused with what is wrong', async () => {
  const file = join(cli.home, 'policy.json')
  writeFileSync(file, JSON.stringify({ ...DEFAULT_POLICY, rules: [{ id: 'x', action: 'allow' }] }))
  const ran = await run(['set', '--replaces', '1', '--file', file])
  expect(ran.json()).toMatchObject({
    error: { code: 'invalid_params', message: expect.stringContaining('rules') },
  })
})

test('a dry-run tells what would have been different', async () => {
  expect((await run(['dry-run', '--preset', 'watch only'])).json()).toMatchObject({
    replayed: 0,
    totals: { denies: 0 },
  })
  expect((await run(['dry-run', '--preset', 'watch only'], true)).stdout).toContain('0 writes since')
})

test('help tells the commands', async () => {
  const ran = await run(['--help'])
  expect(ran.exit).toBe(0)
  for (const command of ['show', 'presets', 'set', 'dry-run']) expect(ran.stdout).toContain(command)
})
