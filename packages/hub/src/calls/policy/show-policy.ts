import type { Context } from '../../audit/context.ts'
import type { Actor } from '../../contract/actor.ts'
import { Problem } from '../../contract/problem.ts'
import { PRESETS, type Preset } from '../../policy/presets.ts'
import { listPolicies, readPolicy, type StoredPolicy } from '../../policy/policies.ts'
import { requireOwner } from './require-owner.ts'

/** The policy that counts, or an earlier version of it. */
export async function showPolicy(
  { storage }: Context,
  actor: Actor,
  { version }: { version?: number | undefined },
): Promise<StoredPolicy> {
  requireOwner(actor)
  if (version === undefined) return readPolicy(storage.db, actor.workspace)
  const [found] = await listPolicies(storage.db, actor.workspace, { limit: 1, upTo: version })
  if (found?.version === version) return found
  throw new Problem('not_found', 'The policy never had this version.')
}

export async function listPolicyVersions(
  { storage }: Context,
  actor: Actor,
  { limit }: { limit: number },
): Promise<StoredPolicy[]> {
  requireOwner(actor)
  return listPolicies(storage.db, actor.workspace, { limit })
}

export function listPresets(actor: Actor): readonly Preset[] {
  requireOwner(actor)
  return PRESETS
}
