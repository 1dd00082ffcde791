import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Actor } from '../contract/actor.ts'
import type { WorkspaceId } from '../contract/ids.ts'
import type { Intent } from '../confirmations/confirmation.ts'
import { listConfirmations } from '../confirmations/list-confirmations.ts'
import { applyEvent, type Applied } from '../confirmations/store.ts'
import { isActive } from '../connections/is-active.ts'
import type { Tx } from '../storage/storage.ts'
import type { Calls } from './calls.ts'
import { sendConfirmation } from './send-confirmation.ts'

/** More than a crashed hub can have had in flight at once. */
const MAX_RECOVERED = 1_000

/**
 * Takes over what an earlier process was sending when it died, and sends the same bytes under the same key, or
 * leaves it to be reconciled where that must not be.
 * `holderGone`: no other process can be alive, so leases need not lapse first. Resolves when everything is taken
 * over; the sending goes on behind it. Answers how many there were.
 */
export async function recoverCalls(
  calls: Calls,
  workspace: WorkspaceId,
  holderGone: boolean,
): Promise<number> {
  const { context } = calls
  const actor: Actor = { type: 'system', workspace, part: 'hub' }
  const lost = await listConfirmations(context, workspace, { states: ['sending'], limit: MAX_RECOVERED })
  let recovered = 0
  for (const { intent } of lost) {
    if (calls.inFlight.has(intent.id)) continue
    const taken = await takeOver(calls, actor, intent, holderGone)
    if (!taken.ok || taken.confirmation.progress.state !== 'sending') continue
    recovered += 1
    void sendConfirmation(calls, actor, taken.confirmation).catch((error: unknown) =>
      calls.log('recovery_failed', { confirmation: intent.id, error: String(error) }),
    )
  }
  return recovered
}

/** Takes one over from a holder that is gone: to send it again, or to look for proof where that must not be. */
function takeOver(calls: Calls, actor: Actor, intent: Intent, holderGone: boolean): Promise<Applied> {
  const { context, node } = calls
  return auditedTransaction(context, async (tx) => {
    const mayNotResend = await whyNotResend(tx, intent)
    const taken = await applyEvent(
      context,
      tx,
      actor,
      intent.id,
      { type: 'take_over', holder: node, holderGone },
      'taken_over',
      { resends: mayNotResend === undefined, request_hash: intent.requestHash },
    )
    const reason = taken.ok
      ? mayNotResend
      : taken.refusal === 'too_late_to_resend'
        ? 'too late to send it again'
        : undefined
    if (reason === undefined) return taken
    const { fencing } = taken.confirmation.progress
    const event = { type: 'uncertain', fencing, reason } as const
    return applyEvent(context, tx, actor, intent.id, event, 'uncertain', { fencing, reason })
  })
}

async function whyNotResend(tx: Tx, intent: Intent): Promise<string | undefined> {
  // Without an idempotency key, sending again could do it again.
  if (intent.request.method === 'DELETE') return 'the hub stopped before the answer came'
  return (await isActive(tx, intent.workspace, intent.connection))
    ? undefined
    : 'the connection was stopped before it could be sent again'
}
