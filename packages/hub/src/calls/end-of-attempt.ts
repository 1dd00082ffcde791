import { Problem } from '../contract/problem.ts'
import type { Confirmation } from '../confirmations/confirmation.ts'
import type { Event, Outcome } from '../confirmations/reducer.ts'
import type { Integration, Verdict, WireAnswer } from '../integrations/define.ts'

/** How an attempt ends a confirmation: the event, its name in the audit log, and what of the answer is kept. */
export interface End {
  name: string
  event: Event
  storable?: unknown
}

export function endOf(
  integration: Integration,
  { progress }: Confirmation,
  verdict: Exclude<Verdict, 'busy' | 'lost'>,
  answer: WireAnswer | Problem,
): End {
  const { fencing } = progress
  switch (verdict) {
    case 'accepted': {
      const outcome = doneOutcome(integration, answer)
      return { name: 'succeeded', event: { type: 'accepted', fencing, outcome }, storable: outcome.storable }
    }
    case 'rejected': {
      const replayed = !(answer instanceof Problem) && answer.kind === 'answer' && answer.replayed
      const outcome = refusedOutcome(integration, answer)
      return { name: 'rejected', event: { type: 'rejected', fencing, outcome, replayed } }
    }
    case 'uncertain':
      return {
        name: 'uncertain',
        event: { type: 'uncertain', fencing, reason: 'the provider could not say whether it happened' },
      }
    case 'key_reused':
      return {
        name: 'integrity_fault',
        event: {
          type: 'integrity_fault',
          fencing,
          outcome: refusedOutcome(integration, answer),
          happened: false,
          reason: 'the idempotency key was used for other bytes',
        },
      }
    case 'foreign': {
      const outcome = doneOutcome(integration, answer)
      return {
        name: 'integrity_fault',
        event: {
          type: 'integrity_fault',
          fencing,
          outcome,
          happened: true,
          reason: 'the provider answered from another account or mode',
        },
        storable: outcome.storable,
      }
    }
  }
}

function doneOutcome(integration: Integration, answer: WireAnswer | Problem): Outcome {
  const body = answer instanceof Problem || answer.kind !== 'answer' ? undefined : answer.body
  return { storable: integration.storable(body), ...requestOf(answer) }
}

function refusedOutcome(integration: Integration, answer: WireAnswer | Problem): Outcome {
  const problem = answer instanceof Problem ? answer : integration.problemOf(answer)
  return { ...problemOutcome(problem), ...requestOf(answer) }
}

/** A problem as it is stored, to be thrown again at whoever calls. */
export function problemOutcome(problem: Problem): Outcome {
  return {
    problem: {
      code: problem.code,
      message: problem.message,
      ...(problem.nextStep === undefined ? {} : { nextStep: problem.nextStep }),
      ...(problem.details === undefined ? {} : { details: problem.details }),
    },
  }
}

function requestOf(answer: WireAnswer | Problem): { requestId?: string } {
  const id = answer instanceof Problem || answer.kind !== 'answer' ? undefined : answer.requestId
  return id === undefined ? {} : { requestId: id }
}

/** How an attempt ended, for the audit log: never a body. */
export function describeAnswer(answer: WireAnswer | Problem): Record<string, unknown> {
  if (answer instanceof Problem) return { not_sent: answer.code }
  if (answer.kind === 'no_answer') return { no_answer: answer.reason }
  return { status: answer.status, request_id: answer.requestId ?? null, replayed: answer.replayed }
}
