import { PROBLEMS, Problem, type ProblemCode } from '../../../contract/problem.ts'
import { canonicalJson } from '../../../contract/canonical.ts'
import type { Change, Params, PlannedWrite, Read, SentWrite } from '../../define.ts'
import { valueAt } from '../../value-at.ts'

/** Refusals that say nothing about the object: who cannot look has not seen that it changed. */
const ABOUT_ACCESS: ReadonlySet<ProblemCode> = new Set([
  'account_restricted',
  'connection_frozen',
  'connection_not_found',
  'credential_rejected',
  'permission_missing',
  'provider_mismatch',
])

/** How the account looks beside a preview: as it was before, as the write would leave it, or neither for sure. */
export type Likeness = 'as_before' | 'as_approved' | 'unclear'

/**
 * Compares the account with what the preview was made from and with what it promised. `own`: the object that the
 * write would answer, if it is known. `plan`: the same write planned once more.
 */
export async function compareState(
  sent: Pick<SentWrite, 'changes' | 'facts' | 'request'>,
  own: Params | undefined,
  read: Read,
  plan: () => Promise<PlannedWrite>,
): Promise<Likeness> {
  const rows = await checkRows(sent.changes, own, read)
  // A row that says the same before and after is true either way.
  const telling = rows.filter(({ change }) => change.before !== change.after)
  if (telling.length === 0) return 'unclear'
  const isSame = await plansTheSame(sent, plan)
  if (isSame && telling.every(({ holds }) => !holds)) return 'as_before'
  return !isSame && rows.every(({ holds }) => holds) ? 'as_approved' : 'unclear'
}

async function checkRows(
  changes: readonly Change[],
  own: Params | undefined,
  read: Read,
): Promise<Array<{ change: Change; holds: boolean }>> {
  const rows: Array<{ change: Change; holds: boolean }> = []
  for (const change of changes) {
    const { check } = change
    if (check === undefined) continue
    const object = check.read === undefined ? own : await read(check.read.operation, check.read.params)
    if (object !== undefined) rows.push({ change, holds: valueAt(object, check.path) === check.value })
  }
  return rows
}

/** Whether the same write, planned anew, is made from the same facts: what it would change has not changed. */
async function plansTheSame(
  sent: Pick<SentWrite, 'facts' | 'request'>,
  plan: () => Promise<PlannedWrite>,
): Promise<boolean> {
  try {
    const { facts, request } = await plan()
    return canonicalJson([facts, request]) === canonicalJson([sent.facts, sent.request])
  } catch (error) {
    // Refused, because there is nothing left to refund or to capture, say.
    if (error instanceof Problem && !PROBLEMS[error.code].retryable && !ABOUT_ACCESS.has(error.code))
      return false
    throw error
  }
}
