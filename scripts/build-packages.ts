import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { artefactPath } from '../packages/stripe-definitions/src/artefact.ts'
import { loadDefinitions } from '../packages/stripe-definitions/src/index.ts'
import { buildPlugin } from './build-plugin.ts'

interface PublishedPackage {
  /** What users start from: only what is reached from here is compiled, so no test is. */
  entries: string[]
  /** Other packages of ours that its types name. */
  uses: string[]
  /** Brings along what the compiler does not. */
  add?: (folder: string) => Promise<void>
}

const ROOT = join(import.meta.dirname, '..')

/** A package comes after those that it uses. */
const packages: Record<string, PublishedPackage> = {
  'stripe-definitions': { entries: ['src/index.ts'], uses: [], add: addDefinitions },
  'stripe-sandbox': { entries: ['bin/stripe-sandbox.js', 'src/index.ts'], uses: ['stripe-definitions'] },
}

/**
 * Leaves each package as npm is to get it: `npm publish packages/stripe-sandbox/dist`. In the workspace the sources run
 * as they are, which Node refuses below node_modules; so what is published is a folder of its own.
 *
 * @param folderOf where each package goes; its `dist` unless given
 * @returns the folders
 */
export async function buildPackages(
  folderOf = (name: string) => join(ROOT, 'packages', name, 'dist'),
): Promise<string[]> {
  for (const [name, { entries, uses, add }] of Object.entries(packages)) {
    const source = join(ROOT, 'packages', name)
    const folder = folderOf(name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    compile(
      source,
      folder,
      entries,
      uses.map((used) => [`@clawlink/${used}`, join(folderOf(used), 'src/index.d.ts')]),
    )
    cpSync(join(source, 'README.md'), join(folder, 'README.md'))
    cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
    await add?.(folder)
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(source), null, 2)}\n`)
  }
  return Object.keys(packages).map(folderOf)
}

function compile(source: string, folder: string, entries: string[], uses: [name: string, types: string][]) {
  const config = join(folder, 'tsconfig.json')
  const settings = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      noEmitOnError: true,
      declaration: true,
      allowJs: true,
      rootDir: source,
      outDir: folder,
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths: Object.fromEntries(uses.map(([name, types]) => [name, [types]])),
    },
    files: entries.map((entry) => join(source, entry)),
    include: [],
  }
  writeFileSync(config, JSON.stringify(settings))
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '-p', config], { stdio: ['ignore', 'inherit', 'inherit'] })
  rmSync(config)
}

/** The manifest of the workspace, with what was compiled in the places of the sources. */
function manifestOf(source: string): object {
  const { private: _, ...manifest } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    private: boolean
    [name: string]: unknown
  }
  return {
    ...manifest,
    exports: { '.': { types: './src/index.d.ts', default: './src/index.js' } },
    engines: { node: '>=26' },
  }
}

/** The artefact, so that neither the stripe package nor a compiler is needed, and the notice that it owes. */
async function addDefinitions(folder: string): Promise<void> {
  await loadDefinitions()
  const artefact = artefactPath()
  cpSync(artefact, join(folder, '.cache', basename(artefact)))
  cpSync(join(ROOT, 'node_modules/stripe/LICENSE'), join(folder, 'LICENSE-stripe'))
}

if (import.meta.main) {
  for (const folder of [...(await buildPackages()), await buildPlugin()]) process.stdout.write(`${folder}\n`)
}
