import { namedId, withRefusalsAudited, type RefusalRow } from '../audit/audited-refusals.ts'
import type { Context } from '../audit/context.ts'
import type { DeviceActor } from '../contract/actor.ts'
import type { Problem } from '../contract/problem.ts'

/** Runs a call; the audit log tells which rule denied it, or which guard stopped a write that was approved. */
export function withCallRefusalsAudited<T>(
  context: Context,
  actor: DeviceActor,
  { tool, confirmation }: { tool: string; confirmation?: string | undefined },
  work: () => Promise<T>,
): Promise<T> {
  // All of these come after the tool was found: its name is not the agent's own text.
  const refused = ({ code }: Problem): RefusalRow => ({
    action: 'call.refused',
    subject: namedId(confirmation, tool),
    detail: { code, tool },
  })
  return withRefusalsAudited(
    context,
    actor,
    {
      tool_blocked: ({ details }) => ({
        action: 'policy.denied',
        subject: tool,
        detail: { rule: details?.['rule'], why: details?.['why'] },
      }),
      assurance_too_low: refused,
      confirmation_mismatch: refused,
      connection_frozen: refused,
    },
    work,
  )
}
