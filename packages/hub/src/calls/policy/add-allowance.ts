import type { Context } from '../../audit/context.ts'
import type { Actor } from '../../contract/actor.ts'
import { isoTime } from '../../contract/ids.ts'
import type { NewAllowance } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/policies.ts'
import { changePolicy, type Changed } from './change-policy.ts'

/** Lowers what is needed for some writes, within caps and for at most a day. */
export async function addAllowance(
  context: Context,
  actor: Actor,
  input: { replaces: number; allowance: NewAllowance },
): Promise<Changed & { allowance: string }> {
  const id = context.newId('allow')
  const now = isoTime(context.now())
  const changed = await changePolicy(context, actor, {
    replaces: input.replaces,
    how: `allowance ${id} added`,
    change: (current) =>
      // The one place that sees both ends of its time is the document's own check.
      parsePolicy({
        ...current,
        allowances: [
          ...current.allowances.filter((one) => one.expires_at > now),
          { ...input.allowance, id, made_at: now },
        ],
      }),
  })
  return { ...changed, allowance: id }
}
