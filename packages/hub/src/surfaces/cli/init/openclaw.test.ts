import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestCli, type Ran, type TestCli } from '../test-cli.ts'

let cli: TestCli
let folder: string
beforeEach(async () => {
  cli = await startTestCli()
  folder = mkdtempSync(join(tmpdir(), 'clawlink-openclaw-'))
  mkdirSync(join(folder, 'bin'))
})
afterEach(async () => {
  await cli.close()
  rmSync(folder, { recursive: true })
})

/** A stand-in that keeps settings by their path and answers as OpenClaw's own `config` does; the real one takes seconds to start. */
const OPENCLAW = `
const { readFileSync, writeFileSync } = require('node:fs')
const file = __dirname + '/../settings.json'
const settings = JSON.parse(readFileSync(file, 'utf8'))
const [config, verb, path, value, ...flags] = process.argv.slice(2)
if (config !== 'config' || settings.broken) { process.stderr.write('Config invalid: see the log\\nmore'); process.exit(1) }
if (verb === 'get' && path in settings) process.stdout.write(JSON.stringify(settings[path], null, 2))
else if (verb === 'get') {
  process.stdout.write(JSON.stringify({ ok: false, error: { message: 'Config path is valid but unset: ' + path } }))
  process.exit(1)
} else {
  const expected = flags[1] === '--expect-current-absent' ? undefined : flags[2]
  if (verb === 'set' && JSON.stringify(settings[path]) !== expected) process.exit(1)
  if (verb === 'set' && flags[0] === '--strict-json') settings[path] = JSON.parse(value)
  else if (verb === 'unset') delete settings[path]
  else process.exit(1)
  writeFileSync(file, JSON.stringify(settings))
}
`

function openclawWith(settings: object): void {
  const program = join(folder, 'bin', 'openclaw')
  writeFileSync(program, `#!${process.execPath}\n${OPENCLAW}`, { mode: 0o755 })
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings))
}

const settings = (): unknown => JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))
const init = (...more: string[]): Promise<Ran> =>
  cli.run(['init', 'openclaw', ...more], { env: { PATH: join(folder, 'bin') } })

test('what OpenClaw allows already stays, and --undo takes the plugin alone out', async () => {
  openclawWith({ 'tools.alsoAllow': ['browser'] })
  expect(await init()).toMatchObject({ exit: 0 })
  expect(settings()).toEqual({ 'tools.alsoAllow': ['browser', 'clawlink-plugin'] })
  expect((await init()).json()).toMatchObject({ commands: [] })
  expect(await init('--undo')).toMatchObject({ exit: 0 })
  expect(settings()).toEqual({ 'tools.alsoAllow': ['browser'] })
})

test('where nothing was allowed, nothing is again', async () => {
  openclawWith({})
  await init()
  expect(settings()).toEqual({ 'tools.alsoAllow': ['clawlink-plugin'] })
  await init('--undo')
  expect(settings()).toEqual({})
})

test('a hub that is not at the usual address is said to the plugin once it is there', async () => {
  openclawWith({})
  expect((await init('--hub', 'https://hub.example.com')).json()).toMatchObject({
    next_commands: [
      'openclaw plugins install clawhub:clawlink-plugin',
      'openclaw config set plugins.entries.clawlink-plugin.config.hubUrl https://hub.example.com',
      'openclaw gateway restart',
    ],
  })
  expect(settings()).toEqual({ 'tools.alsoAllow': ['clawlink-plugin'] })
})

test('--dry-run says the commands and runs none that changes anything', async () => {
  openclawWith({ 'tools.alsoAllow': ['browser'] })
  expect((await init('--dry-run')).json()).toMatchObject({
    commands: [
      'openclaw config set tools.alsoAllow ["browser","clawlink-plugin"] --strict-json --expect-current-json ["browser"]'.split(
        ' ',
      ),
    ],
    next_commands: ['openclaw plugins install clawhub:clawlink-plugin', 'openclaw gateway restart'],
  })
  expect(settings()).toEqual({ 'tools.alsoAllow': ['browser'] })
})

test.each([
  [{ broken: true }, 'Config invalid'],
  [{ 'tools.alsoAllow': 'browser' }, 'not a list'],
])('what cannot be read is not replaced: %j', async (before, told) => {
  openclawWith(before)
  const { exit, stderr } = await init()
  expect(exit).toBe(1)
  expect(stderr).toContain(told)
  expect(settings()).toEqual(before)
})

test('without OpenClaw it says what to do', async () => {
  expect(await init()).toMatchObject({ exit: 1, stderr: expect.stringContaining('no openclaw on the PATH') })
})
