import type { Actor } from '../contract/actor.ts'
import type { WorkspaceId } from '../contract/ids.ts'
import { applyEvent, listConfirmations } from '../confirmations/store.ts'
import type { Calls } from './calls.ts'
import { sendConfirmation } from './send-confirmation.ts'

/** More than a crashed hub can have had in flight at once. */
const MAX_RECOVERED = 1_000

/**
 * Takes over what an earlier process was sending when it died, and sends the same bytes under the same key.
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
  for (const { intent, progress } of lost) {
    if (calls.inFlight.has(intent.id)) continue
    const applied = await context.storage.transaction(async (tx) => {
      const leaveUncertain = (reason: string) =>
        applyEvent(
          context,
          tx,
          actor,
          intent.id,
          { type: 'uncertain', fencing: progress.fencing, reason },
          'uncertain',
        )
      // Without an idempotency key, sending again could do it again: proof has to be found instead.
      if (intent.request.method === 'DELETE') return leaveUncertain('the hub stopped before the answer came')
      const taken = await applyEvent(
        context,
        tx,
        actor,
        intent.id,
        { type: 'take_over', holder: calls.node, holderGone },
        'taken_over',
        { attempt: progress.attempts + 1, request_hash: intent.requestHash, from: progress.holder },
      )
      return !taken.ok && taken.refusal === 'too_late_to_resend'
        ? leaveUncertain('too late to send it again')
        : taken
    })
    if (!applied.ok || applied.confirmation.progress.state !== 'sending') continue
    recovered += 1
    void sendConfirmation(calls, actor, applied.confirmation).catch((error: unknown) =>
      calls.log('recovery_failed', { confirmation: intent.id, error: String(error) }),
    )
  }
  return recovered
}
