import { DEFAULT_POLICY } from '../../packages/hub/src/policy/document.ts'
import { Secret } from '../../packages/hub/src/contract/secret.ts'
import { isoTime, type ConnectionId, type WorkspaceId } from '../../packages/hub/src/contract/ids.ts'
import { createActors } from './actors.ts'
import type { SimDatabase } from './database.ts'
import type { Evidence, StoredConfirmation } from './evidence.ts'
import { createNetwork } from './network.ts'
import { directContext, startNode, vault, type SimNode, type Site } from './node.ts'
import { createConnections } from '../../packages/hub/src/connections/connections.ts'
import { POLICIES, type PolicyName } from './policies.ts'
import { Provider } from './provider.ts'
import { createRandom } from './random.ts'
import { createScheduler } from './scheduler.ts'
import { playScript, SimulationError, type Stage } from './stage.ts'
import { chooseTheme, type Theme } from './theme.ts'
import { createTrace } from './trace.ts'

export interface HistoryResult {
  seed: number
  evidence: Evidence
  traceHash: string
  lines: readonly string[]
  /** What went wrong with the run itself: it hangs, or something threw what it must not. */
  broken: string[]
  faults: Record<string, number>
  crashes: number
}

const START = Date.UTC(2026, 10, 1)
const CUSTOMERS = ['cus_1', 'cus_2']
const CHARGES = ['ch_1', 'ch_2']

/** One history of a workspace: agents, people, crashes and faults, until everything has come to rest. */
export async function runHistory(
  database: SimDatabase,
  seed: number,
  options: { keepTrace?: boolean } = {},
): Promise<HistoryResult> {
  const random = createRandom(seed)
  const trace = createTrace(options.keepTrace === true)
  const scheduler = createScheduler(START + random.below(1000), random, trace)
  const workspace = `ws_${seed}` as WorkspaceId
  const provider = new Provider()
  for (const id of CUSTOMERS) provider.addCustomer(id, `name of ${id}`)
  for (const id of CHARGES) provider.addCharge(id, 5_000)

  database.forget()
  const theme = chooseTheme(random)
  trace.add(theme.name)
  const network = createNetwork({
    scheduler,
    random,
    provider,
    faultRate: random.pick(theme.faultRates),
    onlyFaults: theme.onlyFaults,
    committedRows: () => database.audit.length,
  })
  let ids = 0
  const site: Site = {
    database,
    scheduler,
    random,
    network,
    workspace,
    newId(prefix) {
      ids += 1
      return `${prefix}_${seed}_${ids}`
    },
    databaseFaultRate: () => 0,
    busy: { count: 0 },
    countFault: () => (databaseFaults += 1),
  }
  let databaseFaults = 0
  const { connection, policy } = await furnish(site, theme)

  const isAlone = random.chance(theme.alone)
  const evidence: Evidence = {
    startedAt: scheduler.now(),
    isAlone,
    endedAt: 0,
    get audit() {
      return database.audit
    },
    confirmations: [],
    ledger: provider.ledger,
    attempts: network.attempts,
    asked: [],
    decided: [],
    called: [],
    policies: new Map([[1, policy]]),
    changedAfterEnd: [],
    chain: { ok: true },
  }
  const databaseFaultRate = random.pick(theme.databaseFaultRates)
  let isHealed = false
  site.databaseFaultRate = () => (isHealed ? 0 : databaseFaultRate)
  database.commitFault = () => {
    if (isHealed || !random.chance(databaseFaultRate / 2)) return 'none'
    databaseFaults += 1
    return random.pick(['fails', 'answer_lost'] as const)
  }
  const stage: Stage = {
    site,
    trace,
    provider,
    evidence,
    actors: createActors(workspace, connection, evidence),
    customers: CUSTOMERS,
    charges: CHARGES,
    isAlone,
    theme,
    nodes: [],
    broken: [],
    internal: [],
    crashes: 0,
    startNode: async (name): Promise<SimNode> => startNode(site, name),
    heal() {
      isHealed = true
      network.heal()
    },
    wait(milliseconds) {
      const until = scheduler.now() + milliseconds
      while (scheduler.now() < until) scheduler.advance(until - scheduler.now())
      return Promise.resolve('later')
    },
  }
  try {
    await playScript(stage)
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error
    stage.broken.push(error.message)
  } finally {
    database.commitFault = () => 'none'
    for (const node of stage.nodes) scheduler.kill(node)
  }
  evidence.endedAt = scheduler.now()
  stage.broken.push(...stage.internal.filter(() => databaseFaults === 0))
  if (stage.broken.length === 0) await collect(site, evidence)
  return {
    seed,
    evidence: { ...evidence, audit: database.audit },
    traceHash: trace.hash(),
    lines: trace.lines,
    broken: stage.broken,
    faults: { ...network.faults, ...(databaseFaults === 0 ? {} : { database: databaseFaults }) },
    crashes: stage.crashes,
  }
}

/** A workspace with a policy and a connection. */
async function furnish(site: Site, theme: Theme): Promise<{ connection: ConnectionId; policy: PolicyName }> {
  const { workspace, scheduler, random } = site
  const context = directContext(site)
  const policy = random.weighted(theme.policies)
  const now = scheduler.now()
  await context.storage.db
    .insertInto('policies')
    .values({
      workspace,
      version: 1,
      document: JSON.stringify({ ...DEFAULT_POLICY, ...POLICIES[policy](now) }),
      created_by: 'system:hub',
      created_at: isoTime(now),
    })
    .execute()
  const connections = createConnections(context, vault, () => Promise.resolve())
  const { id } = await connections.add(
    { type: 'system', workspace, part: 'terminal' },
    {
      integration: 'sim',
      alias: 'shop',
      account: 'acct_1',
      mode: 'test',
      kind: 'sandbox',
      displayName: 'Shop',
      credential: new Secret('sk_test_sim'),
      makeDefault: true,
    },
  )
  return { connection: id, policy }
}

/** What is stored when everything has come to rest. */
async function collect(site: Site, evidence: Evidence): Promise<void> {
  const { workspace, database } = site
  const rows = database.sqlite
    .prepare('select id, state, intent, created_at from confirmations where workspace = ?')
    .all(workspace) as Array<{ id: string; state: string; intent: string; created_at: string }>
  evidence.confirmations = rows.map(({ id, state, intent, created_at: createdAt }): StoredConfirmation => {
    const { request, idempotencyKey: key } = JSON.parse(intent) as {
      request: { method: string; path: string; body: string }
      idempotencyKey: string
    }
    return { id, state, key, createdAt, bytes: `${request.method} ${request.path}\n${request.body}` }
  })
  const verdict = await directContext(site).audit.verify(workspace)
  evidence.chain = verdict.ok ? { ok: true } : { ok: false, reason: verdict.reason }
}
