import { CommanderError } from 'commander'
import { Problem, type ProblemWire } from '../../contract/problem.ts'
import { StartError, type CliDeps } from './deps.ts'
import { NotPaired } from '@clawlink/client'
import { EXIT, exitOfProblem, type ExitCode } from './exit-codes.ts'
import { withoutKeys } from './key-arguments.ts'
import { textOf } from './json.ts'
import type { Output } from './print.ts'
import { safe } from './safe-text.ts'

/** The command line is not one that we can follow. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The hub's refusal, as it came. */
export class HubRefusal extends Error {
  override name = 'HubRefusal'
  readonly wire: ProblemWire
  readonly exit: ExitCode

  constructor(wire: ProblemWire, exit: ExitCode) {
    super(wire.error.message)
    this.wire = wire
    this.exit = exit
  }
}

interface Failure {
  wire: ProblemWire
  exit: ExitCode
}

/** One failure for a person on stderr, and for a script as JSON on stdout. */
export function reportFailure(error: unknown, out: Output, deps: CliDeps): ExitCode {
  const { wire: told, exit } = failureOf(error)
  const wire = JSON.parse(withoutKeys(JSON.stringify(told))) as ProblemWire
  const { code, message, retryable: _retryable, next_step: nextStep, ...details } = wire.error
  out.aside(safe`${out.style('red', 'clawlink:')} ${message}`)
  // A script has these in the JSON, and a failure of this program's own is one line.
  if (!out.json && (error instanceof HubRefusal || error instanceof Problem)) {
    for (const [name, value] of Object.entries({ code, ...details })) {
      out.aside(safe`  ${out.style('dim', `${name}:`)} ${textOf(value)}`)
    }
  }
  if (nextStep !== undefined) out.aside(safe`  ${out.style('dim', 'Next:')} ${nextStep}`)
  if (out.json) out.data(wire)
  if (deps.env['CLAWLINK_DEBUG'] === '1' && error instanceof Error && error.stack !== undefined) {
    for (const line of withoutKeys(error.stack).split('\n')) out.aside(safe`    ${line}`)
  }
  return exit
}

export function failureOf(error: unknown): Failure {
  if (error instanceof HubRefusal) return error
  if (error instanceof Problem) return { wire: error.toWire(), exit: exitOfProblem(error.code) }
  if (error instanceof NotPaired) {
    return failure(EXIT.unauthenticated, error.code, error.message, error.nextStep)
  }
  if (error instanceof UsageError) {
    return failure(EXIT.usage, 'usage', error.message, 'See `clawlink --help`.')
  }
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
    return failure(EXIT.usage, 'usage', message, 'See `clawlink --help`.')
  }
  if (error instanceof StartError) return failure(EXIT.failed, 'start_failed', error.message)
  if (isNetworkError(error)) {
    return failure(
      EXIT.failed,
      'hub_unreachable',
      `The hub does not answer (${networkReason(error)}).`,
      'Start it with `npm start`, or name another one with --hub.',
    )
  }
  return failure(EXIT.failed, 'failed', error instanceof Error ? error.message : String(error))
}

export function failure(exit: ExitCode, code: string, message: string, nextStep?: string): Failure {
  return {
    wire: {
      error: {
        code,
        message,
        retryable: false,
        ...(nextStep === undefined ? {} : { next_step: nextStep }),
      },
    },
    exit,
  }
}

/** `fetch` failed, or nothing came in time. */
export function isNetworkError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (error.name === 'TimeoutError' || (error instanceof TypeError && error.cause instanceof Error))
  )
}

export function networkReason(error: Error): string {
  if (error.name === 'TimeoutError') return 'timeout'
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}
