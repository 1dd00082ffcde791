import type { DeviceActor } from '../contract/actor.ts'
import { canonicalJson, sha256 } from '../contract/canonical.ts'
import { cleanText } from '../contract/clean-text.ts'
import { assuranceAtLeast } from '../contract/effects.ts'
import { isoTime, type ConfirmationId } from '../contract/ids.ts'
import { hashRequest, type Intent } from '../confirmations/confirmation.ts'
import { firstProgress, reduce } from '../confirmations/reducer.ts'
import { findRepeat, insertConfirmation } from '../confirmations/store.ts'
import { viewConfirmation, type ConfirmationView } from '../confirmations/view.ts'
import type { Params } from '../integrations/define.ts'
import type { Raise } from '../policy/decide.ts'
import { readPolicy } from '../policy/policies.ts'
import { auditUnavailable } from './audited-read.ts'
import { findTool, type Calls } from './calls.ts'
import { planWrite } from './plan-write.ts'
import { policyForCall } from './policy-for-call.ts'
import { unseenIds } from './seen-ids.ts'

export interface PreviewInput {
  tool: string
  params: Params
  connection?: string | undefined
  /** The agent's own words to the person who approves. */
  note?: string | undefined
}

export type Preview =
  | { needs_confirmation: false; tool: string; next_step: string }
  | (ConfirmationView & { needs_confirmation: true; next_step: string })

/** Stripe keeps idempotency keys for a day, and people repeat themselves within one. */
const REPEAT_WINDOW_MS = 24 * 60 * 60 * 1000

const MAX_NOTE_LENGTH = 500

/** Says what a write would do, and stores exactly that as a confirmation. Nothing is changed at the provider. */
export async function previewCall(calls: Calls, actor: DeviceActor, input: PreviewInput): Promise<Preview> {
  const { context } = calls
  const { integration, card } = findTool(calls, input.tool)
  const connection = await calls.connections.choose(actor.workspace, integration.id, input.connection)
  const checked = integration.checkParams(card, input.params)
  const policy = await readPolicy(context.storage.db, actor.workspace)
  // Asked before anything is read, and again when the effect is known.
  policyForCall(policy, actor, card, connection, card.effect, [])
  if (card.mode === 'read') {
    return {
      needs_confirmation: false,
      tool: card.name,
      next_step: 'Reads need no preview: call clawlink_call_tool.',
    }
  }

  const plan = await planWrite(calls, actor, integration, card, connection, checked)
  const now = context.now()
  const written = {
    workspace: actor.workspace,
    account: connection.account,
    mode: connection.mode,
    tool: card.name,
    requestHash: hashRequest(plan.request),
  }
  const repeat = await findRepeat(context.storage.db, written, isoTime(now - REPEAT_WINDOW_MS))
  const raisedBy: Raise[] = [
    ...(plan.description.uninterpreted.length > 0 ? (['uninterpreted'] as const) : []),
    ...(repeat === undefined ? [] : (['repeat'] as const)),
  ]
  const decision = policyForCall(policy, actor, card, connection, plan.effect, raisedBy)
  const unseen = await unseenIds(
    context,
    { workspace: actor.workspace, device: actor.deviceId },
    integration.objectIdsIn(checked.params),
  )
  const note =
    input.note === undefined ? null : Array.from(cleanText(input.note)).slice(0, MAX_NOTE_LENGTH).join('')
  const intent: Intent = {
    ...written,
    id: context.newId('conf') as ConfirmationId,
    device: actor.deviceId,
    deviceLabel: actor.label,
    connection: connection.id,
    connectionAlias: connection.alias,
    accountName: connection.displayName,
    integration: integration.id,
    catalogHash: integration.catalogHash,
    apiVersion: integration.apiVersion,
    params: checked.params,
    paramsHash: sha256(canonicalJson(checked.params)),
    request: plan.request,
    facts: plan.facts,
    description: {
      ...plan.description,
      warnings: [
        ...(repeat === undefined
          ? []
          : [`The same write already ran at ${repeat.at} (${repeat.id}, ${repeat.state}).`]),
        ...plan.description.warnings,
        ...unseen.map(
          (id) => `No answer to this device ever held ${id}: the agent has it from elsewhere, or made it up.`,
        ),
      ],
    },
    effect: plan.effect,
    needed: decision.assurance,
    raisedBy: decision.reasons,
    policyVersion: policy.version,
    agentNote: note === '' ? null : note,
    createdAt: isoTime(now),
    idempotencyKey: context.newId('idem'),
  }

  let progress = firstProgress(intent.needed, now)
  if (assuranceAtLeast('agent', intent.needed)) {
    const step = reduce(progress, { type: 'approve', approval: { assurance: 'agent', by: 'policy' } }, now)
    if (step.ok) progress = step.progress
  }
  try {
    await context.storage.transaction((tx) => insertConfirmation(context, tx, actor, intent, progress))
  } catch (error) {
    throw auditUnavailable(error)
  }
  return {
    ...viewConfirmation({ intent, progress, version: 1 }, calls.publicUrl, now),
    needs_confirmation: true,
    next_step:
      progress.state === 'approved'
        ? 'Show this to the user. If they agree, call clawlink_call_tool with this confirmation.'
        : 'Give the user the approval_url: a signed-in person has to approve there. Then call clawlink_call_tool with this confirmation.',
  }
}
