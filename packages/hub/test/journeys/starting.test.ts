import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { becomeOwner } from '../../demo/person.ts'
import { CLAWLINK, runProcess, startProcess, type Finished } from '../support/processes.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawlink-start-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const serve = (...args: string[]): Promise<Finished> =>
  runProcess(CLAWLINK, ['serve', '--home', home, ...args])

function expectOneLine(finished: Finished, ...parts: RegExp[]): void {
  expect(finished.code, finished.stderr).not.toBe(0)
  expect(finished.stderr.trim().split('\n')).toHaveLength(1)
  for (const part of parts) expect(finished.stderr).toMatch(part)
}

test('a taken port is one clear line', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expectOneLine(await serve('--port', String(port)), new RegExp(`${port}.*taken`), /--port/)
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

test('a home that cannot be used is one clear line', async () => {
  rmSync(home, { recursive: true })
  writeFileSync(home, 'a file, not a folder')
  expectOneLine(await serve('--port', '0'), /cannot be used/, /--home/)
})

test('a site that is no origin is one clear line', async () => {
  const env = { CLAWLINK_MCP_ORIGINS: 'https://one.example https://two.example/page' }
  const finished = await runProcess(CLAWLINK, ['serve', '--home', home, '--port', '0'], { env })
  expectOneLine(finished, /CLAWLINK_MCP_ORIGINS/, /https:\/\/two\.example\/page/)
})

test('a missing master key is one clear line, and the database stays as it is', async () => {
  const first = await startProcess(CLAWLINK, ['serve', '--home', home, '--port', '0', '--json'])
  expect(await first.stop()).toBe(0)
  const before = readFileSync(join(home, 'data', 'hub.db'))
  rmSync(join(home, 'keys', 'master.key'))
  expectOneLine(await serve('--port', '0'), /master key/, /missing/)
  expect(readFileSync(join(home, 'data', 'hub.db')).equals(before)).toBe(true)
  expect(existsSync(join(home, 'keys', 'master.key'))).toBe(false)
})

test('another master key is one clear line', async () => {
  const first = await startProcess(CLAWLINK, ['serve', '--home', home, '--port', '0', '--json'])
  await first.stop()
  writeFileSync(join(home, 'keys', 'master.key'), Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 })
  expectOneLine(await serve('--port', '0'), /not the one this home was made with/)
})

test('a master key that others can read is one clear line', async () => {
  const first = await startProcess(CLAWLINK, ['serve', '--home', home, '--port', '0', '--json'])
  await first.stop()
  chmodSync(join(home, 'keys', 'master.key'), 0o644)
  expectOneLine(await serve('--port', '0'), /chmod 600/)
})

test('a second hub in the same home is one clear line', async () => {
  const first = await startProcess(CLAWLINK, ['serve', '--home', home, '--port', '0', '--json'])
  expectOneLine(await serve('--port', '0'), /Another hub is running/)
  await first.stop()
})

test('an address that others can reach needs to be named', async () => {
  expectOneLine(await serve('--port', '0', '--host', '0.0.0.0'), /CLAWLINK_PUBLIC_URL/)
})

test.each([['clawlink.js'], ['../../stripe-sandbox/bin/stripe-sandbox.js']])(
  'an older Node is told in one line what to do (%s)',
  async (script) => {
    const path = join(CLAWLINK, '..', script)
    // An old Node is not to be had everywhere: what the entry asks is changed, and all else is real.
    const posing = join(home, 'old-node.mjs')
    writeFileSync(posing, `Object.defineProperty(process.versions, 'node', { value: '20.11.0' })\n`)
    const finished = await runProcess('--import', [posing, path, 'serve'])
    expectOneLine(finished, /Node 26/, /20\.11\.0/)
  },
)

test('everything in a home is for its owner alone', async () => {
  const hub = await startProcess(CLAWLINK, ['serve', '--home', home, '--port', '0', '--json'])
  await becomeOwner(String(hub.line['url']), String(hub.line['setup_link']))
  for (const path of ['.', 'keys', 'keys/master.key', 'data', 'data/hub.db', 'data/sandbox', 'hub.log']) {
    expect(statSync(join(home, path)).mode & 0o077, path).toBe(0)
  }
  await hub.stop()
})

test('a restart keeps the owner, the account and the business; the set-up link works once', async () => {
  const first = await startProcess(CLAWLINK, ['serve', '--home', home, '--port', '0', '--json'])
  const link = String(first.line['setup_link'])
  await becomeOwner(String(first.line['url']), link)
  await expect(becomeOwner(String(first.line['url']), link)).rejects.toThrow(/410/)
  await first.stop()
  const second = await startProcess(CLAWLINK, ['serve', '--home', home, '--port', '0', '--json'])
  expect(second.line['setup_link']).toBeUndefined()
  const doctor = await runProcess(CLAWLINK, [
    'doctor',
    '--home',
    home,
    '--hub',
    String(second.line['url']),
    '--json',
  ])
  expect(doctor.stdout).toContain('sandbox (test, active)')
  await second.stop()
})

test('every step of the demo holds', async () => {
  const { stdout } = await runProcess(join(CLAWLINK, '..', '..', 'demo', 'demo.ts'), ['--json'])
  const steps = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: string; held: boolean })
  expect(steps.length).toBeGreaterThanOrEqual(12)
  expect(steps.filter((step) => !step.held)).toEqual([])
}, 120_000)
