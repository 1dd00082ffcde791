import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Context } from '../audit/context.ts'
import type { Actor, PersonActor } from '../contract/actor.ts'
import type { Assurance } from '../contract/effects.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import { cleanLine } from '../contract/clean-text.ts'
import { Problem } from '../contract/problem.ts'
import type { Tx } from '../storage/storage.ts'
import { hashIntent, type Confirmation } from './confirmation.ts'
import type { Refusal } from './reducer.ts'
import { applyEvent, loadConfirmation } from './store.ts'

export interface Approve {
  id: string
  /** The intent hash that the page showed: what is approved is what was looked at. */
  intentHash: string
  assurance: Extract<Assurance, 'dashboard' | 'passkey'>
  /** How the person proved to be there, for the audit log. */
  evidence: 'session' | 'password' | 'passkey'
  /** What a passkey signed, so that the audit log alone proves it later. */
  proof?: object
  /** What has to be written down with the approval, or there is none. */
  alongside?: (tx: Tx) => Promise<void>
}

/** A signed-in owner or approver says yes. */
export async function approveConfirmation(
  context: Context,
  actor: Actor,
  input: Approve,
): Promise<Confirmation> {
  const person = requireApprover(actor)
  const { intent } = await loadConfirmation(context.storage.db, person.workspace, input.id)
  const hash = hashIntent(intent)
  if (hash !== input.intentHash) {
    throw new Problem('confirmation_mismatch', 'This is not what the page showed. Nothing was approved.', {
      nextStep: 'Open the confirmation again and read it.',
    })
  }
  const { assurance, evidence, proof, alongside } = input
  const applied = await auditedTransaction(context, async (tx) => {
    const result = await applyEvent(
      context,
      tx,
      person,
      intent.id,
      { type: 'approve', approval: { assurance, by: person.personId } },
      'approved',
      { intent_hash: hash, assurance, evidence, ...(proof === undefined ? {} : { proof }) },
    )
    if (result.ok) await alongside?.(tx)
    return result
  })
  if (!applied.ok) throw refusalProblem(applied.refusal, applied.confirmation)
  return applied.confirmation
}

/** A signed-in owner or approver says no; possible until it is called. */
export async function denyConfirmation(
  context: Context,
  actor: Actor,
  input: { id: string; reason: string | null },
): Promise<Confirmation> {
  const person = requireApprover(actor)
  const reason = input.reason === null ? null : cleanLine(input.reason, 300)
  const applied = await auditedTransaction(context, (tx) =>
    applyEvent(context, tx, person, input.id as ConfirmationId, { type: 'deny', reason }, 'denied', {
      reason,
    }),
  )
  if (!applied.ok) throw refusalProblem(applied.refusal, applied.confirmation)
  return applied.confirmation
}

/** Whoever may decide: never a device, whatever it holds. */
export function requireApprover(actor: Actor): PersonActor {
  if (actor.type !== 'person') throw new Problem('forbidden', 'Only a signed-in person can decide this.')
  if (actor.role !== 'owner' && actor.role !== 'approver') {
    throw new Problem('forbidden', 'Your role may look at this, but not decide it.', {
      nextStep: 'Ask an owner to make you an approver.',
    })
  }
  return actor
}

/** Why an event was refused, for whoever asked for it. */
export function refusalProblem(refusal: Refusal, confirmation: Confirmation): Problem {
  const { state } = confirmation.progress
  switch (refusal) {
    case 'expired':
      return new Problem('confirmation_expired', 'This confirmation has expired.', {
        nextStep: 'Preview again with clawlink_preview_tool.',
      })
    case 'assurance_too_low':
      return new Problem('assurance_too_low', `This needs an approval by ${confirmation.progress.needed}.`)
    case 'wrong_state':
      if (state === 'sending' || state === 'reconciling') return inProgress()
      return new Problem('confirmation_decided', `This confirmation is ${state} already.`, {
        nextStep: 'clawlink_get_confirmation tells what became of it.',
      })
    case 'lease_held':
    case 'fenced_off':
    case 'too_late_to_resend':
      return inProgress()
    case 'contended':
      return new Problem(
        'confirmation_in_progress',
        'Something else is changing this confirmation right now.',
        {
          nextStep: 'Look at it again in a moment.',
        },
      )
  }
}

function inProgress(): Problem {
  return new Problem('confirmation_in_progress', 'This confirmation is being carried out.', {
    nextStep: 'Wait for its result with clawlink_get_confirmation.',
  })
}
