import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Definitions } from './definitions.ts'
import { findStripePackage } from './stripe-package.ts'

/** What decides the content of the artefact; a change in any of these makes a new one. */
export const BUILDER_SOURCES = [
  'artefact',
  'clean-text',
  'definitions',
  'derive-definitions',
  'derive-operations',
  'derive-schema',
  'merge-union',
  'number-type',
  'stripe-package',
  'stripe-types',
]

const CACHE_FOLDER = join(import.meta.dirname, '..', '.cache')

/** The name says which stripe package and which builder it came from, so an old one is never read. */
export function artefactPath(): string {
  // The published package is compiled and brings its artefact, whichever stripe package its user has.
  if (import.meta.filename.endsWith('.js')) return shippedArtefactPath()
  const stripe = findStripePackage()
  if (!stripe)
    throw new Error('The Stripe definitions are missing: install the stripe package, then run the build.')
  const hash = createHash('sha256')
  for (const name of BUILDER_SOURCES) hash.update(readFileSync(join(import.meta.dirname, `${name}.ts`)))
  const builder = hash.digest('hex').slice(0, 12)
  return join(CACHE_FOLDER, `definitions-${stripe.version}-${builder}.json.gz`)
}

function shippedArtefactPath(): string {
  const shipped = readdirSync(CACHE_FOLDER).filter((name) => name.endsWith('.json.gz'))
  if (shipped.length === 1 && shipped[0] !== undefined) return join(CACHE_FOLDER, shipped[0])
  throw new Error('The Stripe definitions are missing: install this package again.')
}

export function readArtefact(path: string): Definitions | undefined {
  try {
    return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Definitions
  } catch {
    // Missing, or damaged by someone else: either way it is built again.
    return undefined
  }
}

export function writeArtefact(path: string, definitions: Definitions): void {
  mkdirSync(dirname(path), { recursive: true })
  // Several processes may build at once; a rename never shows a reader half a file.
  const unfinished = `${path}.${randomUUID()}.tmp`
  try {
    writeFileSync(unfinished, gzipSync(JSON.stringify(definitions)))
    renameSync(unfinished, path)
  } finally {
    rmSync(unfinished, { force: true })
  }
}
