import type { KyselyPlugin } from 'kysely'
import { createAudit } from '../../packages/hub/src/audit/audit.ts'
import type { Context } from '../../packages/hub/src/audit/context.ts'
import type { Calls } from '../../packages/hub/src/calls/calls.ts'
import { reconcileCalls } from '../../packages/hub/src/calls/reconcile-calls.ts'
import { recoverCalls } from '../../packages/hub/src/calls/recover-calls.ts'
import { revokeWaiting } from '../../packages/hub/src/confirmations/revoke-waiting.ts'
import { createConnections } from '../../packages/hub/src/connections/connections.ts'
import type { NewId, WorkspaceId } from '../../packages/hub/src/contract/ids.ts'
import { createGroupCommit, type RunTransaction } from '../../packages/hub/src/storage/group-commit.ts'
import type { Storage } from '../../packages/hub/src/storage/storage.ts'
import { createVault } from '../../packages/hub/src/vault/vault.ts'
import { InjectedFailure, type SimDatabase } from './database.ts'
import { createSimIntegration } from './integration.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Process, Scheduler } from './scheduler.ts'

const MASTER_KEY = new Uint8Array(32).fill(7)
export const vault = createVault(MASTER_KEY)
const AUDIT_KEY = vault.branchKey('audit')

/** What all nodes of a history share. */
export interface Site {
  database: SimDatabase
  scheduler: Scheduler
  random: Random
  network: Network
  workspace: WorkspaceId
  newId: NewId
  /** How often a transaction of a node fails. */
  databaseFaultRate: () => number
  /** Transactions that are running now: until they have ended, nothing else is decided. */
  busy: { count: number }
  countFault(): void
}

/** A process of the hub: the real gate, with gates of the scheduler at each place where a process can stop. */
export interface SimNode extends Process {
  calls: Calls
  context: Context
  /** As `start-hub.ts` does it: on the start (`true` where no other process can be alive), and every minute. */
  recover(holderGone: boolean): Promise<void>
}

/** Outside of every node: for the fixtures and for looking at what there is. */
export function directContext({ database, scheduler, newId }: Site): Context {
  const { now } = scheduler
  const storage: Storage = {
    db: database.db,
    transaction: createGroupCommit(database.db),
    close: () => Promise.resolve(),
  }
  return { storage, audit: createAudit(database.db, AUDIT_KEY, now), now, newId }
}

export async function startNode(site: Site, name: string): Promise<SimNode> {
  const { database, scheduler, random, network, workspace } = site
  const process: Process = { name, alive: true }
  const pass = (label: string, milliseconds?: number): Promise<void> =>
    scheduler.gate(process, label, milliseconds)

  const transact = createGroupCommit(database.db)
  const transaction: RunTransaction = async (work) => {
    await pass('begins')
    const fault = random.chance(site.databaseFaultRate())
      ? random.pick(['fails', 'answer_lost'] as const)
      : 'none'
    if (fault !== 'none') site.countFault()
    site.busy.count += 1
    let result
    try {
      result = await transact(async (tx) => {
        const done = await work(tx)
        if (fault === 'fails') throw new InjectedFailure('database or disk is full')
        return done
      })
    } finally {
      site.busy.count -= 1
      await pass('has committed, or not')
    }
    if (fault === 'answer_lost') throw new InjectedFailure('the answer to the commit was lost')
    return result
  }
  const reads: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (!process.alive || random.chance(0.3)) await pass('has read')
      if (!random.chance(site.databaseFaultRate() / 4)) return result
      site.countFault()
      throw new InjectedFailure('disk I/O error')
    },
  }
  const context: Context = {
    storage: { db: database.db.withPlugin(reads), transaction, close: () => Promise.resolve() },
    audit: createAudit(database.db, AUDIT_KEY, scheduler.now),
    now: scheduler.now,
    newId: site.newId,
  }
  const calls: Calls = {
    context,
    integrations: [await createSimIntegration((request, key) => network.send(process, request, key))],
    connections: createConnections(context, vault, (tx, actor, connection) =>
      revokeWaiting(context, tx, actor, 'connection_changed', { connection }),
    ),
    originOf: () => 'sim:',
    publicUrl: 'sim:',
    node: name,
    sleep: (milliseconds) => pass('has slept', milliseconds),
    isShuttingDown: () => false,
    inFlight: new Map(),
    reconciling: new Map(),
    log: () => undefined,
  }
  return Object.assign(process, {
    calls,
    context,
    async recover(holderGone: boolean) {
      await recoverCalls(calls, workspace, holderGone)
      await reconcileCalls(calls, workspace)
    },
  })
}
