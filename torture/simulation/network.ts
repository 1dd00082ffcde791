import type { WireAnswer, WireRequest } from '../../packages/hub/src/integrations/define.ts'
import { answerOf, refusal, type Execution, type Provider } from './provider.ts'
import type { Random } from './random.ts'
import type { Process, Scheduler } from './scheduler.ts'

/** A request that left a node. */
export interface Attempt {
  at: number
  node: string
  method: string
  path: string
  body: string
  key: string | undefined
  /** How many audit rows of the workspace were committed when it left. */
  auditRows: number
  /** The status that its node heard, if it heard one. */
  status?: number
}

/** As long as the hub's sender waits. */
export const ATTEMPT_TIMEOUT_MS = 80_000
/** An operating system sends no longer than this what a killed process left behind. */
const MAX_DELAY_MS = 15 * 60 * 1000

/** How often which fault comes; what is left is no fault. */
const FAULTS = {
  none: 6,
  drop_before: 8,
  drop_after: 12,
  delay: 6,
  duplicate: 6,
  truncate: 5,
  in_use: 5,
  rate_limit: 5,
  stored_500_before: 4,
  stored_500_after: 5,
  bad_gateway: 4,
  refused: 4,
  do_not_retry: 2,
  foreign: 4,
  key_taken: 5,
} as const
export type NetworkFault = keyof typeof FAULTS

export interface Network {
  send(node: Process, request: WireRequest, key: string | undefined): Promise<WireAnswer>
  attempts: Attempt[]
  /** How often each fault came. */
  faults: Partial<Record<NetworkFault, number>>
  /** From now on everything arrives and is answered. */
  heal(): void
}

export interface NetworkOptions {
  scheduler: Scheduler
  random: Random
  provider: Provider
  faultRate: number
  /** Only these; all of them if absent. */
  onlyFaults: readonly NetworkFault[] | undefined
  /** Of the audit log, as somebody outside sees it. */
  committedRows: () => number
}

/** The way between the nodes and the provider. */
export function createNetwork({
  scheduler,
  random,
  provider,
  faultRate,
  onlyFaults,
  committedRows,
}: NetworkOptions): Network {
  let isHealed = false
  const attempts: Attempt[] = []
  const faults: Network['faults'] = {}

  const chooseFault = (request: WireRequest): NetworkFault => {
    const isRead = request.method === 'GET'
    if (isHealed || !random.chance(isRead ? faultRate / 8 : faultRate)) return 'none'
    const fault = onlyFaults === undefined ? random.weighted(FAULTS) : random.pick(onlyFaults)
    // A read has no effect and no key: what is peculiar to writes is another way to get no answer.
    if (isRead && ['refused', 'foreign', 'key_taken', 'duplicate'].includes(fault)) return 'none'
    if (fault !== 'none') faults[fault] = (faults[fault] ?? 0) + 1
    return fault
  }

  /** One copy of a request: it arrives, takes its time, and is answered. */
  const arrive = (
    request: WireRequest,
    key: string | undefined,
    delay: number,
    how: Execution,
    answered: (answer: WireAnswer) => void,
  ): void => {
    const label = `${request.method} ${request.path}`
    scheduler.later(delay, `arrives: ${label}`, () => {
      if (request.method === 'GET') return answered(provider.read(request))
      const begun = provider.begin(request, key, scheduler.now())
      if (begun !== 'goes_on') return answered(begun)
      scheduler.later(1 + random.below(2_000), `carried out: ${label}`, () =>
        answered(provider.finish(request, key, scheduler.now(), how)),
      )
    })
  }

  return {
    attempts,
    faults,
    heal() {
      isHealed = true
    },
    send(node, request, key) {
      const { method, path, body } = request
      const attempt: Attempt = {
        at: scheduler.now(),
        node: node.name,
        method,
        path,
        body,
        key,
        auditRows: committedRows(),
      }
      if (method !== 'GET') attempts.push(attempt)
      const fault = chooseFault(request)
      return new Promise((resolve) => {
        let isOver = false
        const come = (answer: WireAnswer, label: string, after = 1 + random.below(200)): (() => void) =>
          scheduler.later(after, label, () => {
            if (isOver || !node.alive) return
            isOver = true
            giveUp()
            // The process may be slow to hear of it.
            void scheduler.gate(node, label).then(() => {
              if (answer.kind === 'answer') attempt.status = answer.status
              resolve(answer)
              return undefined
            })
          })
        const reason = (text: string): WireAnswer => ({ kind: 'no_answer', reason: text })
        const answer = (text: string) => (given: WireAnswer) =>
          void come(given, `${text}: ${given.kind === 'answer' ? given.status : given.reason}`)
        const pass = (delay: number, how: Execution, answered: (given: WireAnswer) => void): void =>
          arrive(request, key, delay, how, answered)
        const soon = 1 + random.below(200)
        const giveUp = come(reason('no whole answer in time'), 'times out', ATTEMPT_TIMEOUT_MS)

        switch (fault) {
          case 'drop_before':
            return void come(reason('reset'), 'reset')
          case 'drop_after':
            pass(soon, 'normal', () => undefined)
            return void come(reason('reset'), 'reset', 1 + random.below(4_000))
          case 'delay':
            return pass(random.below(MAX_DELAY_MS), 'normal', answer('late answer'))
          case 'duplicate':
            pass(soon, 'normal', () => undefined)
            return pass(1 + random.below(5_000), 'normal', answer('answer to the second'))
          case 'truncate':
            return pass(
              soon,
              'normal',
              () => void come(reason('the answer was not whole JSON'), 'half an answer'),
            )
          case 'in_use':
            return void come(refusal(409, 'idempotency_error', 'idempotency_key_in_use'), '409')
          case 'rate_limit':
            return void come(
              answerOf(
                429,
                { error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Slow down.' } },
                random.chance(0.5) ? { retryAfterSeconds: random.below(7_200) } : {},
              ),
              '429',
            )
          case 'bad_gateway':
            if (random.chance(0.5))
              pass(random.chance(0.5) ? soon : random.below(MAX_DELAY_MS), 'normal', () => undefined)
            return void come(answerOf(502, undefined), '502', 3_000)
          case 'refused':
            return void come(refusal(400, 'invalid_request_error', 'parameter_invalid_empty'), '400')
          case 'do_not_retry':
            return void come(
              answerOf(409, { error: { type: 'api_error', message: 'No.' } }, { shouldRetry: false }),
              '409, do not retry',
            )
          case 'none':
            return pass(soon, 'normal', answer('answer'))
          case 'stored_500_before':
          case 'stored_500_after':
          case 'foreign':
          case 'key_taken':
            return pass(soon, fault, answer('answer'))
        }
      })
    },
  }
}
