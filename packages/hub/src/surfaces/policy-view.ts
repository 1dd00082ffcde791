import type { Changed } from '../calls/policy/change-policy.ts'
import type { StoredPolicy } from '../policy/policies.ts'

/** A policy as the API and the command line spell it. */
export function viewPolicy({
  version,
  document,
  createdBy,
  createdAt,
}: StoredPolicy): Record<string, unknown> {
  return { version, document, created_by: createdBy, created_at: createdAt }
}

export function viewChanged({ policy, revoked }: Changed): Record<string, unknown> {
  return { ...viewPolicy(policy), revoked_confirmations: revoked }
}
