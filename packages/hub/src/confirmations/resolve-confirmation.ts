import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Context } from '../audit/context.ts'
import { cleanLine } from '../contract/clean-text.ts'
import type { Actor } from '../contract/actor.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Confirmation } from './confirmation.ts'
import { refusalProblem, requireApprover } from './decide-confirmation.ts'
import type { Outcome } from './reducer.ts'
import { applyEvent, loadConfirmation } from './store.ts'

export interface Resolve {
  id: string
  happened: boolean
  /** What the person saw; kept in the audit log and told to the agent. */
  reason: string
}

const MAX_REASON_LENGTH = 300

/** A signed-in owner or approver looked at the account, and says how a write ended that nobody could prove. */
export async function resolveConfirmation(
  context: Context,
  actor: Actor,
  input: Resolve,
): Promise<Confirmation> {
  const person = requireApprover(actor)
  const reason = cleanLine(input.reason, MAX_REASON_LENGTH).trim()
  if (reason === '') {
    throw new Problem('invalid_params', 'Say what you saw in Stripe: it is kept with the answer.', {
      nextStep: 'Enter a reason.',
    })
  }
  const { progress } = await loadConfirmation(context.storage.db, person.workspace, input.id)
  const outcome: Outcome = input.happened
    ? { ...progress.outcome, storable: progress.outcome?.storable ?? null, resolvedBy: person.personId }
    : {
        problem: {
          code: 'write_not_carried_out',
          message: `A person looked: this did not happen. ${reason}`,
          nextStep: 'Ask the user whether it is still wanted, and preview it anew if so.',
        },
        resolvedBy: person.personId,
      }
  const { happened } = input
  const applied = await auditedTransaction(context, (tx) =>
    applyEvent(
      context,
      tx,
      person,
      input.id as ConfirmationId,
      { type: 'resolve', happened, outcome, reason },
      'resolved',
      { happened, reason },
    ),
  )
  if (!applied.ok) throw refusalProblem(applied.refusal, applied.confirmation)
  return applied.confirmation
}
