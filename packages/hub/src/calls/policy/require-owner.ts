import type { Actor } from '../../contract/actor.ts'
import { Problem } from '../../contract/problem.ts'

/** Whoever may read and change the policy: an owner, or the operator at the hub's own terminal. */
export function requireOwner(actor: Actor): void {
  if (actor.type === 'person' && actor.role === 'owner') return
  if (actor.type === 'system' && actor.part === 'terminal') return
  throw new Problem('forbidden', 'Only an owner works with the policy.', {
    nextStep: 'Ask an owner of this hub.',
  })
}
