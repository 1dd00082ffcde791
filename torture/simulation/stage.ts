import type { Evidence } from './evidence.ts'
import { expectedError, type Actors } from './actors.ts'
import type { SimNode, Site } from './node.ts'
import type { Provider } from './provider.ts'
import { writeScript, type Act } from './script.ts'
import type { Theme } from './theme.ts'
import type { Trace } from './trace.ts'

/** What a history is played on. */
export interface Stage {
  site: Site
  trace: Trace
  provider: Provider
  evidence: Evidence
  actors: Actors
  customers: readonly string[]
  charges: readonly string[]
  /** One process holds the home: a new one knows that no other is alive. */
  isAlone: boolean
  theme: Theme
  nodes: SimNode[]
  broken: string[]
  /** Failures inside the hub: what a failing database explains, and nothing else. */
  internal: string[]
  crashes: number
  startNode(name: string): Promise<SimNode>
  heal(): void
  /** The clock moves by so much, event by event of the network. */
  wait(milliseconds: number): Promise<string>
}

/** The run itself went wrong. */
export class SimulationError extends Error {
  override name = 'SimulationError'
}

/** More than any history needs: whatever takes longer hangs. */
const MAX_STEPS = 20_000
const MAX_TURNS = 2_000
const MINUTE_MS = 60 * 1000
/** By then everything has to have come to rest: the oracle gives up after 12 hours of asking. */
const MAX_REST_MS = 4 * 24 * 60 * MINUTE_MS

/** Plays a script of acts to its end, then lets everything come to rest. */
export async function playScript(stage: Stage): Promise<void> {
  const { scheduler, random } = stage.site
  const run = createRun(stage)
  await run.addNode()
  if (!stage.isAlone) await run.addNode()
  const acts = writeScript(stage)
  while (acts.some((act) => !act.hasBegun)) {
    const choice = random.next()
    if (choice < 0.6 && scheduler.openOne()) await run.settle()
    else if (choice < 0.8) await run.passTime()
    else {
      const ready = acts.filter(isReady)
      if (ready.length > 0) await perform(run, acts, random.pick(ready))
      else if (scheduler.openOne()) await run.settle()
      else await run.passTime()
    }
  }
  await comeToRest(run)
}

function isReady({ hasBegun, after, isAwaited }: Act): boolean {
  return !hasBegun && (after === undefined || (isAwaited ? after.isOver : after.hasBegun))
}

async function perform({ stage, addNode, start, settle }: Run, acts: Act[], act: Act): Promise<void> {
  const { random, scheduler } = stage.site
  act.hasBegun = true
  if (act.crash === true) {
    const alive = stage.nodes.filter((node) => node.alive)
    if (alive.length > 0) scheduler.kill(random.pick(alive))
    stage.crashes += alive.length > 0 ? 1 : 0
    act.isOver = true
    // What ran there is over for whoever asked: the connection was reset.
    for (const other of acts) if (other.node?.alive === false) other.isOver = true
  } else {
    if (stage.nodes.every((node) => !node.alive)) await addNode()
    const node = random.pick(stage.nodes.filter(({ alive }) => alive))
    act.node = node
    start(
      act.label,
      node,
      () => act.run(node),
      () => (act.isOver = true),
    )
  }
  await settle()
}

/** The world is well again; what is open has to end by itself. */
async function comeToRest({ stage, addNode, settle, look }: Run): Promise<void> {
  const { scheduler, random } = stage.site
  stage.heal()
  if (stage.nodes.every((node) => !node.alive)) await addNode()
  const until = scheduler.now() + MAX_REST_MS
  for (let round = 0; ; round += 1) {
    while (scheduler.openOne()) await settle()
    const open = openStates(stage)
    if (scheduler.isIdle() && open === 0) return
    if (scheduler.now() > until) throw new SimulationError('something is still open after four days')
    const due = scheduler.untilDue()
    // Soon in small steps, later in large ones: what asks every few minutes need not be followed each time.
    if (due !== undefined && round < 4) scheduler.advance(due + 1)
    else scheduler.advance(random.pick([MINUTE_MS, 25 * MINUTE_MS, 60 * MINUTE_MS]))
    await settle()
    if (open > 0) await look()
  }
}

/** What moves a history on. */
interface Run {
  stage: Stage
  addNode: () => Promise<void>
  /** Starts something without waiting for it; `ended` is called when it is over. */
  start: (label: string, node: SimNode, work: () => Promise<string>, ended: () => void) => void
  /** Waits until everything waits. */
  settle: () => Promise<void>
  passTime(): Promise<void>
  /** Every node does what a hub does each minute. */
  look: () => Promise<void>
}

function createRun(stage: Stage): Run {
  const { site, trace } = stage
  const { scheduler, random } = site
  const watch = watchStates(stage)
  let steps = 0
  let lookedAt = scheduler.now()
  const run: Run = {
    stage,
    async addNode() {
      const node = await stage.startNode(`node${stage.nodes.length + 1}`)
      stage.nodes.push(node)
      run.start(
        'starts',
        node,
        async () => {
          await node.recover(stage.isAlone)
          return 'ready'
        },
        () => undefined,
      )
      await run.settle()
    },
    start(label, node, work, ended) {
      trace.add(`${scheduler.now()} ${node.name}: ${label}`)
      work()
        .then(
          (outcome) => trace.add(`${node.name}: ${label} → ${outcome}`),
          (error: unknown) => {
            const outcome = expectedError(error)
            trace.add(`${node.name}: ${label} → ${outcome ?? 'unexpected'}`)
            if (outcome === undefined) stage.internal.push(`${label} threw ${describe(error)}`)
          },
        )
        .finally(ended)
    },
    async settle() {
      steps += 1
      if (steps > MAX_STEPS) throw new SimulationError('it never comes to rest')
      let turns = 0
      do {
        await new Promise((resolve) => setImmediate(resolve))
        turns += 1
        if (turns > MAX_TURNS)
          throw new SimulationError('a transaction waits for something else than the database')
      } while (site.busy.count > 0)
      watch()
    },
    async passTime() {
      const due = scheduler.untilDue() ?? 0
      // Mostly in small steps: what was previewed would else expire before anybody approves it.
      scheduler.advance(1 + random.below(random.chance(0.7) ? Math.min(due + 20, 500) : due * 1.5 + 20))
      await run.settle()
      if (scheduler.now() - lookedAt > MINUTE_MS && random.chance(0.3)) await run.look()
    },
    async look() {
      lookedAt = scheduler.now()
      for (const node of stage.nodes.filter(({ alive }) => alive)) {
        run.start(
          'looks again',
          node,
          async () => {
            await node.recover(false)
            return 'done'
          },
          () => undefined,
        )
      }
      await run.settle()
    },
  }
  return run
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function openStates({ site }: Stage): number {
  const row = site.database.sqlite
    .prepare(
      `select count(*) as count from confirmations where workspace = ? and state in ('sending', 'reconciling')`,
    )
    .get(site.workspace) as { count: number }
  return row.count
}

const ENDED = new Set(['denied', 'expired', 'revoked', 'stale', 'succeeded', 'failed', 'unknown'])

/** After each step, whether something that had ended has changed. */
function watchStates({ site, evidence }: Stage): () => void {
  const statement = site.database.sqlite.prepare(
    'select id, state, progress from confirmations where workspace = ?',
  )
  const ended = new Map<string, string>()
  let commits = site.database.commits()
  return () => {
    if (site.database.commits() === commits) return
    commits = site.database.commits()
    for (const row of statement.all(site.workspace) as Array<{
      id: string
      state: string
      progress: string
    }>) {
      if (!ENDED.has(row.state)) continue
      const before = ended.get(row.id)
      if (before !== undefined && before !== row.progress)
        evidence.changedAfterEnd.push(`${row.id} is ${row.state} after ${before}`)
      ended.set(row.id, row.progress)
    }
  }
}
