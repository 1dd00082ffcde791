import type { PlantedBug } from './bug.ts'
import { editsOf } from './bug.ts'
import type { ReducerModule } from '../reducer/one-confirmation.ts'
import { searchOneConfirmation } from '../reducer/one-confirmation.ts'
import { searchTwoNodes } from '../reducer/two-nodes.ts'
import { firstFailure } from '../simulation/first-failure.ts'
import { FILES } from './plant.ts'

export interface Catch {
  bug: string
  /** What caught it, or undefined. */
  by: string | undefined
  /** Histories that were played with the bug in. */
  histories: number
}

/** Enough to show the bug; the search without a bug goes deeper. */
const SEARCH_DEPTH = 5
const TWO_NODES_DEPTH = 7

/** Plants a bug and looks for it: in the reducer by the search, then by at most `histories` histories. */
export async function catchBug(bug: PlantedBug, firstSeed: number, histories: number): Promise<Catch> {
  const planted = `?planted=${encodeURIComponent(bug.name)}`
  if (editsOf(bug).some(({ file }) => file === FILES.reducer)) {
    const reducer = (await import(`../../packages/hub/src/${FILES.reducer}${planted}`)) as ReducerModule
    const by = firstThrown([
      () => searchOneConfirmation(reducer, 'dashboard', SEARCH_DEPTH),
      () => searchTwoNodes(reducer, TWO_NODES_DEPTH),
    ])
    if (by !== undefined) return { bug: bug.name, by: `search: ${by}`, histories: 0 }
  }
  const { openSimDatabase } = (await import(
    `../simulation/database.ts${planted}`
  )) as typeof import('../simulation/database.ts')
  const { runHistory } = (await import(
    `../simulation/history.ts${planted}`
  )) as typeof import('../simulation/history.ts')
  const found = await firstFailure({ openSimDatabase, runHistory }, firstSeed, histories)
  return {
    bug: bug.name,
    by: found.failure && `seed ${found.failure.seed}: ${found.failure.promises[0] ?? ''}`,
    histories: found.histories,
  }
}

function firstThrown(searches: Array<() => unknown>): string | undefined {
  for (const search of searches) {
    try {
      search()
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  return undefined
}
