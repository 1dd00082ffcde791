import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Context } from '../audit/context.ts'
import type { DeviceActor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import { hashIntent, type Confirmation } from './confirmation.ts'
import { refusalProblem } from './decide-confirmation.ts'
import type { Event } from './reducer.ts'
import { applyEvent, loadConfirmation } from './store.ts'

export interface AttestDecision {
  id: string
  intentHash: string
  decision: 'approve' | 'deny'
  /** The statement that the device signed, for the audit log. */
  proof: object
}

/**
 * A person answered in a chat, and the device that asked there passes it on: that is worth `chat`, and no more. Only
 * for what the device asked for itself, and only from one that a person let attest; what the model can call never
 * comes here.
 */
export async function attestDecision(
  context: Context,
  device: DeviceActor,
  input: AttestDecision,
): Promise<Confirmation> {
  const { intent } = await loadConfirmation(context.storage.db, device.workspace, input.id)
  if (intent.device !== device.deviceId) {
    throw new Problem('confirmation_not_found', 'There is no such confirmation.')
  }
  if (!device.scope.chatApprovals) {
    throw new Problem('attestation_refused', 'This device may not pass on approvals given in a chat.')
  }
  const hash = hashIntent(intent)
  if (hash !== input.intentHash) {
    throw new Problem(
      'confirmation_mismatch',
      'This is not what was shown in the chat. Nothing was approved.',
      {
        nextStep: 'Read the confirmation again, and ask about what it says.',
      },
    )
  }
  const event: Event =
    input.decision === 'approve'
      ? { type: 'approve', approval: { assurance: 'chat', by: `chat:${device.deviceId}` } }
      : { type: 'deny', reason: 'The user said no in the chat.' }
  const applied = await auditedTransaction(context, (tx) =>
    applyEvent(context, tx, device, intent.id, event, input.decision === 'approve' ? 'approved' : 'denied', {
      intent_hash: hash,
      evidence: 'chat',
      ...(input.decision === 'approve' ? { assurance: 'chat' } : {}),
      proof: input.proof,
    }),
  )
  if (!applied.ok) throw refusalProblem(applied.refusal, applied.confirmation)
  return applied.confirmation
}
