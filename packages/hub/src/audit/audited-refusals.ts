import type { Actor } from '../contract/actor.ts'
import { Problem, type ProblemCode } from '../contract/problem.ts'
import { auditedTransaction } from './audited-transaction.ts'
import type { Context } from './context.ts'

export interface RefusalRow {
  action: string
  subject: string
  /** Chosen facts: the texts of a problem may repeat what the caller sent. */
  detail: Record<string, unknown>
}

/** Runs something that may be refused; the refusals of the table get a row, and reach the caller as they are. */
export async function withRefusalsAudited<T>(
  context: Pick<Context, 'audit' | 'storage'>,
  actor: Actor,
  rows: Partial<Record<ProblemCode, (refusal: Problem) => RefusalRow>>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const row = error instanceof Problem ? rows[error.code]?.(error) : undefined
    if (row !== undefined) {
      await auditedTransaction(context, (tx) => context.audit.append(tx, { actor, ...row }))
    }
    throw error
  }
}

const ID = /^[a-z]+_\w{1,64}$/

/** What a caller named, if it is spelled like an id: other text of theirs does not go into the log. */
export function namedId(text: string | undefined, otherwise: string): string {
  return text !== undefined && ID.test(text) ? text : otherwise
}
