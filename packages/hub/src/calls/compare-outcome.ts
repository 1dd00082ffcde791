import type { Change, Check } from '../integrations/define.ts'
import { valueAt } from '../integrations/value-at.ts'

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
