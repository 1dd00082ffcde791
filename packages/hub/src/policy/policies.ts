import { z } from 'zod'
import { actorName, type Actor } from '../contract/actor.ts'
import { isoTime, type Now, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Context } from '../audit/context.ts'
import type { PoliciesTable } from '../storage/schema.ts'
import type { Db, Tx } from '../storage/storage.ts'
import { DEFAULT_POLICY, policyDocument, type PolicyDocument } from './document.ts'

export interface StoredPolicy {
  version: number
  document: PolicyDocument
  createdBy: string
  createdAt: string
}

/** The newest policy of a workspace. A stored document that does not parse is an error, never a default. */
export async function readPolicy(db: Db, workspace: WorkspaceId): Promise<StoredPolicy> {
  const [newest] = await listPolicies(db, workspace, { limit: 1 })
  if (newest === undefined) throw new Error(`workspace ${workspace} has no policy`)
  return newest
}

/** Newest first. */
export async function listPolicies(
  db: Db,
  workspace: WorkspaceId,
  { limit, upTo }: { limit: number; upTo?: number },
): Promise<StoredPolicy[]> {
  let query = db.selectFrom('policies').selectAll().where('workspace', '=', workspace)
  if (upTo !== undefined) query = query.where('version', '<=', upTo)
  const rows = await query.orderBy('version', 'desc').limit(limit).execute()
  return rows.map(policyOf)
}

/** Gives a new workspace the default policy, as version 1. */
export async function createPolicy(tx: Tx, workspace: WorkspaceId, now: Now): Promise<void> {
  await tx
    .insertInto('policies')
    .values({
      workspace,
      version: 1,
      document: JSON.stringify(DEFAULT_POLICY),
      created_by: 'system:hub',
      created_at: isoTime(now()),
    })
    .onConflict((conflict) => conflict.columns(['workspace', 'version']).doNothing())
    .execute()
}

/** Stores a document as the next version, if `replaces` is still the newest: nobody undoes what they have not seen. */
export async function appendPolicy(
  context: Context,
  tx: Tx,
  actor: Actor,
  replaces: number,
  document: PolicyDocument,
): Promise<StoredPolicy> {
  const { workspace } = actor
  const { version: newest } = await readPolicy(tx, workspace)
  if (newest !== replaces) {
    throw new Problem('policy_conflict', `The policy is at version ${newest} by now, not ${replaces}.`, {
      nextStep: 'Look at what changed, and send the whole policy again for that version.',
      details: { version: newest },
    })
  }
  const row: PoliciesTable = {
    workspace,
    version: newest + 1,
    document: JSON.stringify(document),
    created_by: actorName(actor),
    created_at: isoTime(context.now()),
  }
  await tx.insertInto('policies').values(row).execute()
  return policyOf(row)
}

/** What somebody wrote, as a policy; everything that is wrong with it is told at once. */
export function parsePolicy(given: unknown): PolicyDocument {
  const parsed = policyDocument.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Problem('invalid_params', `This is no policy: ${z.prettifyError(parsed.error)}`, {
    nextStep: 'Correct it; a preset shows the form.',
  })
}

function policyOf(row: PoliciesTable): StoredPolicy {
  return {
    version: row.version,
    document: policyDocument.parse(JSON.parse(row.document)),
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}
