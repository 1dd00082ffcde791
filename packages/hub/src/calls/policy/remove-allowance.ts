import type { Context } from '../../audit/context.ts'
import type { Actor } from '../../contract/actor.ts'
import { Problem } from '../../contract/problem.ts'
import { changePolicy, type Changed } from './change-policy.ts'

/** Ends an allowance before its time. */
export function removeAllowance(
  context: Context,
  actor: Actor,
  input: { replaces: number; allowance: string },
): Promise<Changed> {
  return changePolicy(context, actor, {
    replaces: input.replaces,
    how: `allowance ${input.allowance} removed`,
    change(current) {
      const allowances = current.allowances.filter(({ id }) => id !== input.allowance)
      if (allowances.length === current.allowances.length) {
        throw new Problem('allowance_not_found', 'The policy has no such allowance.', {
          nextStep: 'Show the policy: it lists its allowances.',
        })
      }
      return { ...current, allowances }
    },
  })
}
