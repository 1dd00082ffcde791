import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { curatedTools } from '../src/integrations/stripe/tools/index.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const HUB = join(ROOT, 'packages', 'hub', 'src')

/** The layers of docs/architecture.md: a folder imports from lower numbers alone. Files of src/ itself wire everything. */
const LAYERS: Record<string, number> = {
  surfaces: 4,
  calls: 3,
  policy: 2,
  confirmations: 2,
  connections: 2,
  access: 2,
  vault: 1,
  integrations: 1,
  audit: 1,
  storage: 0,
  contract: 0,
}
const WIRING = 5

const VAULT_IMPORTERS = ['(wiring)', 'access', 'connections']

/** What a package may import of the workspace. */
const WORKSPACE_IMPORTS: Record<string, string[]> = {
  client: [],
  hub: ['@clawlink/client', '@clawlink/stripe-definitions', '@clawlink/stripe-sandbox'],
  'openclaw-plugin': ['@clawlink/client'],
  'stripe-definitions': [],
  'stripe-sandbox': ['@clawlink/stripe-definitions'],
}

/** No file grows past what one sitting reads. */
const MAX_LINES = 400

interface Import {
  from: string
  to: string
  specifier: string
}

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/](?:node_modules|dist|\.cache|\.git)[\\/]/.test(file))
    .toSorted()
}

function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  const found = source.matchAll(
    /^(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function hubImports(): Import[] {
  return filesBelow(HUB, /\.ts$/).flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from: file, to: resolve(dirname(file), specifier), specifier })),
  )
}

function folderOf(file: string): string {
  const [first = '', second] = relative(HUB, file).split(sep)
  return second === undefined ? '(wiring)' : first
}

const layerOf = (folder: string): number | undefined => (folder === '(wiring)' ? WIRING : LAYERS[folder])
const isTest = (file: string): boolean => /\.test\.ts$|[\\/]test-[^\\/]*\.ts$/.test(file)
const show = ({ from, to }: Import): string => `${relative(ROOT, from)} imports ${relative(ROOT, to)}`

test('every folder of the hub has a layer', () => {
  const folders = readdirSync(HUB, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map((entry) => entry.name).toSorted()).toEqual(Object.keys(LAYERS).toSorted())
})

test('imports go down: to a lower layer, or inside the folder', () => {
  const imports = hubImports()
  expect(imports.length).toBeGreaterThan(100)
  const wrong = imports.filter(({ from, to }) => {
    const [source, target] = [folderOf(from), folderOf(to)]
    if (source === target || isTest(from)) return false
    const [upper, lower] = [layerOf(source), layerOf(target)]
    // The wiring is imported by tests alone; the CLI is given what it needs of it.
    return upper === undefined || lower === undefined || lower >= upper
  })
  expect(wrong.map(show)).toEqual([])
})

test('the vault is opened by connections, access and the wiring alone', () => {
  const importers = hubImports().filter(
    ({ from, to }) => folderOf(to) === 'vault' && folderOf(from) !== 'vault' && !isTest(from),
  )
  expect([...new Set(importers.map(({ from }) => folderOf(from)))].toSorted()).toEqual(VAULT_IMPORTERS)
})

test('bytes leave the hub in one file', () => {
  const opening =
    /^import (?!type)[^']*? from '(?:undici|(?:node:)?(?:https?|http2|tls|dgram))'|\b(?:createConnection|new Socket)\(/m
  const senders = filesBelow(HUB, /\.ts$/).filter(
    (file) => !isTest(file) && opening.test(readFileSync(file, 'utf8')),
  )
  expect(senders.map((file) => relative(HUB, file))).toEqual([
    join('integrations', 'stripe', 'wire', 'send.ts'),
  ])
})

test('every tool file is registered, and is named after its tool', () => {
  const folder = join(HUB, 'integrations', 'stripe', 'tools')
  const onDisk = filesBelow(folder, /\.ts$/)
    .filter((file) => !/(?:^|[\\/])index\.ts$|\.test\.ts$/.test(file))
    .map(
      (file) =>
        `stripe_${relative(folder, file).split(sep).at(-1)?.replace(/\.ts$/, '').replaceAll('-', '_')}`,
    )
  expect(onDisk.toSorted()).toEqual(curatedTools.map((tool) => tool.name).toSorted())
})

test('a package imports of the workspace what the layout allows', () => {
  for (const [name, allowed] of Object.entries(WORKSPACE_IMPORTS)) {
    const used = filesBelow(join(ROOT, 'packages', name, 'src'), /\.ts$/)
      .flatMap(importsOf)
      .filter((specifier) => specifier.startsWith('@clawlink/') || specifier === 'clawlink')
    expect(
      [...new Set(used)].filter((specifier) => !allowed.includes(specifier)),
      name,
    ).toEqual([])
  }
  expect(readdirSync(join(ROOT, 'packages')).toSorted()).toEqual(Object.keys(WORKSPACE_IMPORTS).toSorted())
})

test('no file is longer than one sitting reads', () => {
  const long = filesBelow(join(ROOT, 'packages'), /\.(?:ts|js)$/).filter(
    (file) => readFileSync(file, 'utf8').split('\n').length > MAX_LINES,
  )
  expect(long.map((file) => relative(ROOT, file))).toEqual([])
})

test('every path that the documents name exists', () => {
  const documents = [
    ...['README.md', 'CONTRIBUTING.md'].map((name) => join(ROOT, name)),
    ...filesBelow(join(ROOT, 'docs'), /\.md$/),
    ...filesBelow(join(ROOT, 'packages'), /^README\.md$/),
  ]
  const missing = documents.flatMap((document) => {
    const text = readFileSync(document, 'utf8')
    const named = [
      ...[...text.matchAll(/`((?:packages|docs|bench|skills|\.ci)\/[\w./-]*\w)`/g)].map((match) =>
        join(ROOT, match[1] ?? ''),
      ),
      ...[...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map((match) =>
        resolve(dirname(document), match[1] ?? ''),
      ),
    ]
    return named
      .filter((path) => !existsSync(path))
      .map((path) => `${relative(ROOT, document)}: ${relative(ROOT, path)}`)
  })
  expect(missing).toEqual([])
})

test('nothing in the repository names a machine’s paths or the place it was written', () => {
  const files = [
    ...filesBelow(join(ROOT, 'packages'), /\.(?:ts|js|md|json)$/),
    ...filesBelow(join(ROOT, 'docs'), /\.md$/),
    ...filesBelow(join(ROOT, 'bench'), /\.(?:ts|md)$/),
    ...readdirSync(ROOT, { withFileTypes: true })
      // In a linked worktree `.git` is a file, and says where the repository is.
      .filter((entry) => entry.isFile() && entry.name !== '.git')
      .map((entry) => join(ROOT, entry.name)),
  ]
  const machine = /\/(?:work|root|home\/\w+)\/|registry[.]npm|[.][.]\/shared/
  const naming = files.filter((file) => machine.test(readFileSync(file, 'utf8')))
  expect(naming.map((file) => relative(ROOT, file))).toEqual([])
})
