import { setTimeout as sleep } from 'node:timers/promises'
import { agentEndpoint } from '../agent-endpoints.ts'
import type { Answer } from './agent-commands.ts'
import type { AskHub, Input } from './ask-hub.ts'
import { HubRefusal, UsageError } from './errors.ts'
import { EXIT, EXIT_OF_STATE, exitOfProblem, type ExitCode } from './exit-codes.ts'
import { objectAt, textAt } from './json.ts'
import type { Output } from './print.ts'
import { safe } from './safe-text.ts'

/** One question to the hub waits at most this long: below what proxies on the way allow. */
const POLL_SECONDS = 25
/** A confirmation ends by itself after ten minutes, so longer than this there is nothing to wait for. */
const MAX_WAIT_SECONDS = 15 * 60

/** A hub that is shutting down answers at once; asking it again must not become a storm. */
const PAUSE_MS = 250

const getConfirmation = agentEndpoint('clawlink_get_confirmation')
const callTool = agentEndpoint('clawlink_call_tool')

/** Asks again and again until a person has decided, or a write that is under way has ended. */
export async function waitForConfirmation(
  ask: AskHub,
  { wait_seconds: seconds, ...input }: Input,
  _options: Record<string, unknown>,
  out: Output,
): Promise<Answer> {
  const body = await untilDecided(ask, input, deadlineIn(seconds), out)
  return { body, exit: exitOfConfirmation(body) }
}

/** Calls; with `--wait`, waits where the answer is that a person has not decided yet, and calls again. */
export async function callAndWait(
  ask: AskHub,
  input: Input,
  { wait, seconds }: Record<string, unknown>,
  out: Output,
): Promise<Answer> {
  const { confirmation } = input
  if (wait === true && confirmation === undefined) {
    throw new UsageError(
      '--wait waits for the approval of a --confirmation: make one with `clawlink preview`.',
    )
  }
  const deadline = deadlineIn(seconds)
  for (;;) {
    try {
      return { body: await ask(callTool, input), exit: EXIT.done }
    } catch (error) {
      if (wait !== true || !isUndecided(error) || Date.now() >= deadline) throw error
    }
    await untilDecided(ask, { confirmation }, deadline, out)
    await sleep(PAUSE_MS)
  }
}

async function untilDecided(ask: AskHub, input: Input, deadline: number, out: Output): Promise<unknown> {
  let done: (() => void) | undefined
  try {
    for (;;) {
      const left = Math.max(0, Math.ceil((deadline - Date.now()) / 1000))
      const body = await ask(getConfirmation, { ...input, wait_seconds: Math.min(left, POLL_SECONDS) })
      const state = textAt(body, 'state')
      if ((state !== 'pending' && state !== 'sending') || Date.now() >= deadline) return body
      done ??= out.waiting(
        state === 'pending'
          ? safe`Waiting for a person to decide at ${textAt(body, 'approval_url')}`
          : safe`Waiting for the result of ${textAt(body, 'confirmation')}`,
      )
      await sleep(PAUSE_MS)
    }
  } finally {
    done?.()
  }
}

function deadlineIn(seconds: unknown): number {
  return Date.now() + (typeof seconds === 'number' ? seconds : MAX_WAIT_SECONDS) * 1000
}

function isUndecided(error: unknown): boolean {
  if (!(error instanceof HubRefusal)) return false
  return ['confirmation_pending', 'confirmation_in_progress'].includes(error.wire.error.code)
}

function exitOfConfirmation(body: unknown): ExitCode {
  const state = textAt(body, 'state')
  const code = textAt(objectAt(body, 'problem'), 'code')
  if (state === 'failed' && code !== '') return exitOfProblem(code)
  return isState(state) ? EXIT_OF_STATE[state] : EXIT.failed
}

function isState(state: string): state is keyof typeof EXIT_OF_STATE {
  return Object.hasOwn(EXIT_OF_STATE, state)
}
