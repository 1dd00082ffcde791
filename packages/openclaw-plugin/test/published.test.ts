import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderTable, TABLE } from '../../../scripts/write-plugin-tools.ts'
import { AGENT_TOOLS, PAIRING_TOOLS } from '../src/tool-table.ts'
import { CLAWHUB, INSTALL_TIMEOUT_MS, installHost, OPENCLAW_FOLDER } from './support/host.ts'
import { packPlugin, type Packed } from './support/plugin-pack.ts'

const folder = mkdtempSync(join(tmpdir(), 'clawlink-published-'))
let packed: Packed

beforeAll(async () => {
  await installHost()
  packed = await packPlugin(folder)
}, INSTALL_TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (file: string): string => readFileSync(join(packed.folder, file), 'utf8')

test('the table of tools is what the hub offers: run `node scripts/write-plugin-tools.ts` after a change', () => {
  expect(readFileSync(TABLE, 'utf8')).toBe(renderTable())
})

test('it is one file of code with the notices that it owes, the manifest, the skill and the artwork', () => {
  expect(packed.files.toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'THIRD_PARTY_NOTICES.md',
    'assets/activity.svg',
    'assets/icon.png',
    'dist/index.js',
    'openclaw.plugin.json',
    'package.json',
    'skills/stripe-payments/SKILL.md',
  ])
  const owed = [...read('THIRD_PARTY_NOTICES.md').matchAll(/^## (.+)$/gm)].map((match) => match[1])
  expect(owed).toEqual(['jose', 'oauth4webapi', 'zod'])
})

test('it needs nothing installed, and looks at no environment', () => {
  const code = read('dist/index.js')
  const imported = [...code.matchAll(/^import .*? from "([^"]+)"/gm)].map((match) => match[1] ?? '')
  expect(imported.filter((name) => !name.startsWith('node:'))).toEqual([])
  expect(code).not.toMatch(/process\.env|child_process|\beval\(|new Function\(/)
  const manifest = JSON.parse(read('package.json')) as Record<string, unknown>
  expect(manifest).not.toHaveProperty('dependencies')
  expect(manifest).not.toHaveProperty('private')
})

test('the manifest declares every tool, and says honestly which of them change something', () => {
  const manifest = JSON.parse(read('openclaw.plugin.json')) as {
    version: string
    contracts: { tools: string[] }
    toolMetadata: Record<string, { sideEffecting: boolean; replaySafe: boolean }>
  }
  expect(manifest.version).toBe(packed.version)
  expect(manifest.contracts.tools).toEqual([...PAIRING_TOOLS, ...AGENT_TOOLS].map(({ name }) => name))
  expect(manifest.toolMetadata['clawlink_call_tool']).toMatchObject({
    sideEffecting: true,
    replaySafe: false,
  })
  expect(manifest.toolMetadata['clawlink_search_tools']).toMatchObject({
    sideEffecting: false,
    replaySafe: true,
  })
})

test('the skill is there while the plugin is enabled, and its frontmatter is what OpenClaw reads', () => {
  const [, name, description = '', metadata = ''] =
    /^---\nname: (.+)\ndescription: "(.+)"\nmetadata: (.+)\n---\n/.exec(
      read('skills/stripe-payments/SKILL.md'),
    ) ?? []
  expect(name).toBe('stripe-payments')
  expect(description.length).toBeLessThan(160)
  expect(JSON.parse(metadata)).toEqual({
    openclaw: { requires: { config: ['plugins.entries.clawlink-plugin.enabled'] } },
  })
})

test('ClawHub’s own inspector finds nothing to say', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      CLAWHUB,
      'package',
      'validate',
      packed.folder,
      '--openclaw',
      OPENCLAW_FOLDER,
      '--out',
      join(folder, 'reports'),
    ],
    { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } },
  )
  expect(stdout).toMatch(/Plugin Inspector: PASS\nBreakages: 0\nWarnings: 0\nFindings: none/)
}, 180_000)
