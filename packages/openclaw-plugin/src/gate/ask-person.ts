import type { ApprovalRequest, Resolution, ToolCallContext } from '../openclaw-api.ts'
import type { GateDeps } from './gate.ts'
import type { Prompt } from './prompt.ts'
import type { View } from './view.ts'

/** As long as a confirmation lives: by then whoever was missing may be there. */
const UNASKABLE_MS = 10 * 60 * 1000
const ATTEST_TIMEOUT_MS = 15_000

/** Asks, and tells the hub what the person said. The only place that attests; nothing a model can call leads here. */
export function askPerson(
  deps: GateDeps,
  view: View,
  prompt: Prompt,
  context: ToolCallContext,
): ApprovalRequest {
  const { memory } = deps
  memory.asked.set(view.confirmation, deps.now() + prompt.timeoutMs)
  // Where a run may not ask, OpenClaw answers itself and at once: that is nobody's word.
  let couldBeAPerson = false
  setImmediate(() => {
    couldBeAPerson = true
  })
  return {
    ...prompt,
    onResolution(decision) {
      memory.asked.delete(view.confirmation)
      memory.told.set(
        view.confirmation,
        resolved(deps, view, couldBeAPerson ? decision : 'cancelled', context),
      )
    },
  }
}

async function resolved(
  deps: GateDeps,
  view: View,
  decision: Resolution,
  { sessionKey = '', abortSignal }: ToolCallContext,
): Promise<void> {
  const { memory } = deps
  switch (decision) {
    case 'allow-once':
      // A yes that did not reach the hub has to be asked for again.
      if (await tell(deps, view, 'approve')) memory.said.set(view.confirmation, 'yes')
      return
    case 'deny':
      memory.said.set(view.confirmation, 'no')
      await tell(deps, view, 'deny')
      return
    case 'cancelled':
      if (abortSignal?.aborted !== true) memory.unaskable.set(sessionKey, deps.now() + UNASKABLE_MS)
      return
    case 'timeout':
    // Never offered, so it is no answer to what was asked.
    case 'allow-always':
      return
  }
}

/** Whether the hub heard it. If it does not take it, the confirmation stays as it is, and the call says what to do. */
async function tell(
  { memory, hub, log }: GateDeps,
  view: View,
  decision: 'approve' | 'deny',
): Promise<boolean> {
  const answer = { confirmation: view.confirmation, intentHash: view.intent_hash, decision }
  const told = await hub.attest(answer, AbortSignal.timeout(ATTEST_TIMEOUT_MS))
  if (told.ok) return true
  const { code } = told.error
  if (code === 'attestation_refused') memory.mayAttest = false
  log(`The hub did not take what was said in the chat about ${view.confirmation}: ${code}.`)
  return code !== 'hub_unreachable'
}
