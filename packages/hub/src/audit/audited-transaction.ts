import { Problem } from '../contract/problem.ts'
import type { Tx } from '../storage/storage.ts'
import type { Context } from './context.ts'

/** Runs a change and its audit rows in one transaction: if they cannot be written, nothing changed. */
export async function auditedTransaction<T>(
  context: Pick<Context, 'storage'>,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  try {
    return await context.storage.transaction(work)
  } catch (error) {
    throw error instanceof Problem ? error : auditUnavailable(error)
  }
}

function auditUnavailable(error: unknown): Problem {
  return new Problem('audit_unavailable', 'The audit log cannot be written, so this is refused.', {
    nextStep: 'The owner has to look at the hub: its disk may be full.',
    internal: error instanceof Error ? error.message : String(error),
    cause: error,
  })
}
