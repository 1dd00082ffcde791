import type { DeviceActor } from '../contract/actor.ts'
import { assuranceAtLeast, higherEffect } from '../contract/effects.ts'
import { Problem } from '../contract/problem.ts'
import type { Intent } from '../confirmations/confirmation.ts'
import { applyEvent, type Applied } from '../confirmations/store.ts'
import type { PlannedWrite } from '../integrations/define.ts'
import type { Tx } from '../storage/storage.ts'
import { recordUsage } from '../policy/usage.ts'
import type { Calls } from './calls.ts'
import { orBlocked, policyForWrite } from './policy-for-call.ts'

/**
 * Takes an approved confirmation, if the policy lets it go now: what others sent since the preview counts, `plan` says
 * what is at stake by now, and what it adds is written down in the same transaction. A refusal leaves it approved,
 * since a limit may have room again before the approval expires; under another version of the policy it is revoked.
 */
export async function takeWithinPolicy(
  { context, node }: Pick<Calls, 'context' | 'node'>,
  tx: Tx,
  actor: DeviceActor,
  intent: Intent,
  plan: Pick<PlannedWrite, 'effect' | 'stakes'>,
): Promise<Applied | 'policy_changed'> {
  const write = { effect: higherEffect(intent.effect, plan.effect), stakes: plan.stakes }
  const { version, decision } = await policyForWrite(context, tx, actor, { ...intent, ...write })
  if (version !== intent.policyVersion) {
    const reason = 'policy_changed'
    await applyEvent(context, tx, actor, intent.id, { type: 'revoke', because: reason }, 'revoked', {
      reason,
    })
    return reason
  }
  const applied = await applyEvent(context, tx, actor, intent.id, { type: 'take', holder: node }, 'sending', {
    attempt: 1,
    tool: intent.tool,
    connection: intent.connection,
    account: intent.account,
    mode: intent.mode,
    method: intent.request.method,
    path: intent.request.path.split('?')[0],
    request_hash: intent.requestHash,
    idempotency_key: intent.idempotencyKey,
    policy_version: version,
    ...(decision.ok ? { allowance: decision.allowance } : {}),
  })
  // Who comes second to the same confirmation hears that, and not that its own first call filled a limit.
  if (!applied.ok) return applied
  const allowed = orBlocked(decision)
  const { approval } = applied.confirmation.progress
  if (approval === null || !assuranceAtLeast(approval.assurance, allowed.assurance)) {
    throw new Problem('assurance_too_low', `By now this needs an approval by ${allowed.assurance}.`, {
      nextStep: 'Preview the write again, and have the new confirmation approved.',
      details: { confirmation: intent.id, raised_by: allowed.reasons },
    })
  }
  await recordUsage(tx, intent.workspace, intent.id, {
    at: context.now(),
    tool: intent.tool,
    device: intent.device,
    connection: intent.connection,
    mode: intent.mode,
    effect: write.effect,
    customer: write.stakes.customer,
    money: write.stakes.money,
    allowance: allowed.allowance,
  })
  return applied
}
