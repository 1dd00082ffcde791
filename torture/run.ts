import { rmSync, mkdtempSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as reducer from '../packages/hub/src/confirmations/reducer.ts'
import { HELP, readOptions, type Options } from './options.ts'
import { ALL_BUGS } from './planted/bugs.ts'
import { createPool, type Pool } from './pool.ts'
import { fillDisk } from './processes/fill-disk.ts'
import { killProcesses } from './processes/kill-processes.ts'
import { searchOneConfirmation } from './reducer/one-confirmation.ts'
import { searchTwoNodes } from './reducer/two-nodes.ts'
import { replay } from './replay.ts'
import { addAll } from './simulation/first-failure.ts'

/** What a run has done and found. */
interface Report {
  ok: boolean
  histories: number
  kills: number
  faults: Record<string, number>
  planted: number
  caught: number
  missed: string[]
  failures: string[]
}

const HISTORIES_PER_TASK = 500
const SEARCH_DEPTHS = { one: 6, two: 9 }
/** The rest is for the planted bugs and the kills. */
const SHARE_OF_HISTORIES = 0.6
const SHARE_OF_KILLS = 0.3

const isTerminal = process.stderr.isTTY
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const progress = (line: string): void => {
  if (isTerminal) process.stderr.write(`\r\x1b[K${line}`)
}

async function torture(options: Options): Promise<Report> {
  const report: Report = {
    ok: true,
    histories: 0,
    kills: 0,
    faults: {},
    planted: 0,
    caught: 0,
    missed: [],
    failures: [],
  }
  const fail = (what: string): void => {
    report.failures.push(what)
    say(what)
  }
  if (options.histories !== 1) searchReducer(fail)
  const pool = createPool(Math.max(1, Math.min(4, availableParallelism())))
  try {
    await simulate(pool, options, report, fail)
    await plantBugs(pool, options, report)
  } finally {
    await pool.close()
  }
  if (options.kills > 0) await torturePrograms(options, report, fail)
  report.ok = report.failures.length === 0 && report.caught === report.planted
  return report
}

function searchReducer(fail: (what: string) => void): void {
  try {
    const { visited } = searchOneConfirmation(reducer, 'dashboard', SEARCH_DEPTHS.one)
    const { visited: worlds } = searchTwoNodes(reducer, SEARCH_DEPTHS.two)
    say(`reducer: ${visited} places of one confirmation, ${worlds} of two nodes with two: all promises kept`)
  } catch (error) {
    fail(`reducer: ${String(error)}`)
  }
}

async function simulate(
  pool: Pool,
  options: Options,
  report: Report,
  fail: (what: string) => void,
): Promise<void> {
  const started = Date.now()
  const until = started + options.minutes * 60_000 * SHARE_OF_HISTORIES
  const states: Record<string, number> = {}
  let next = 0
  let crashes = 0
  await pool.run(
    () => {
      if (next >= options.histories || Date.now() >= until) return undefined
      const firstSeed = options.seed + next
      const count = Math.min(HISTORIES_PER_TASK, options.histories - next)
      next += count
      return { kind: 'histories', firstSeed, count, until }
    },
    (answer) => {
      if (answer.kind !== 'histories') return
      const { sum } = answer
      report.histories += sum.histories
      crashes += sum.crashes
      addAll(report.faults, sum.faults)
      addAll(states, sum.states)
      if (sum.failure !== undefined) {
        fail(`history ${sum.failure.seed} (${sum.failure.traceHash}): ${sum.failure.promises.join('; ')}`)
        say(`  replay: npm run torture -- --seed ${sum.failure.seed} --histories 1`)
      }
      progress(`${report.histories} histories, ${report.failures.length} failed`)
    },
  )
  const perSecond = Math.round(report.histories / Math.max(0.001, (Date.now() - started) / 1000))
  progress('')
  say(
    `simulation: ${report.histories} histories from seed ${options.seed} (${perSecond}/s), ${crashes} crashes`,
  )
  say(`  ended as ${JSON.stringify(states)}`)
  say(`  faults ${JSON.stringify(report.faults)}`)
}

async function plantBugs(pool: Pool, options: Options, report: Report): Promise<void> {
  if (options.planted === 0) return
  const waiting = ALL_BUGS.map(({ name }) => name)
  await pool.run(
    () => {
      const name = waiting.shift()
      return name === undefined ? undefined : { kind: 'bug', name, firstSeed: 1, histories: options.planted }
    },
    (answer) => {
      if (answer.kind !== 'bug') return
      const { bug, by, histories } = answer.found
      report.planted += 1
      if (by === undefined) {
        report.missed.push(bug)
        say(`not caught in ${histories} histories: ${bug}`)
      } else report.caught += 1
      progress(`${report.caught} of ${report.planted} planted bugs caught`)
    },
  )
  progress('')
  say(`planted bugs: ${report.caught} of ${report.planted} caught`)
}

async function torturePrograms(
  options: Options,
  report: Report,
  fail: (what: string) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-torture-'))
  try {
    const killed = await killProcesses({
      folder: join(folder, 'kills'),
      kills: options.kills,
      seed: options.seed,
      until: Date.now() + options.minutes * SHARE_OF_KILLS * 60_000,
      progress,
    })
    report.kills = killed.kills
    addAll(report.faults, killed.faults)
    progress('')
    say(
      `processes: ${killed.kills} kills, ${killed.writes} writes, ended as ${JSON.stringify(killed.states)}`,
    )
    for (const failure of killed.failures) fail(failure)
    const disk = await fillDisk(join(folder, 'disk'))
    say(`database: ${disk.done.join('; ')}`)
    for (const failure of disk.failures) fail(failure)
    addAll(report.faults, disk.faults)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) return void process.stdout.write(HELP)
  if (options.histories === 1) for (const line of await replay(options.seed)) say(line)
  const report = await torture(options)
  say(report.ok ? 'all promises kept' : 'NOT all promises kept')
  if (options.json) say(JSON.stringify(report))
  if (!report.ok) process.exitCode = 1
}

try {
  await main()
} catch (error) {
  process.stderr.write(
    `torture: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  process.exitCode = 2
}
