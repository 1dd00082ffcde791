import type { Definitions } from './definitions.ts'
import { artefactPath, readArtefact, writeArtefact } from './artefact.ts'

let loading: Promise<Definitions> | undefined

/** The definitions of the installed stripe package: built on first use, read from the cache afterwards. */
export function loadDefinitions(): Promise<Definitions> {
  loading ??= readOrBuild().catch((error: unknown) => {
    // The next call may find what this one missed (a package just installed, a full disk cleared).
    loading = undefined
    throw error
  })
  return loading
}

async function readOrBuild(): Promise<Definitions> {
  const path = artefactPath()
  return readArtefact(path) ?? (await buildArtefact(path)).definitions
}

/** Derives the definitions and stores them; `notUnderstood` should be looked at by a person. */
export async function buildArtefact(
  path = artefactPath(),
): Promise<{ definitions: Definitions; notUnderstood: string[] }> {
  if (process.stderr.isTTY) process.stderr.write('Reading the operations of Stripe, once: a few seconds …\n')
  // The compiler is large and of no use to a process that finds the artefact.
  const { deriveDefinitions } = await import('./derive-definitions.ts')
  const derived = deriveDefinitions()
  writeArtefact(path, derived.definitions)
  return derived
}
