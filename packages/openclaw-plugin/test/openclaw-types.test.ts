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

/** The second line shows that the comparison would notice a difference. */
const CHECK = `import type { OpenClawPluginApi } from 'openclaw/plugin-sdk/plugin-entry'
import type { OpenClawApi } from '../../../../src/openclaw-api.ts'
type Renamed = Omit<OpenClawApi, 'registerTool'> & { registerTool: (tool: { title: string }) => void }
export const fits = (real: OpenClawPluginApi): OpenClawApi => real
// @ts-expect-error -- a tool without a name
export const differs = (real: OpenClawPluginApi): Renamed => real
`

test('the API that the plugin declares is the one that OpenClaw passes to it', async () => {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, 'check.ts'), CHECK)
  writeFileSync(join(FOLDER, 'package.json'), '{"type":"module"}')
  const settings = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { types: [] },
    files: ['check.ts'],
  }
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings))
  const compiled = promisify(execFile)(process.execPath, [COMPILER, '-p', FOLDER])
  expect(await compiled.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: '' })
}, 120_000)
