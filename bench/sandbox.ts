import { emulators, isInstalled, startEmulator } from './emulators.ts'
import type { Running } from './emulators.ts'
import { perSecond } from './per-second.ts'
import type { Figures } from './run.ts'

/** All take turns, so that a busy moment of the machine is nobody's alone; the middle turn counts. */
const TURNS = 9
const TURN_SECONDS = 1
const CUSTOMERS_BEFORE = 100

/** Ours in memory and with its journal on disk, and beside them whichever other emulators are installed. */
export async function sandbox(): Promise<Figures> {
  const running = await startAll()
  try {
    const figures: Figures = {}
    for (const what of ['get', 'list', 'create'] as const) {
      const rates = await takeTurns(running, what)
      for (const [name, rate] of rates) figures[`${name}_${what}_per_second`] = Math.round(rate)
      for (const ours of ['sandbox', 'sandbox_journal']) {
        for (const [name, rate] of rates) {
          if (name.startsWith('sandbox')) continue
          figures[`${ours}_over_${name}_${what}`] = Number(((rates.get(ours) ?? 0) / rate).toFixed(2))
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
    if (!isInstalled(emulator)) {
      process.stderr.write(`${emulator.name} is not installed: skipped (BENCH_PEERS names its folder)\n`)
      continue
    }
    running.push(await startEmulator(emulator))
  }
  return running
}

async function takeTurns(
  running: readonly Running[],
  what: 'get' | 'list' | 'create',
): Promise<Map<string, number>> {
  const work = await Promise.all(
    running.map(async (emulator) => ({
      name: emulator.name,
      once: await workOf(emulator, what),
      rates: [0],
    })),
  )
  for (const each of work) each.rates.pop()
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const { once, rates } of work) rates.push(await perSecond(once, TURN_SECONDS))
  }
  return new Map(work.map(({ name, rates }) => [name, middleOf(rates)]))
}

async function workOf({ request }: Running, what: 'get' | 'list' | 'create') {
  const create = () => request('POST', '/v1/customers', 'name=Bench&email=bench%40example.com')
  if (what === 'create') return create
  if (what === 'list') return () => request('GET', '/v1/customers?limit=10')
  for (let made = 0; made < CUSTOMERS_BEFORE; made += 1) await create()
  const { id } = JSON.parse(await create()) as { id: string }
  return () => request('GET', `/v1/customers/${id}`)
}

function middleOf(rates: readonly number[]): number {
  return [...rates].sort((left, right) => left - right)[rates.length >> 1] ?? 0
}
