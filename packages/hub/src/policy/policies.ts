import { isoTime, type Now, type WorkspaceId } from '../contract/ids.ts'
import type { Db, Tx } from '../storage/storage.ts'
import { DEFAULT_POLICY, policyDocument, type PolicyDocument } from './decide.ts'

export interface StoredPolicy {
  version: number
  document: PolicyDocument
}

/** The newest policy of a workspace. A stored document that does not parse is an error, never a default. */
export async function readPolicy(db: Db, workspace: WorkspaceId): Promise<StoredPolicy> {
  const row = await db
    .selectFrom('policies')
    .select(['version', 'document'])
    .where('workspace', '=', workspace)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) throw new Error(`workspace ${workspace} has no policy`)
  return { version: row.version, document: policyDocument.parse(JSON.parse(row.document)) }
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
