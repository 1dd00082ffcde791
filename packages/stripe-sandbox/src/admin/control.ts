import type { SavedState } from '../store/saved-state.ts'
import type { Store } from '../store/store.ts'

/** How far to move the clock: by so many seconds, or to a moment. */
export type ClockMove = { seconds: number } | { to: Date | string | number }

/** What the one who runs the sandbox may do with it, and no client of Stripe's may. */
export interface Control {
  /** Forgets everything: accounts, clock and ordered faults. */
  reset(): void
  /** Keeps the present state, in memory; the id brings it back. */
  snapshot(): string
  /** @throws ControlError when there is no such snapshot */
  restore(id: string): void
  /**
   * Moves the sandbox's clock forward and does what falls due on the way.
   *
   * @returns the new time, in milliseconds since the epoch
   * @throws ControlError for a time that is none, or that is past
   */
  advance(move: ClockMove): number
}

/** Said to the one who runs the sandbox. */
export class ControlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ControlError'
  }
}

/** Each holds references, not copies; still a loop should not keep everything that ever was. */
const MAX_SNAPSHOTS = 100
/** A century: beyond it lies a mistake of units. */
const MAX_ADVANCE_SECONDS = 100 * 365 * 24 * 60 * 60

export interface ControlOptions {
  store: Store
  /** The state has been replaced: forget what was remembered of it. */
  onReplaced: () => void
  /** The clock has moved. */
  onAdvanced: () => void
}

export function createControl({ store, onReplaced, onAdvanced }: ControlOptions): Control {
  const snapshots = new Map<string, SavedState>()
  let numbered = 0
  return {
    reset() {
      store.restore()
      onReplaced()
    },
    snapshot() {
      if (snapshots.size >= MAX_SNAPSHOTS) {
        throw new ControlError(`The sandbox keeps at most ${MAX_SNAPSHOTS} snapshots.`)
      }
      const id = `snapshot_${++numbered}`
      snapshots.set(id, store.capture())
      return id
    },
    restore(id) {
      const saved = snapshots.get(id)
      if (!saved) throw new ControlError(`There is no snapshot '${id.slice(0, 80)}'.`)
      store.restore(saved)
      onReplaced()
    },
    advance(move) {
      const now = store.now()
      const to = 'to' in move ? momentOf(move.to) : now + move.seconds * 1000
      if (!Number.isFinite(to))
        throw new ControlError('The clock needs `seconds`, or `to` as an ISO date or Unix seconds.')
      if (to < now) throw new ControlError('The clock only goes forward; restore a snapshot to go back.')
      if (to - now > MAX_ADVANCE_SECONDS * 1000)
        throw new ControlError('The clock moves at most a century at a time.')
      store.moveClock(store.clockOffset + Math.round(to - now))
      onAdvanced()
      return store.now()
    },
  }
}

/** Milliseconds; numbers are seconds, as everywhere in Stripe's API. */
export function momentOf(moment: Date | string | number): number {
  if (typeof moment === 'number') return moment * 1000
  if (typeof moment === 'string' && /^\d{9,12}$/.test(moment)) return Number(moment) * 1000
  return new Date(moment).getTime()
}
