import type { State } from '../../confirmations/reducer.ts'
import { PROVIDER_PROBLEMS, type ProblemCode } from '../../contract/problem.ts'

/** What scripts branch on; the numbers are for ever. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  unauthenticated: 3,
  waiting: 4,
  rejected: 5,
  refused: 6,
  unresolved: 7,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const MEANING = {
  done: 'done',
  failed: 'failed',
  usage: 'wrong usage, or input that is not right',
  unauthenticated: 'not paired, or the pairing has ended',
  waiting: 'a confirmation is needed, or waits for a person',
  rejected: 'rejected: denied, blocked, expired, stale, revoked or mismatched; nothing was sent',
  refused: 'the provider refused or did not answer',
  unresolved: 'in progress or unresolved: it may have happened, so do not start it anew',
} satisfies Record<keyof typeof EXIT, string>

export const EXIT_CODES_HELP = [
  'Exit codes:',
  ...Object.entries(EXIT).map(([name, code]) => `  ${code}  ${MEANING[name as keyof typeof EXIT]}`),
].join('\n')

/** A code that is not here, or that a newer hub made up, has simply failed. */
const EXIT_OF_PROBLEM: Partial<Record<ProblemCode, ExitCode>> = {
  invalid_json: EXIT.usage,
  invalid_params: EXIT.usage,
  card_number_refused: EXIT.usage,
  body_too_large: EXIT.usage,
  unauthenticated: EXIT.unauthenticated,
  confirmation_required: EXIT.waiting,
  confirmation_pending: EXIT.waiting,
  tool_blocked: EXIT.rejected,
  confirmation_mismatch: EXIT.rejected,
  confirmation_expired: EXIT.rejected,
  confirmation_stale: EXIT.rejected,
  confirmation_revoked: EXIT.rejected,
  write_rejected: EXIT.rejected,
  confirmation_in_progress: EXIT.unresolved,
  confirmation_unresolved: EXIT.unresolved,
  connection_rejected: EXIT.refused,
  write_not_carried_out: EXIT.refused,
}

export function exitOfProblem(code: string): ExitCode {
  if (Object.hasOwn(PROVIDER_PROBLEMS, code)) return EXIT.refused
  return Object.hasOwn(EXIT_OF_PROBLEM, code)
    ? (EXIT_OF_PROBLEM[code as ProblemCode] ?? EXIT.failed)
    : EXIT.failed
}

/** What `wait` ends with, by where the confirmation then stands. */
export const EXIT_OF_STATE = {
  pending: EXIT.waiting,
  approved: EXIT.done,
  succeeded: EXIT.done,
  denied: EXIT.rejected,
  expired: EXIT.rejected,
  revoked: EXIT.rejected,
  stale: EXIT.rejected,
  sending: EXIT.unresolved,
  reconciling: EXIT.unresolved,
  unknown: EXIT.unresolved,
  failed: EXIT.refused,
} as const satisfies Record<State, ExitCode>
