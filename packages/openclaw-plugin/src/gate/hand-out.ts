import { problem, type Answer } from '../answer.ts'
import type { Memory } from './memory.ts'
import { isUpToTheAgent, type View } from './view.ts'

/** What a call is answered that has to be seen by somebody before it is made. */
export function showFirst(memory: Memory, view: View): Answer {
  if (view.state === 'approved' && isUpToTheAgent(view)) {
    return problem(
      'confirmation_required',
      'Nothing was sent yet: the user has to see what this does.',
      'Show them summary, changes and warnings. If they agree, call clawlink_call_tool with this confirmation.',
      { ...shown(view), changes: view.changes, retryable: true },
    )
  }
  memory.handedOut.set(view.confirmation, true)
  return problem(
    'approval_required',
    'A person has to approve this on the hub. Nothing was sent yet.',
    'Show the user the summary and the approval_url. Then call clawlink_get_confirmation with wait_seconds, and once it is approved clawlink_call_tool with this confirmation.',
    { ...shown(view), approval_url: view.approval_url, needs: view.needs, retryable: true },
  )
}

function shown({ confirmation, summary, warnings, expires_at }: View): Record<string, unknown> {
  return { confirmation, summary, ...(warnings.length === 0 ? {} : { warnings }), expires_at }
}
