import { emulators, isInstalled, startEmulator } from './emulators.ts'
import type { Running } from './emulators.ts'
import { perSecond } from './per-second.ts'
import type { Figures } from './run.ts'

/** All take turns, so that a busy moment of the machine is nobody's alone. */
const TURNS = 9
const TURN_SECONDS = 1
const CUSTOMERS_BEFORE = 100

const OURS = ['sandbox', 'sandbox_journal']

/**
 * Ours in memory and with its journal on disk, and beside them whichever other emulators are installed. What is compared
 * is how many requests each answers in a second of a processor's time: what one core would do that has nothing else to
 * do, whoever else is using the machine.
 */
export async function sandbox(): Promise<Figures> {
  const running = await startAll()
  try {
    const figures: Figures = {}
    for (const what of ['get', 'list', 'create'] as const) {
      const rates = await takeTurns(running, what)
      for (const { name, perSecond: clock, perCpuSecond } of rates) {
        figures[`${name}_${what}_per_second`] = clock
        figures[`${name}_${what}_per_cpu_second`] = perCpuSecond
      }
      for (const ours of rates.filter(({ name }) => OURS.includes(name))) {
        for (const other of rates.filter(({ name }) => !OURS.includes(name))) {
          const ratio = ours.perCpuSecond / other.perCpuSecond
          figures[`${ours.name}_over_${other.name}_${what}`] = Number(ratio.toFixed(2))
        }
      }
    }
    return figures
  } finally {
    for (const { stop } of running) await stop()
  }
}

async function startAll(): Promise<Running[]> {
  const running: Running[] = []
  for (const emulator of emulators) {
    if (isInstalled(emulator)) running.push(await startEmulator(emulator))
    else
      process.stderr.write(
        `${emulator.name} is not installed: skipped (BENCH_PEERS names the folder to look in)\n`,
      )
  }
  return running
}

interface Rates {
  name: string
  perSecond: number
  perCpuSecond: number
}

async function takeTurns(running: readonly Running[], what: 'get' | 'list' | 'create'): Promise<Rates[]> {
  const tallies = []
  for (const emulator of running) {
    const ask = await workOf(emulator, what)
    tallies.push({ emulator, ask, done: 0, rates: 0, cpuSeconds: 0 })
  }
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const tally of tallies) {
      const before = tally.emulator.cpuSeconds()
      const once = async () => {
        await tally.ask()
        tally.done += 1
      }
      tally.rates += await perSecond(once, TURN_SECONDS)
      tally.cpuSeconds += tally.emulator.cpuSeconds() - before
    }
  }
  return tallies.map(({ emulator, done, rates, cpuSeconds }) => ({
    name: emulator.name,
    perSecond: Math.round(rates / TURNS),
    perCpuSecond: Math.round(done / cpuSeconds),
  }))
}

async function workOf({ request }: Running, what: 'get' | 'list' | 'create') {
  const create = () => request('POST', '/v1/customers', 'name=Bench&email=bench%40example.com')
  if (what === 'create') return create
  if (what === 'list') return () => request('GET', '/v1/customers?limit=10')
  for (let made = 0; made < CUSTOMERS_BEFORE; made += 1) await create()
  const { id } = JSON.parse((await create()).toString('utf8')) as { id: string }
  return () => request('GET', `/v1/customers/${id}`)
}
