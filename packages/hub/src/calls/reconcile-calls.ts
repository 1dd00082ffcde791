import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Actor } from '../contract/actor.ts'
import type { WorkspaceId } from '../contract/ids.ts'
import { asProblem, Problem } from '../contract/problem.ts'
import type { Confirmation } from '../confirmations/confirmation.ts'
import type { Event, Outcome } from '../confirmations/reducer.ts'
import { listConfirmations } from '../confirmations/list-confirmations.ts'
import { applyEvent, loadConfirmation } from '../confirmations/store.ts'
import type { Finding, Integration } from '../integrations/define.ts'
import { auditedReader } from './audited-read.ts'
import { integrationOf, type Calls } from './calls.ts'
import { problemOutcome } from './end-of-attempt.ts'
import { rememberIds } from './seen-ids.ts'

/** Stripe shows most effects within a second. */
const FIRST_BACKOFF_MS = 1000
/** As often as a person who waits for it would look. */
const MAX_BACKOFF_MS = 5 * 60 * 1000
/** Longer than Stripe has ever been away; then a person finds out sooner than asking on does. */
export const GIVE_UP_AFTER_HOURS = 12
/** With that backoff about sixteen hours: a second bound, for when the clock is wrong. */
export const MAX_TRIES = 200
/** So many ask at the same time; the others wait for the next round. */
const MAX_AT_ONCE = 64
const MAX_LISTED = 1_000

/** Starts asking for every confirmation whose outcome is not known; answers how many that are. Waits for none. */
export async function reconcileCalls(calls: Calls, workspace: WorkspaceId): Promise<number> {
  const waiting = await listConfirmations(calls.context, workspace, {
    states: ['reconciling'],
    limit: MAX_LISTED,
  })
  // The oldest first: they have waited longest, and are soonest over.
  for (const confirmation of waiting.toReversed()) {
    if (calls.reconciling.size >= MAX_AT_ONCE) break
    startReconciling(calls, confirmation)
  }
  return waiting.length
}

/** If it waits for proof, the provider is asked, again and again, until there is proof or no hope of any. */
export function startReconciling(calls: Calls, { intent, progress }: Confirmation): void {
  if (progress.state !== 'reconciling' || calls.reconciling.has(intent.id)) return
  const running = askUntilKnown(calls, intent)
    .catch((error: unknown) =>
      calls.log('reconciling_failed', { confirmation: intent.id, error: String(error) }),
    )
    .finally(() => calls.reconciling.delete(intent.id))
  calls.reconciling.set(intent.id, running)
}

async function askUntilKnown(calls: Calls, { id, workspace }: Confirmation['intent']): Promise<void> {
  const actor: Actor = { type: 'system', workspace, part: 'hub' }
  for (let tries = 1; ; tries += 1) {
    const confirmation = await loadConfirmation(calls.context.storage.db, workspace, id)
    if (confirmation.progress.state !== 'reconciling' || calls.isShuttingDown()) return
    const finding = await ask(calls, actor, confirmation)
    if (await settle(calls, actor, confirmation, finding, tries)) return
    await calls.sleep(Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(tries - 1, 20), MAX_BACKOFF_MS))
  }
}

/** Asks once, by reads alone; each of them is in the audit log. Where it cannot be asked, it is asked again. */
async function ask(calls: Calls, actor: Actor, { intent, progress }: Confirmation): Promise<Finding> {
  const { firstSentAt, quietSince } = progress
  if (firstSentAt === null || quietSince === null)
    return { kind: 'unprovable', because: 'it is not known when it was sent' }
  try {
    const integration = integrationOf(calls, intent.integration)
    const connection = await calls.connections.get(intent.workspace, intent.connection)
    if (connection.state === 'removed') return { kind: 'unprovable', because: 'the connection was removed' }
    const why = { tool: intent.tool, purpose: 'reconcile' } as const
    return await integration.findEffect(
      {
        tool: intent.tool,
        params: intent.params,
        request: intent.request,
        facts: intent.facts,
        changes: intent.description.changes,
        idempotencyKey: intent.idempotencyKey,
        firstSentAt,
        quietSince,
        now: calls.context.now(),
      },
      auditedReader(calls, actor, integration, connection, why),
    )
  } catch (error) {
    return { kind: 'too_early', because: `the account cannot be read (${asProblem(error).code})` }
  }
}

/** Writes down what was found, if it settles the matter; false if it has to be asked again. */
async function settle(
  calls: Calls,
  actor: Actor,
  confirmation: Confirmation,
  finding: Finding,
  tries: number,
): Promise<boolean> {
  const { context } = calls
  const { intent, progress } = confirmation
  const integration = integrationOf(calls, intent.integration)
  const isHopeless =
    tries >= MAX_TRIES || context.now() - (progress.quietSince ?? 0) >= GIVE_UP_AFTER_HOURS * 60 * 60 * 1000
  if (finding.kind === 'too_early' && !isHopeless) return false
  const event = eventOf(integration, confirmation, finding)
  await auditedTransaction(context, async (tx) => {
    const detail = { finding: finding.kind, because: finding.because, tries }
    const applied = await applyEvent(context, tx, actor, intent.id, event, 'reconciled', detail)
    if (applied.ok && finding.kind === 'happened')
      await rememberIds(context, tx, intent, integration.objectIdsIn(event.outcome?.storable))
  })
  return true
}

function eventOf(
  integration: Integration,
  { progress }: Confirmation,
  finding: Finding,
): Extract<Event, { type: 'proven' }> {
  const reason = finding.because
  switch (finding.kind) {
    case 'happened': {
      const { object, requestId } = finding
      const outcome = {
        storable: integration.storable(object),
        ...(requestId === undefined ? {} : { requestId }),
      }
      return { type: 'proven', happened: true, reason, outcome }
    }
    case 'did_not_happen': {
      const { problem } = finding
      // What Stripe said itself is the better answer, if it said anything.
      const said = problem === undefined ? progress.outcome : problemOutcome(problem)
      return { type: 'proven', happened: false, reason, outcome: said ?? notCarriedOut(finding.because) }
    }
    case 'too_early':
    case 'unprovable':
      return { type: 'proven', happened: null, reason, outcome: progress.outcome }
  }
}

function notCarriedOut(because: string): Outcome {
  return problemOutcome(
    new Problem('write_not_carried_out', `Its answer was lost, and it did not happen: ${because}.`, {
      nextStep: 'Ask the user whether it is still wanted, and preview it anew if so.',
    }),
  )
}
