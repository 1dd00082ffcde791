import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { INSTALL_TIMEOUT_MS, installHost, OPENCLAW } from './support/host.ts'

const DOCUMENT = join(import.meta.dirname, '../../../docs/openclaw.md')

/** The commands of the document about `tools.alsoAllow`, as they stand there. */
const [ifAbsent = '', union = ''] = [...readFileSync(DOCUMENT, 'utf8').matchAll(/```bash\n([\s\S]*?)```/g)]
  .map(([, block = '']) => block.trim())
  .filter((block) => block.includes('tools.alsoAllow'))

const home = mkdtempSync(join(tmpdir(), 'clawlink-docs-'))
const config = join(home, '.openclaw/openclaw.json')

beforeAll(async () => {
  await installHost()
  mkdirSync(join(home, 'bin'), { recursive: true })
  mkdirSync(dirname(config), { recursive: true })
  const command = `#!/bin/sh\nexec "${process.execPath}" "${OPENCLAW}" "$@"\n`
  writeFileSync(join(home, 'bin/openclaw'), command, { mode: 0o755 })
}, INSTALL_TIMEOUT_MS)
afterAll(() => rmSync(home, { recursive: true, force: true }))

function writeAllowed(alsoAllow?: string[]): void {
  writeFileSync(
    config,
    JSON.stringify({ gateway: { mode: 'local' }, tools: { profile: 'minimal', alsoAllow } }),
  )
}

function allowed(): string[] | undefined {
  const { tools } = JSON.parse(readFileSync(config, 'utf8')) as { tools: { alsoAllow?: string[] } }
  return tools.alsoAllow
}

async function run(command: string): Promise<boolean> {
  const path = [join(home, 'bin'), dirname(process.execPath), process.env['PATH']].join(':')
  try {
    await promisify(execFile)('/bin/sh', ['-c', command], { env: { PATH: path, HOME: home, NO_COLOR: '1' } })
    return true
  } catch {
    return false
  }
}

test('the first command writes the list where there is none', async () => {
  writeAllowed()
  expect(await run(ifAbsent)).toBe(true)
  expect(allowed()).toEqual(['clawlink-plugin'])
}, 60_000)

test('and touches none that is there', async () => {
  writeAllowed(['web_search', 'message'])
  expect(await run(ifAbsent)).toBe(false)
  expect(allowed()).toEqual(['web_search', 'message'])
}, 60_000)

test('the second command keeps what was allowed before, and adds the plugin once', async () => {
  writeAllowed(['web_search', 'message'])
  expect(await run(union)).toBe(true)
  expect(allowed()).toEqual(['web_search', 'message', 'clawlink-plugin'])
  expect(await run(union)).toBe(true)
  expect(allowed()).toEqual(['web_search', 'message', 'clawlink-plugin'])
}, 120_000)

test('and writes nothing where there is no list to read', async () => {
  writeAllowed()
  expect(await run(union)).toBe(false)
  expect(allowed()).toBeUndefined()
}, 60_000)
