import type { Actor } from '../contract/actor.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import { asProblem, Problem } from '../contract/problem.ts'
import type { Confirmation } from '../confirmations/confirmation.ts'
import type { Event, Outcome } from '../confirmations/reducer.ts'
import { applyEvent } from '../confirmations/store.ts'
import type { Integration, Verdict, WireAnswer } from '../integrations/define.ts'
import { integrationOf, type Calls } from './calls.ts'
import { rememberIds } from './seen-ids.ts'

const FIRST_BACKOFF_MS = 500
const MAX_BACKOFF_MS = 5 * 60 * 1000

/** Where a confirmation stands after sending; `body` is the provider's own answer, with what may be delivered only once. */
export interface Sent {
  confirmation: Confirmation
  body?: unknown
}

/**
 * Sends a confirmation that was taken, attempt after attempt under the same key with the same bytes, until its
 * fate is written down. The audit row of the first attempt is there already; each further one is written here,
 * before its bytes leave. A shutdown leaves it `sending`, for the next start to take over.
 */
export function sendConfirmation(calls: Calls, actor: Actor, taken: Confirmation): Promise<Sent> {
  const { id } = taken.intent
  const running = attemptUntilKnown(calls, actor, taken).finally(() => calls.inFlight.delete(id))
  calls.inFlight.set(id, running)
  return running
}

async function attemptUntilKnown(calls: Calls, actor: Actor, taken: Confirmation): Promise<Sent> {
  const { intent } = taken
  const integration = integrationOf(calls, intent.integration)
  let current = taken
  for (;;) {
    const answer = await attempt(calls, integration, current)
    const verdict =
      answer instanceof Problem
        ? 'rejected'
        : integration.judge(intent.request, answer, { mode: intent.mode })
    if (verdict !== 'busy' && verdict !== 'lost')
      return finish(calls, actor, integration, current, verdict, answer)

    await calls.sleep(backoff(current.progress.attempts, answer))
    if (calls.isShuttingDown()) return { confirmation: current }
    const again = await calls.context.storage.transaction((tx) =>
      applyEvent(
        calls.context,
        tx,
        actor,
        intent.id,
        { type: 'resend', fencing: current.progress.fencing },
        'resent',
        {
          attempt: current.progress.attempts + 1,
          after: describeAnswer(answer),
          request_hash: intent.requestHash,
        },
      ),
    )
    if (!again.ok) {
      if (again.refusal !== 'too_late_to_resend') return { confirmation: again.confirmation }
      return finish(calls, actor, integration, current, 'uncertain', answer)
    }
    current = again.confirmation
  }
}

async function attempt(
  calls: Calls,
  integration: Integration,
  current: Confirmation,
): Promise<WireAnswer | Problem> {
  const { intent } = current
  try {
    const connection = await calls.connections.get(intent.workspace, intent.connection)
    return await calls.connections.withCredential(connection, (key) =>
      integration.send(intent.request, {
        origin: calls.originOf(connection),
        key,
        idempotencyKey: intent.request.method === 'POST' ? intent.idempotencyKey : undefined,
      }),
    )
  } catch (error) {
    // The credential did not open (frozen, removed): no byte of this attempt left.
    return asProblem(error)
  }
}

async function finish(
  calls: Calls,
  actor: Actor,
  integration: Integration,
  current: Confirmation,
  verdict: Exclude<Verdict, 'busy' | 'lost'>,
  answer: WireAnswer | Problem,
): Promise<Sent> {
  const { intent, progress } = current
  const { fencing } = progress
  const outcome = outcomeOf(integration, verdict, answer)
  const [name, event] = endOf(verdict, fencing, outcome)
  const detail = { attempt: progress.attempts, fencing, ...describeAnswer(answer) }
  const applied = await calls.context.storage.transaction(async (tx) => {
    const result = await applyEvent(calls.context, tx, actor, intent.id, event, name, detail)
    if (result.ok && event.type === 'integrity_fault') {
      await calls.connections.freeze(tx, actor, intent.connection, event.reason)
    }
    if (result.ok && outcome.storable !== undefined)
      await rememberIds(calls.context, tx, intent, integration.objectIdsIn(outcome.storable))
    return result
  })
  const { confirmation } = applied
  const accepted = verdict === 'accepted' && !(answer instanceof Problem) && answer.kind === 'answer'
  return accepted ? { confirmation, body: answer.body } : { confirmation }
}

function endOf(
  verdict: Exclude<Verdict, 'busy' | 'lost'>,
  fencing: number,
  outcome: Outcome,
): [string, Event] {
  switch (verdict) {
    case 'accepted':
      return ['succeeded', { type: 'accepted', fencing, outcome }]
    case 'rejected':
      return ['rejected', { type: 'rejected', fencing, outcome }]
    case 'uncertain':
      return [
        'uncertain',
        { type: 'uncertain', fencing, reason: 'the provider could not say whether it happened' },
      ]
    case 'key_reused':
      return [
        'integrity_fault',
        {
          type: 'integrity_fault',
          fencing,
          outcome,
          happened: false,
          reason: 'the idempotency key was used for other bytes',
        },
      ]
    case 'foreign':
      return [
        'integrity_fault',
        {
          type: 'integrity_fault',
          fencing,
          outcome,
          happened: true,
          reason: 'the provider answered from another account or mode',
        },
      ]
  }
}

function outcomeOf(integration: Integration, verdict: Verdict, answer: WireAnswer | Problem): Outcome {
  const request =
    answer instanceof Problem || answer.kind !== 'answer' || answer.requestId === undefined
      ? {}
      : { requestId: answer.requestId }
  if (
    !(answer instanceof Problem) &&
    answer.kind === 'answer' &&
    (verdict === 'accepted' || verdict === 'foreign')
  ) {
    return {
      storable: integration.storable(answer.body),
      ...request,
    }
  }
  const problem = answer instanceof Problem ? answer : integration.problemOf(answer)
  return {
    problem: {
      code: problem.code,
      message: problem.message,
      ...(problem.nextStep === undefined ? {} : { nextStep: problem.nextStep }),
      ...(problem.details === undefined ? {} : { details: problem.details }),
    },
    ...request,
  }
}

/** How an attempt ended, for the audit log: never a body. */
function describeAnswer(answer: WireAnswer | Problem): Record<string, unknown> {
  if (answer instanceof Problem) return { not_sent: answer.code }
  if (answer.kind === 'no_answer') return { no_answer: answer.reason }
  return { status: answer.status, request_id: answer.requestId ?? null, replayed: answer.replayed }
}

function backoff(attempts: number, answer: WireAnswer | Problem): number {
  const asked = answer instanceof Problem || answer.kind !== 'answer' ? undefined : answer.retryAfterSeconds
  const doubled = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempts - 1, 20), MAX_BACKOFF_MS)
  return asked === undefined ? doubled : Math.min(Math.max(asked * 1000, doubled), MAX_BACKOFF_MS)
}

/** What is in flight, if it settles within the time. */
export async function waitForSending(
  calls: Calls,
  id: ConfirmationId,
  milliseconds: number,
): Promise<Sent | undefined> {
  const running = calls.inFlight.get(id)
  if (running === undefined) return undefined
  return Promise.race([running.catch(() => undefined), calls.sleep(milliseconds).then(() => undefined)])
}
