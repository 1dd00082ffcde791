import type { Interval } from '../prices/price.ts'

export interface Period {
  readonly start: number
  readonly end: number
}

export interface Cycle {
  readonly interval: Interval
  readonly interval_count: number
}

const DAY_SECONDS = 24 * 60 * 60

/** The 31st of January and a month is the last of February. */
export function addMonths(seconds: number, months: number): number {
  const from = new Date(seconds * 1000)
  const first = new Date(from)
  first.setUTCDate(1)
  first.setUTCMonth(first.getUTCMonth() + months)
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(from.getUTCDate(), days))
  return Math.floor(first.getTime() / 1000)
}

/** @param count how many cycles, also negative */
export function addCycles(anchor: number, cycle: Cycle, count: number): number {
  const steps = cycle.interval_count * count
  switch (cycle.interval) {
    case 'day':
      return anchor + steps * DAY_SECONDS
    case 'week':
      return anchor + steps * 7 * DAY_SECONDS
    case 'month':
      return addMonths(anchor, steps)
    case 'year':
      return addMonths(anchor, 12 * steps)
  }
}

/** The whole cycle around a moment; cycles are counted from the anchor, so that a 31st does not drift to a 28th. */
export function cycleAround(anchor: number, cycle: Cycle, moment: number): Period {
  const lengths: Record<Interval, number> = { day: 1, week: 7, month: 30, year: 365 }
  const length = lengths[cycle.interval] * cycle.interval_count * DAY_SECONDS
  let count = Math.floor((moment - anchor) / length)
  while (addCycles(anchor, cycle, count) > moment) count -= 1
  while (addCycles(anchor, cycle, count + 1) <= moment) count += 1
  return { start: addCycles(anchor, cycle, count), end: addCycles(anchor, cycle, count + 1) }
}

export function sameCycle(left: Cycle, right: Cycle): boolean {
  return left.interval === right.interval && left.interval_count === right.interval_count
}
