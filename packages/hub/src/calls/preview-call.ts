import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Context } from '../audit/context.ts'
import type { DeviceActor } from '../contract/actor.ts'
import { canonicalJson, sha256 } from '../contract/canonical.ts'
import { cleanText } from '../contract/clean-text.ts'
import { assuranceAtLeast } from '../contract/effects.ts'
import { isoTime, type ConfirmationId } from '../contract/ids.ts'
import { hashRequest, type Confirmation, type Intent } from '../confirmations/confirmation.ts'
import { firstProgress, reduce } from '../confirmations/reducer.ts'
import { insertConfirmation } from '../confirmations/store.ts'
import { viewConfirmation, type ConfirmationView } from '../confirmations/view.ts'
import type { Params } from '../integrations/define.ts'
import type { Tx } from '../storage/storage.ts'
import { readPolicy } from '../policy/policies.ts'
import { withCallRefusalsAudited } from './audited-refusals.ts'
import { findTool, type Calls } from './calls.ts'
import { planWrite } from './plan-write.ts'
import { orBlocked, policyForCall, policyForWrite } from './policy-for-call.ts'
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

const MAX_NOTE_LENGTH = 500

/** Says what a write would do, and stores exactly that as a confirmation. Nothing is changed at the provider. */
export function previewCall(calls: Calls, actor: DeviceActor, input: PreviewInput): Promise<Preview> {
  return withCallRefusalsAudited(calls.context, actor, { tool: input.tool }, () =>
    preview(calls, actor, input),
  )
}

async function preview(calls: Calls, actor: DeviceActor, input: PreviewInput): Promise<Preview> {
  const { context } = calls
  const { integration, card } = findTool(calls, input.tool)
  const connection = await calls.connections.choose(actor.workspace, integration.id, input.connection)
  const checked = integration.checkParams(card, input.params)
  const policy = await readPolicy(context.storage.db, actor.workspace)
  policyForCall(policy, actor, card, connection, context.now())
  if (card.mode === 'read') {
    return {
      needs_confirmation: false,
      tool: card.name,
      next_step: 'Reads need no preview: call clawlink_call_tool.',
    }
  }

  const plan = await planWrite(calls, actor, integration, card, connection, checked)
  const unseen = await unseenIds(
    context,
    { workspace: actor.workspace, device: actor.deviceId },
    integration.objectIdsIn(checked.params),
  )
  const now = context.now()
  const note =
    input.note === undefined ? null : Array.from(cleanText(input.note)).slice(0, MAX_NOTE_LENGTH).join('')
  const planned: Planned = {
    id: context.newId('conf') as ConfirmationId,
    workspace: actor.workspace,
    device: actor.deviceId,
    deviceLabel: actor.label,
    connection: connection.id,
    connectionAlias: connection.alias,
    account: connection.account,
    accountName: connection.displayName,
    mode: connection.mode,
    integration: integration.id,
    tool: card.name,
    catalogHash: integration.catalogHash,
    apiVersion: integration.apiVersion,
    params: checked.params,
    paramsHash: sha256(canonicalJson(checked.params)),
    request: plan.request,
    requestHash: hashRequest(plan.request),
    facts: plan.facts,
    description: {
      ...plan.description,
      warnings: [
        ...plan.description.warnings,
        ...unseen.map(
          (id) => `No answer to this device ever held ${id}: the agent has it from elsewhere, or made it up.`,
        ),
      ],
    },
    effect: plan.effect,
    stakes: plan.stakes,
    agentNote: note === '' ? null : note,
    createdAt: isoTime(now),
    idempotencyKey: context.newId('idem'),
  }
  const stored = await auditedTransaction(context, (tx) => decideAndStore(context, tx, actor, planned, now))
  return {
    ...viewConfirmation(stored, calls.publicUrl, now),
    needs_confirmation: true,
    next_step: nextStep(actor, stored),
  }
}

function nextStep({ scope }: DeviceActor, { intent, progress }: Confirmation): string {
  if (progress.state === 'approved')
    return 'Show this to the user. If they agree, call clawlink_call_tool with this confirmation.'
  if (scope.chatApprovals && assuranceAtLeast('chat', intent.needed))
    return 'Call clawlink_call_tool with this confirmation: the user is then asked in the chat.'
  return 'Give the user the approval_url: a signed-in person has to approve there. Then call clawlink_call_tool with this confirmation.'
}

type Planned = Omit<Intent, 'needed' | 'raisedBy' | 'allowance' | 'policyVersion' | 'repeats'>

/** In one transaction, so that no change of the policy falls between the decision and what is stored of it. */
async function decideAndStore(
  context: Context,
  tx: Tx,
  actor: DeviceActor,
  planned: Planned,
  now: number,
): Promise<Confirmation> {
  const { version, decision, repeat } = await policyForWrite(context, tx, actor, planned)
  const { assurance, reasons, allowance } = orBlocked(decision)
  const { description } = planned
  const repeated =
    repeat === undefined
      ? []
      : [`The same write already ran at ${repeat.at} (${repeat.id}, ${repeat.state}).`]
  const intent: Intent = {
    ...planned,
    description: { ...description, warnings: [...repeated, ...description.warnings] },
    needed: assurance,
    raisedBy: reasons,
    allowance,
    policyVersion: version,
    repeats: repeat ?? null,
  }
  let progress = firstProgress(intent.needed, now)
  if (assuranceAtLeast('agent', intent.needed)) {
    const step = reduce(progress, { type: 'approve', approval: { assurance: 'agent', by: 'policy' } }, now)
    if (step.ok) progress = step.progress
  }
  await insertConfirmation(context, tx, actor, intent, progress)
  return { intent, progress, version: 1 }
}
