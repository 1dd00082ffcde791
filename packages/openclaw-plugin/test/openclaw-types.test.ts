import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { HOST, INSTALL_TIMEOUT_MS, installHost } from './support/host.ts'

const ROOT = join(import.meta.dirname, '../../..')
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc')
/** Below the real package, so that its types are found, and below node_modules, so that no other check looks here. */
const FOLDER = join(HOST, 'node_modules/.clawlink-types')

beforeAll(installHost, INSTALL_TIMEOUT_MS)

/** The compiler's complaints about a file that compares our types with OpenClaw's. */
async function compile(lines: string[]): Promise<string> {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const source = [
    `import type { OpenClawPluginApi } from 'openclaw/plugin-sdk/plugin-entry'`,
    `import type { OpenClawApi } from '../../../../src/openclaw-api.ts'`,
    ...lines,
  ]
  writeFileSync(join(FOLDER, 'check.ts'), source.join('\n'))
  const settings = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { types: [] },
    files: ['check.ts'],
  }
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings))
  try {
    await promisify(execFile)(process.execPath, [COMPILER, '-p', FOLDER])
    return ''
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

test('the API that the plugin declares is the one that OpenClaw passes to it', async () => {
  expect(await compile(['export const fits = (real: OpenClawPluginApi): OpenClawApi => real'])).toBe('')
}, 120_000)

test('the comparison would notice a difference', async () => {
  const lines = [
    `type Renamed = Omit<OpenClawApi, 'registerTool'> & { registerTool: (tool: { title: string }) => void }`,
    'export const fits = (real: OpenClawPluginApi): Renamed => real',
  ]
  expect(await compile(lines)).toContain('registerTool')
}, 120_000)
