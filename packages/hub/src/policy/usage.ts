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
 * What left the hub since then, in one workspace. Whether the provider refused it, its confirmation says, whoever wrote
 * that down; all that is not known to be refused may have happened.
 */
export async function readUsage(db: Db, workspace: WorkspaceId, since: number): Promise<Usage[]> {
  const rows = await db
    .selectFrom('policy_usage')
    .innerJoin('confirmations', 'confirmations.id', 'policy_usage.confirmation')
    .selectAll('policy_usage')
    .select('confirmations.state')
    .where('policy_usage.workspace', '=', workspace)
    .where('policy_usage.at', '>', isoTime(since))
    .execute()
  return rows.map(({ at, money, state, ...row }) => {
    const read = storedMoney.safeParse(JSON.parse(money))
    return {
      ...row,
      at: Date.parse(at),
      money: read.success ? read.data : 'unknown',
      isRefused: state === 'failed',
    }
  })
}

/** Inside the transaction that takes the confirmation: two calls at once then cannot both slip under a cap. */
export async function recordUsage(
  tx: Tx,
  workspace: WorkspaceId,
  confirmation: string,
  usage: Omit<Usage, 'isRefused'>,
): Promise<void> {
  const { at, tool, device, connection, mode, effect, customer, money, allowance } = usage
  await tx
    .insertInto('policy_usage')
    .values({
      confirmation,
      workspace,
      at: isoTime(at),
      tool,
      device,
      connection,
      mode,
      effect,
      customer,
      money: JSON.stringify(money),
      allowance,
    })
    .execute()
}

/** Deletes what no limit looks back to. */
export async function forgetOldUsage(db: Db, now: number): Promise<void> {
  await db
    .deleteFrom('policy_usage')
    .where('at', '<=', isoTime(now - USAGE_WINDOW_MS))
    .execute()
}
