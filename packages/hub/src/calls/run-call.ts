import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { DeviceActor } from '../contract/actor.ts'
import { canonicalJson, sha256 } from '../contract/canonical.ts'
import { Problem, PROBLEMS } from '../contract/problem.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import type { Confirmation } from '../confirmations/confirmation.ts'
import { refusalProblem } from '../confirmations/decide-confirmation.ts'
import { stateAt, type Event } from '../confirmations/reducer.ts'
import { applyEvent, loadConfirmation, type Applied } from '../confirmations/store.ts'
import type { Connection } from '../connections/connection.ts'
import type { Integration, Params, PlannedWrite, ToolCard, View } from '../integrations/define.ts'
import { readPolicy } from '../policy/policies.ts'
import { answerOf, revoked, shapeFor, type CallResult } from './answer-of.ts'
import { auditedRead } from './audited-read.ts'
import { withCallRefusalsAudited } from './audited-refusals.ts'
import { findTool, type Calls } from './calls.ts'
import { planWrite } from './plan-write.ts'
import { policyForCall } from './policy-for-call.ts'
import { sendConfirmation, waitForSending } from './send-confirmation.ts'
import { takeWithinPolicy } from './take-within-policy.ts'

export interface CallInput {
  tool: string
  params?: Params | undefined
  connection?: string | undefined
  confirmation?: string | undefined
  view?: View | undefined
  fields?: string[] | undefined
}

/** An agent's HTTP client gives up about then; the write goes on, and its answer is kept. */
export const CALL_WAIT_MS = 55_000

/**
 * The way of a call, from top to bottom: the tool, the connection, the params, the policy; then a read is sent,
 * and a write is sent if and only if a confirmation of exactly this write is approved and unused.
 */
export function runCall(calls: Calls, actor: DeviceActor, input: CallInput): Promise<CallResult> {
  return withCallRefusalsAudited(calls.context, actor, input, () => callTool(calls, actor, input))
}

async function callTool(calls: Calls, actor: DeviceActor, input: CallInput): Promise<CallResult> {
  const { integration, card } = findTool(calls, input.tool)
  if (card.mode === 'write' && input.confirmation !== undefined) {
    return runConfirmed(calls, actor, integration, card, { ...input, confirmation: input.confirmation })
  }
  const connection = await calls.connections.choose(actor.workspace, integration.id, input.connection)
  const checked = integration.checkParams(card, input.params ?? {})
  const policy = await readPolicy(calls.context.storage.db, actor.workspace)
  policyForCall(policy, actor, card, connection, calls.context.now())
  if (card.mode === 'write') throw confirmationRequired(card)

  const request = integration.planRead(card, checked.params)
  const answer = await auditedRead(calls, actor, integration, connection, request, {
    tool: card.name,
    purpose: 'call',
  })
  const shaped = shapeFor(integration, answer.body, input)
  return {
    tool: card.name,
    connection: nameOf(connection),
    ...shaped,
    untrusted: true,
    ...(checked.advice.length === 0 ? {} : { advice: checked.advice }),
    ...(answer.requestId === undefined ? {} : { request_id: answer.requestId }),
  }
}

async function runConfirmed(
  calls: Calls,
  actor: DeviceActor,
  integration: Integration,
  card: ToolCard,
  input: CallInput & { confirmation: string },
): Promise<CallResult> {
  const confirmation = await loadConfirmation(calls.context.storage.db, actor.workspace, input.confirmation)
  const { intent } = confirmation
  if (intent.device !== actor.deviceId) {
    await auditedTransaction(calls.context, (tx) =>
      calls.context.audit.append(tx, {
        actor,
        action: 'call.refused',
        subject: intent.id,
        detail: { code: 'another_device', tool: card.name },
      }),
    )
    // Another device's confirmation is none of its business: the same answer as for one that never was.
    throw new Problem('confirmation_not_found', 'There is no such confirmation.', {
      nextStep: 'Make one with clawlink_preview_tool.',
    })
  }
  await burnIfDifferent(calls, actor, integration, card, confirmation, input)

  const state = stateAt(confirmation.progress, calls.context.now())
  const taken =
    state === 'approved'
      ? await take(calls, actor, integration, card, confirmation).catch(passOver)
      : undefined
  if (taken !== undefined) {
    sendConfirmation(calls, actor, taken).catch((error: unknown) =>
      calls.log('send_failed', { confirmation: intent.id, error: String(error) }),
    )
  }
  if (state !== 'approved' && state !== 'sending') return answerOf(calls, integration, confirmation, input)
  const sent = await waitForSending(calls, intent.id, CALL_WAIT_MS)
  const settled =
    sent?.confirmation ?? (await loadConfirmation(calls.context.storage.db, actor.workspace, intent.id))
  // The one call that carried it out gets what may be delivered only once.
  return answerOf(calls, integration, settled, input, taken === undefined ? undefined : sent?.body)
}

/** What is called must be what was previewed; anything else ends the confirmation. */
async function burnIfDifferent(
  calls: Calls,
  actor: DeviceActor,
  integration: Integration,
  card: ToolCard,
  { intent, progress }: Confirmation,
  input: CallInput,
): Promise<void> {
  const same =
    card.name === intent.tool &&
    (input.connection === undefined ||
      [intent.connectionAlias, intent.connection].includes(input.connection)) &&
    (input.params === undefined || paramsHash(integration, card, input.params) === intent.paramsHash)
  if (same) return
  const burnt = await change(
    calls,
    actor,
    intent.id,
    { type: 'revoke', because: 'params_changed' },
    'burnt',
    {
      reason: 'params_changed',
    },
  )
  throw new Problem(
    'confirmation_mismatch',
    burnt.ok || progress.state === 'revoked'
      ? 'This call is not what was previewed, so its confirmation is void. Nothing was sent.'
      : 'This call is not what was previewed. Nothing was sent by it.',
    { nextStep: 'Preview the write again with the params you mean, and have that approved.' },
  )
}

function paramsHash(integration: Integration, card: ToolCard, params: Params): string | undefined {
  try {
    return sha256(canonicalJson(integration.checkParams(card, params).params))
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** Takes an approved confirmation for this process, if everything it was approved under still holds. */
async function take(
  calls: Calls,
  actor: DeviceActor,
  integration: Integration,
  card: ToolCard,
  { intent }: Confirmation,
): Promise<Confirmation> {
  const connection = await calls.connections.get(intent.workspace, intent.connection)
  const policy = await readPolicy(calls.context.storage.db, actor.workspace)
  policyForCall(policy, actor, card, connection, calls.context.now())
  if (policy.version !== intent.policyVersion || integration.catalogHash !== intent.catalogHash) {
    await end(calls, actor, intent.id, { type: 'revoke', because: 'policy_changed' }, 'revoked', {
      reason: 'policy_changed',
    })
    throw revoked('The policy changed after this was approved.')
  }
  if (
    connection.state !== 'active' ||
    connection.account !== intent.account ||
    connection.mode !== intent.mode
  ) {
    await end(calls, actor, intent.id, { type: 'revoke', because: 'connection_changed' }, 'revoked', {
      reason: 'connection_changed',
    })
    throw revoked('The connection changed after this was approved.')
  }
  const plan = await refuseIfStale(calls, actor, integration, card, connection, intent.id, intent)

  const applied = await auditedTransaction(calls.context, (tx) =>
    takeWithinPolicy(calls, tx, actor, intent, plan),
  )
  if (applied === 'policy_changed') throw revoked('The policy changed after this was approved.')
  if (!applied.ok) throw whyRefused(applied)
  return applied.confirmation
}

/**
 * Plans the write once more: if other bytes would be sent, or what the person saw has changed, it is stale. Answers
 * the plan, since what is at stake may have grown all the same.
 */
async function refuseIfStale(
  calls: Calls,
  actor: DeviceActor,
  integration: Integration,
  card: ToolCard,
  connection: Connection,
  id: ConfirmationId,
  intent: Confirmation['intent'],
): Promise<PlannedWrite> {
  let changed: string[]
  try {
    const plan = await planWrite(calls, actor, integration, card, connection, {
      params: intent.params,
      statedCurrencies: {},
      advice: [],
    })
    changed = Object.keys({ ...plan.facts, ...intent.facts }).filter(
      (fact) => plan.facts[fact] !== intent.facts[fact],
    )
    if (changed.length === 0 && canonicalJson(plan.request) === canonicalJson(intent.request)) return plan
  } catch (error) {
    // Where Stripe cannot be asked, nothing is known to have changed: the confirmation stays.
    if (!(error instanceof Problem) || PROBLEMS[error.code].retryable) throw error
    changed = [error.message]
  }
  await end(calls, actor, id, { type: 'outdate' }, 'outdated', { changed })
  throw new Problem(
    'confirmation_stale',
    'What was approved no longer matches the account. Nothing was sent.',
    {
      nextStep: 'Preview the write again; the new preview shows the present state.',
      details: { changed },
    },
  )
}

/** Ends it; throws if it cannot be ended, as when another node has sent it meanwhile. */
async function end(...how: Parameters<typeof change>): Promise<void> {
  const applied = await change(...how)
  if (!applied.ok) throw whyRefused(applied)
}

/** Something else was faster: another call took it, or a person ended it. What became of it is the answer then. */
class Overtaken extends Error {
  override name = 'Overtaken'
}

function whyRefused({ refusal, confirmation }: Extract<Applied, { ok: false }>): Error {
  return refusal === 'wrong_state' ? new Overtaken() : refusalProblem(refusal, confirmation)
}

function passOver(error: unknown): undefined {
  if (!(error instanceof Overtaken)) throw error
}

function change(
  calls: Calls,
  actor: DeviceActor,
  id: ConfirmationId,
  event: Event,
  name: string,
  detail: Record<string, unknown>,
): Promise<Applied> {
  return auditedTransaction(calls.context, (tx) =>
    applyEvent(calls.context, tx, actor, id, event, name, detail),
  )
}

function confirmationRequired(card: ToolCard): Problem {
  return new Problem(
    'confirmation_required',
    `${card.name} changes the account, so it needs a confirmation. Nothing was sent.`,
    {
      nextStep:
        'Call clawlink_preview_tool with the same tool and params, show the preview to the user, and pass its confirmation.',
    },
  )
}

function nameOf(connection: Connection): CallResult['connection'] {
  return { alias: connection.alias, account: connection.account, mode: connection.mode }
}
