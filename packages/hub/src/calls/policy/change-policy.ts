import { auditedTransaction } from '../../audit/audited-transaction.ts'
import type { Context } from '../../audit/context.ts'
import type { Actor } from '../../contract/actor.ts'
import { canonicalJson, sha256 } from '../../contract/canonical.ts'
import { revokeWaiting, REVOKED_TOGETHER } from '../../confirmations/revoke-waiting.ts'
import type { PolicyDocument } from '../../policy/document.ts'
import { appendPolicy, readPolicy, type StoredPolicy } from '../../policy/policies.ts'
import { requireOwner } from './require-owner.ts'

export interface PolicyChange {
  /** The version that whoever asks has seen. */
  replaces: number
  /** For the audit log: `set`, `allowance added`. */
  how: string
  change: (current: PolicyDocument) => PolicyDocument
}

export interface Changed {
  policy: StoredPolicy
  /** How many confirmations were revoked, since they were approved, or waited, under the version before. */
  revoked: number
}

/** Makes the next version, and revokes in the same transaction what waits under the one before. */
export async function changePolicy(
  context: Context,
  actor: Actor,
  { replaces, how, change }: PolicyChange,
): Promise<Changed> {
  requireOwner(actor)
  const revokeSome = (tx: Parameters<typeof revokeWaiting>[1]): Promise<number> =>
    revokeWaiting(context, tx, actor, 'policy_changed')
  const first = await auditedTransaction(context, async (tx) => {
    const current = await readPolicy(tx, actor.workspace)
    const policy = await appendPolicy(context, tx, actor, replaces, change(current.document))
    await context.audit.append(tx, {
      actor,
      action: 'policy.changed',
      subject: actor.workspace,
      detail: {
        version: policy.version,
        replaces,
        how,
        document_hash: sha256(canonicalJson(policy.document)),
      },
    })
    return { policy, revoked: await revokeSome(tx) }
  })
  let { revoked } = first
  // Only a flood leaves a rest; meanwhile its version keeps it from being sent.
  for (let last = revoked; last === REVOKED_TOGETHER; revoked += last)
    last = await auditedTransaction(context, revokeSome)
  return { policy: first.policy, revoked }
}
