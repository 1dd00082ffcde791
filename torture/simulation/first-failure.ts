import { checkHistory } from '../checker/check-history.ts'
import type * as DatabaseModule from './database.ts'
import type * as HistoryModule from './history.ts'

export interface Failure {
  seed: number
  traceHash: string
  promises: string[]
}

export interface Histories {
  histories: number
  crashes: number
  faults: Record<string, number>
  /** In how many histories each state was reached, and how often agents heard what: a run that reaches nothing proves nothing. */
  states: Record<string, number>
  failure: Failure | undefined
}

/** More rows would make the database slow, and a history needs none of another's. */
const HISTORIES_PER_DATABASE = 2_000

type Simulation = Pick<typeof DatabaseModule, 'openSimDatabase'> & Pick<typeof HistoryModule, 'runHistory'>

/** Plays and checks histories from a seed on, to the first that breaks a promise, or to the end. */
export async function firstFailure(
  { openSimDatabase, runHistory }: Simulation,
  firstSeed: number,
  count: number,
  isOver: () => boolean = () => false,
): Promise<Histories> {
  const sum: Histories = { histories: 0, crashes: 0, faults: {}, states: {}, failure: undefined }
  let database = await openSimDatabase()
  while (sum.histories < count && !isOver()) {
    if (sum.histories > 0 && sum.histories % HISTORIES_PER_DATABASE === 0) {
      await database.close()
      database = await openSimDatabase()
    }
    const seed = firstSeed + sum.histories
    const { evidence, broken, faults, crashes, traceHash } = await runHistory(database, seed)
    sum.histories += 1
    sum.crashes += crashes
    addAll(sum.faults, faults)
    for (const { state } of evidence.confirmations) addAll(sum.states, { [state]: 1 })
    const promises = broken.length > 0 ? broken : checkHistory(evidence)
    if (promises.length === 0) continue
    sum.failure = { seed, traceHash, promises }
    break
  }
  // A history that hangs may hold its database for ever.
  if (sum.failure === undefined) await database.close()
  return sum
}

export function addAll(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) to[name] = (to[name] ?? 0) + count
}
