import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DEFAULT_HUB } from '../src/surfaces/cli/settings.ts'

/** The repository as other agents install it: a plugin of Claude Code with its marketplace, and an Agent Plugin. */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

function read(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, unknown>
}

const { version } = read('packages/hub/package.json')
const claude = read('.claude-plugin/plugin.json')
const marketplace = read('.claude-plugin/marketplace.json') as { plugins: Array<Record<string, string>> }
const agent = read('plugin.json')

test('every bundle is of the version that the hub is, and says the same of it', () => {
  const [listed = {}] = marketplace.plugins
  for (const bundle of [claude, listed, agent]) {
    expect(bundle).toMatchObject({
      name: 'clawlink',
      version,
      description: claude['description'],
      license: 'MIT',
    })
  }
  expect(read('packages/openclaw-plugin/package.json')['version']).toBe(version)
})

test('every path that a bundle names is there, and inside the repository', () => {
  const named = [claude['skills'], claude['mcpServers'], marketplace.plugins[0]?.['source']].map(String)
  expect(named).toEqual(['./skills/', './.mcp.json', './'])
  for (const path of [...named, 'mcp.json', 'skills/stripe-payments/SKILL.md']) {
    expect(existsSync(join(ROOT, path)), path).toBe(true)
  }
  expect(readFileSync(join(ROOT, 'skills/stripe-payments/SKILL.md'), 'utf8')).toMatch(
    /^---\nname: stripe-payments\n/,
  )
})

test('both formats lead to the hub on this machine, each in its own word for the transport', () => {
  const url = `${DEFAULT_HUB}/mcp`
  expect(read('.mcp.json')).toEqual({ mcpServers: { clawlink: { type: 'http', url } } })
  expect(read('mcp.json')).toEqual({
    $schema: 'https://agent-plugins.org/schemas/1.0.0/mcp.schema.json',
    mcpServers: { clawlink: { type: 'streamable-http', url } },
  })
})

test('an Agent Plugin has the fields of its schema and no others', () => {
  expect(agent['$schema']).toBe('https://agent-plugins.org/schemas/1.0.0/plugin.schema.json')
  const allowed = [
    '$schema',
    'name',
    'version',
    'description',
    'author',
    'homepage',
    'repository',
    'license',
    'keywords',
    'extensions',
  ]
  expect(Object.keys(agent).filter((field) => !allowed.includes(field))).toEqual([])
})
