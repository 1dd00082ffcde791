import type { Secret } from '../contract/secret.ts'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import type { Progress } from '../confirmations/reducer.ts'
import type { WireAnswer, WireRequest } from '../integrations/define.ts'
import { reconcileCalls } from './reconcile-calls.ts'
import type { CallResult } from './answer-of.ts'
import { runCall } from './run-call.ts'
import { DEVICE, openTestCalls, type Fate, type TestCalls } from './test-calls.ts'

export const HOUR_MS = 60 * 60 * 1000

export function answer(status: number, body: unknown, replayed = false): WireAnswer {
  return {
    kind: 'answer',
    status,
    body,
    requestId: 'req_test',
    replayed,
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
  }
}

export const SERVER_ERROR = answer(500, { error: { type: 'api_error', message: 'Unknown error' } })
export const EVENTS_FORBIDDEN = answer(403, {
  error: {
    type: 'invalid_request_error',
    code: 'more_permissions_required',
    message: "The provided key does not have the required permissions: 'rak_event_read'.",
  },
})

export const isWrite = ({ method }: WireRequest): boolean => method !== 'GET'

/** What the tests of lost answers do to the wire, and how they see what came of it. For tests alone. */
export interface LostAnswers extends TestCalls {
  call(id: string, tool: string): Promise<CallResult>
  /** Every write fares so; reads arrive. */
  writesFare(fate: Fate): void
  /** The first is carried out, but what comes back is an error: what a proxy in between can do. */
  writesHappenUnseen(): void
  /** Stops the asking when it first has to wait, so that a test sees what is found before any time passes. */
  stopAtFirstWait(): void
  /** Until nobody asks any more: there is an outcome, or the asking was stopped. */
  settled(id: string): Promise<Progress>
  /** Goes on asking after so long. */
  askLater(milliseconds: number, id: string): Promise<Progress>
  newCharge(amount: number): Promise<string>
  newCustomer(name: string): Promise<string>
  refundsOf(charge: string): Promise<unknown[]>
  key(): Promise<Secret>
  /** For each test a day of its own, in which all arrives. */
  nextDay(): void
}

export async function openLostAnswers(): Promise<LostAnswers> {
  const one = await openTestCalls()
  const more: Omit<LostAnswers, keyof TestCalls> = {
    call: (id, tool) => runCall(one.calls, DEVICE, { tool, confirmation: id }),
    writesFare(fate) {
      one.fate = (request) => (isWrite(request) ? fate : 'arrives')
    },
    writesHappenUnseen() {
      let isFirst = true
      one.fate = (request) => {
        if (!isWrite(request)) return 'arrives'
        if (!isFirst) return SERVER_ERROR
        isFirst = false
        return 'lost_after'
      }
    },
    stopAtFirstWait() {
      const fate = one.fate.bind(one)
      one.fate = async (request) => {
        if (!isWrite(request)) one.isStopping = true
        return fate(request)
      }
    },
    async settled(id) {
      await Promise.all(one.calls.inFlight.values())
      await Promise.all(one.calls.reconciling.values())
      return (await one.load(id)).progress
    },
    async askLater(milliseconds, id) {
      one.now += milliseconds
      one.isStopping = false
      one.fate = () => 'arrives'
      await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
      return more.settled(id)
    },
    async newCharge(amount) {
      const params = { amount: String(amount), currency: 'usd', source: 'tok_visa' }
      return String((await one.ask('POST', '/v1/charges', params))['id'])
    },
    newCustomer: async (name) => String((await one.ask('POST', '/v1/customers', { name }))['id']),
    refundsOf: async (charge) => (await one.ask('GET', '/v1/refunds', { charge }))['data'] as unknown[],
    key: () => one.calls.connections.withCredential(one.connection, (key) => Promise.resolve(key)),
    nextDay() {
      one.now += 30 * HOUR_MS
      one.fate = () => 'arrives'
      one.isStopping = false
      one.sent.length = 0
      one.slept.length = 0
    },
  }
  return Object.assign(one, more)
}
