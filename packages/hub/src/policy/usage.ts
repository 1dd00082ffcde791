import { z } from 'zod'
import { isoTime, type WorkspaceId } from '../contract/ids.ts'
import type { Db, Tx } from '../storage/storage.ts'
import { USAGE_WINDOW_MS } from './document.ts'
import type { Usage } from './limits.ts'

const storedMoney = z.union([
  z.literal('unknown'),
  z.array(z.strictObject({ amount: z.int().min(0), currency: z.string() })),
])

/**
 * What left the hub in the last day, in one workspace. A write that the provider refused does not count: its
 * confirmation says so, whoever wrote that down.
 */
export async function readUsage(db: Db, workspace: WorkspaceId, now: number): Promise<Usage[]> {
  const rows = await db
    .selectFrom('policy_usage')
    .innerJoin('confirmations', 'confirmations.id', 'policy_usage.confirmation')
    .selectAll('policy_usage')
    .where('policy_usage.workspace', '=', workspace)
    .where('policy_usage.at', '>', isoTime(now - USAGE_WINDOW_MS))
    .where('confirmations.state', '!=', 'failed')
    .execute()
  return rows.map(({ at, money, ...row }) => {
    const read = storedMoney.safeParse(JSON.parse(money))
    return { ...row, at: Date.parse(at), money: read.success ? read.data : 'unknown' }
  })
}

/** Inside the transaction that takes the confirmation: two calls at once then cannot both slip under a cap. */
export async function recordUsage(
  tx: Tx,
  workspace: WorkspaceId,
  confirmation: string,
  usage: Usage,
): Promise<void> {
  const { at, money, ...rest } = usage
  await tx
    .insertInto('policy_usage')
    .values({ ...rest, confirmation, workspace, at: isoTime(at), money: JSON.stringify(money) })
    .execute()
}

/** Deletes what no limit looks back to. */
export async function forgetOldUsage(db: Db, now: number): Promise<void> {
  await db
    .deleteFrom('policy_usage')
    .where('at', '<=', isoTime(now - USAGE_WINDOW_MS))
    .execute()
}
