import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Actor } from '../contract/actor.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import { asProblem, Problem } from '../contract/problem.ts'
import type { Confirmation } from '../confirmations/confirmation.ts'
import { applyEvent, type Applied } from '../confirmations/store.ts'
import { isActive } from '../connections/is-active.ts'
import type { Integration, WireAnswer } from '../integrations/define.ts'
import { integrationOf, type Calls } from './calls.ts'
import { describeAnswer, endOf, type End } from './end-of-attempt.ts'
import { startReconciling } from './reconcile-calls.ts'
import { rememberIds } from './seen-ids.ts'

const FIRST_BACKOFF_MS = 500
/** Often enough that a person who waits sees it move once Stripe is back. */
const MAX_BACKOFF_MS = 5 * 60 * 1000
/** Stripe asks for seconds; what asks for more than this is not worth trusting. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000

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
    // Whoever takes it over sends it: that may be this node, in a minute.
    if (answer === 'lease_too_short') return { confirmation: current }
    const verdict =
      answer instanceof Problem
        ? 'rejected'
        : integration.judge(intent.request, answer, { mode: intent.mode })
    if (verdict !== 'busy' && verdict !== 'lost')
      return finish(calls, actor, integration, current, answer, endOf(integration, current, verdict, answer))

    await calls.sleep(backoff(current.progress.attempts, answer))
    if (calls.isShuttingDown()) return { confirmation: current }
    const again = await resend(calls, actor, current, answer)
    if (again.ok && again.confirmation.progress.state === 'sending') {
      current = again.confirmation
      continue
    }
    if (again.ok) startReconciling(calls, again.confirmation)
    return { confirmation: again.confirmation }
  }
}

/** One attempt; nothing of it leaves the hub unless all of it, to its timeout, falls into the lease. */
async function attempt(
  calls: Calls,
  integration: Integration,
  current: Confirmation,
): Promise<WireAnswer | Problem | 'lease_too_short'> {
  const { intent, progress } = current
  try {
    const connection = await calls.connections.get(intent.workspace, intent.connection)
    return await calls.connections.withCredential(connection, async (key) => {
      // A machine that slept, or a disk that hung, after the row was written: another node may be sending by now.
      const endsBy = calls.context.now() + integration.attemptTimeoutMs
      if (progress.leaseUntil === null || endsBy > progress.leaseUntil) return 'lease_too_short'
      return integration.send(intent.request, {
        origin: calls.originOf(connection),
        key,
        idempotencyKey: intent.request.method === 'POST' ? intent.idempotencyKey : undefined,
      })
    })
  } catch (error) {
    // The credential did not open (frozen, removed): no byte of this attempt left.
    return asProblem(error)
  }
}

/** Writes the next attempt down, or why there will be none: then proof has to be found. */
function resend(
  calls: Calls,
  actor: Actor,
  { intent, progress }: Confirmation,
  answer: WireAnswer | Problem,
): Promise<Applied> {
  const { context } = calls
  const { fencing } = progress
  const after = describeAnswer(answer)
  return auditedTransaction(context, async (tx) => {
    const giveUp = (reason: string): Promise<Applied> =>
      applyEvent(context, tx, actor, intent.id, { type: 'uncertain', fencing, reason }, 'uncertain', {
        attempt: progress.attempts,
        fencing,
        reason,
        after,
      })
    if (!(await isActive(tx, intent.workspace, intent.connection)))
      return giveUp('the connection was stopped before it could be sent again')
    const again = await applyEvent(context, tx, actor, intent.id, { type: 'resend', fencing }, 'resent', {
      attempt: progress.attempts + 1,
      fencing,
      after,
      request_hash: intent.requestHash,
    })
    return !again.ok && again.refusal === 'too_late_to_resend' ? giveUp('too late to send it again') : again
  })
}

/** Writes down how it ended. An answer that came too late changes nothing, but the log has it. */
async function finish(
  calls: Calls,
  actor: Actor,
  integration: Integration,
  current: Confirmation,
  answer: WireAnswer | Problem,
  { name, event, storable }: End,
): Promise<Sent> {
  const { context } = calls
  const { intent, progress } = current
  const detail = { attempt: progress.attempts, fencing: progress.fencing, ...describeAnswer(answer) }
  const applied = await auditedTransaction(context, async (tx) => {
    const result = await applyEvent(context, tx, actor, intent.id, event, name, detail)
    // Whoever brings it: a fault says something about the connection.
    if (event.type === 'integrity_fault') {
      await calls.connections.freeze(tx, actor, intent.connection, event.reason)
    }
    if (!result.ok) {
      await context.audit.append(tx, {
        actor,
        action: 'confirmation.late_answer',
        subject: intent.id,
        detail: { ...detail, as: name, refused: result.refusal },
      })
    } else if (storable !== undefined) {
      await rememberIds(context, tx, intent, integration.objectIdsIn(storable))
    }
    return result
  })
  const { confirmation } = applied
  if (applied.ok) startReconciling(calls, confirmation)
  const accepted = applied.ok && event.type === 'accepted'
  return accepted && !(answer instanceof Problem) && answer.kind === 'answer'
    ? { confirmation, body: answer.body }
    : { confirmation }
}

function backoff(attempts: number, answer: WireAnswer | Problem): number {
  const asked = answer instanceof Problem || answer.kind !== 'answer' ? undefined : answer.retryAfterSeconds
  const doubled = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempts - 1, 20), MAX_BACKOFF_MS)
  return asked === undefined ? doubled : Math.max(Math.min(asked * 1000, MAX_RETRY_AFTER_MS), doubled)
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
