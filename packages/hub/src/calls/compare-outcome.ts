import type { Change, Check } from '../integrations/define.ts'

/** Where the outcome of a write is not what its preview said. */
export interface Difference {
  what: string
  previewed: Check['value']
  got: unknown
}

/**
 * Compares what a write answered with what its preview said it would. Rows that another read would have to show
 * are left to whoever makes that read.
 */
export function compareOutcome(changes: readonly Change[], answer: unknown): Difference[] {
  return changes.flatMap(({ what, check }) => {
    if (check === undefined || check.read !== undefined) return []
    const got = valueAt(answer, check.path)
    return got === check.value ? [] : [{ what, previewed: check.value, got }]
  })
}

/** What stands at `items.data.0.quantity`; nothing counts as null, and an expanded object as its id. */
export function valueAt(from: unknown, path: string): unknown {
  const found = path
    .split('.')
    .reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string, unknown>)[key]
          : undefined,
      from,
    )
  if (typeof found === 'object' && found !== null && 'id' in found) return found.id
  return found ?? null
}
