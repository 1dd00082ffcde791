import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { editsOf, type Edit } from './bug.ts'
import { ALL_BUGS } from './bugs.ts'

const HUB = new URL('../../packages/hub/src/', import.meta.url).href
const SIMULATION = new URL('../simulation/', import.meta.url).href

/** Files that are searched besides being played. */
export const FILES = { reducer: 'confirmations/reducer.ts' }

/**
 * From now on `import('…?planted=NAME')` of a module of the hub or of the simulation gets it, and all that it imports
 * of these, with that bug in it. Nothing on disk changes, and other modules are loaded once for all bugs.
 */
export function registerPlanting(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      const planted = new URL(context.parentURL ?? 'file:///').searchParams.get('planted')
      if (planted === null || resolved.url.includes('?')) return resolved
      const isOurs = resolved.url.startsWith(HUB) || resolved.url.startsWith(SIMULATION)
      return isOurs ? { ...resolved, url: `${resolved.url}?planted=${planted}` } : resolved
    },
    load(url, context, next) {
      const loaded = next(url, context)
      const planted = url.startsWith('file:') ? new URL(url).searchParams.get('planted') : null
      if (planted === null) return loaded
      const bug = ALL_BUGS.find(({ name }) => name === planted)
      if (bug === undefined) throw new Error(`there is no bug ${planted}`)
      const edits = editsOf(bug).filter((edit) => fileOf(edit) === fileURLToPath(url))
      const source = edits.reduce((text, edit) => plant(planted, edit, text), textOf(loaded.source))
      return { ...loaded, source }
    },
  })
}

export function fileOf({ file }: Edit): string {
  return fileURLToPath(new URL(file, HUB))
}

/** @throws if the source is not what the bug was written for */
export function plant(name: string, { find, replace }: Edit, source: string): string {
  const parts = source.split(find)
  if (parts.length !== 2)
    throw new Error(`${name}: its text is in the source ${parts.length - 1} times, not once`)
  return parts.join(replace)
}

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8')
}
