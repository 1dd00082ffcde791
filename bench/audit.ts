import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit } from '../packages/hub/src/audit/audit.ts'
import { createChain } from '../packages/hub/src/audit/chain.ts'
import { verifyExport } from '../packages/hub/src/audit/verify-export.ts'
import type { Actor } from '../packages/hub/src/contract/actor.ts'
import { DEFAULT_WORKSPACE } from '../packages/hub/src/contract/ids.ts'
import { openStorage } from '../packages/hub/src/storage/storage.ts'
import { perSecond } from './per-second.ts'
import type { Figures } from './run.ts'

const ROWS = 100_000
const ROWS_TOGETHER = 5_000
const ACTOR: Actor = { type: 'system', workspace: DEFAULT_WORKSPACE, part: 'terminal' }
const ENTRY = {
  actor: ACTOR,
  action: 'read.started',
  subject: 'call_0123456789ABCDEFGHJKMNPQ',
  detail: {
    connection: 'conn_0123456789ABCDEFGHJKMNPQ',
    account: 'acct_0123456789',
    mode: 'test',
    path: '/v1/customers',
  },
}

/** A row alone in its transaction is what a call waits for; the walk is what `verify` does with a year's log. */
export async function audit(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-bench-'))
  const storage = await openStorage(join(folder, 'hub.db'))
  const key = Buffer.alloc(32, 7)
  const log = createAudit(storage.db, key, Date.now, join(folder, 'audit'))
  try {
    const appended = await perSecond(() => storage.transaction((tx) => log.append(tx, ENTRY)))
    for (let written = 0; written < ROWS; written += ROWS_TOGETHER) {
      await storage.transaction(async (tx) => {
        for (let row = 0; row < ROWS_TOGETHER; row += 1) await log.append(tx, ENTRY)
      })
    }
    await log.keepCheckpoint(DEFAULT_WORKSPACE, { evenIfFew: true })
    const verified = await rowsPerSecond(async () => proven(await log.verify(DEFAULT_WORKSPACE)))
    const all = { format: 'jsonl', filter: {} } as const
    const exported = await rowsPerSecond(async () =>
      proven(await verifyExport(createChain(key), log.export(DEFAULT_WORKSPACE, all))),
    )
    const before = new Date(Date.now() + 1).toISOString()
    const sealed = await rowsPerSecond(
      async () => (await log.seal(ACTOR, { before, evenIfYoung: true })).at(-1)?.last ?? 0,
    )
    const verifiedSealed = await rowsPerSecond(async () => proven(await log.verify(DEFAULT_WORKSPACE)))
    return {
      rows_appended_per_second: appended,
      rows_verified_per_second: verified,
      rows_exported_and_proven_per_second: exported,
      rows_sealed_per_second: sealed,
      sealed_rows_verified_per_second: verifiedSealed,
      verified_over_appended: Number((verified / appended).toFixed(1)),
    }
  } finally {
    await storage.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function proven(verdict: { ok: boolean; rows: number }): number {
  if (!verdict.ok) throw new Error('the log does not hold')
  return verdict.rows
}

async function rowsPerSecond(work: () => Promise<number>): Promise<number> {
  const started = performance.now()
  const rows = await work()
  return Math.round(rows / ((performance.now() - started) / 1000))
}
