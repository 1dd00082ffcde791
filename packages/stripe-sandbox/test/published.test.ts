import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPackages } from '../../../scripts/build-packages.ts'

const MODULES = join(import.meta.dirname, '..', '..', '..', 'node_modules')

/** What a user of the published packages has, far from this repository. */
let home: string
let packed: { name: string; files: string[] }[]

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'stripe-sandbox-published-'))
  const folders = await buildPackages((name) => join(home, 'built', name))
  const project = join(home, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "type": "module" }')
  const tarballs = JSON.parse(npm(home, ['pack', '--json', ...folders])) as
    | Record<string, Tarball>
    | readonly Tarball[]
  packed = Object.values(tarballs).map(({ name, files }) => ({ name, files: files.map(({ path }) => path) }))
  // Nothing but the two is needed, so that there is nothing to ask a registry for.
  const files = Object.values(tarballs).map(({ filename }) => join(home, filename))
  npm(project, ['install', '--offline', '--no-audit', '--no-fund', ...files])
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Tarball {
  name: string
  filename: string
  files: { path: string }[]
}

function npm(folder: string, args: string[]): string {
  return execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

test('a package holds what runs, its types and its papers, and neither sources nor tests', () => {
  expect(packed.map(({ name }) => name)).toEqual(['@clawlink/stripe-definitions', '@clawlink/stripe-sandbox'])
  for (const { files } of packed) {
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'src/index.js', 'src/index.d.ts']),
    )
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\.|^test\//.test(file))).toEqual([])
  }
  const [definitions] = packed
  expect(definitions?.files).toContain('LICENSE-stripe')
  expect(definitions?.files.filter((file) => file.startsWith('.cache/'))).toHaveLength(1)
})

test('it needs no other package', () => {
  const installed = readdirSync(join(home, 'project/node_modules')).filter((name) => !name.startsWith('.'))
  expect(installed).toEqual(['@clawlink'])
})

test('the program that npm installs serves a customer and ends when told', async () => {
  const bin = join(home, 'project/node_modules/.bin/stripe-sandbox')
  const child = spawn(process.execPath, [bin, '--port', '0', '--json', '--data', join(home, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const answer = await fetch(`${url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_alice' },
    body: new URLSearchParams({ name: 'Jane Doe' }),
  })
  expect(await answer.json()).toMatchObject({ object: 'customer', name: 'Jane Doe' })
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
})

test('a program in TypeScript finds the types', () => {
  const program = join(home, 'project/program.ts')
  writeFileSync(
    program,
    `import { createSandbox } from '@clawlink/stripe-sandbox'
     const sandbox = await createSandbox({ seed: 1 })
     const { port } = await sandbox.listen({ port: 0 })
     port satisfies number
     // @ts-expect-error: there is no such option
     await createSandbox({ sed: 1 })`,
  )
  const compiler = [join(MODULES, 'typescript/bin/tsc'), '--ignoreConfig', '--noEmit', '--strict']
  const options = ['--module', 'nodenext', '--types', 'node', '--typeRoots', join(MODULES, '@types')]
  execFileSync(process.execPath, [...compiler, ...options, program], { stdio: 'inherit' })
})
