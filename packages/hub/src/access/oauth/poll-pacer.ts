import type { Now } from '../../contract/ids.ts'

/** Short enough that pairing feels immediate once it is approved. */
export const POLL_INTERVAL_SECONDS = 2
/** RFC 8628: each `slow_down` lengthens the interval by this much. */
const SLOW_DOWN_SECONDS = 5
/** A poll on the second may arrive a little early. */
const JITTER_MS = 250
/** More pairings than are ever open at once. */
const MAX_CODES = 1_000

/** Remembers when each device code was last polled with. */
export interface PollPacer {
  mayPoll(code: string): boolean
}

export function createPollPacer(now: Now): PollPacer {
  const polls = new Map<string, { at: number; intervalSeconds: number }>()
  return {
    mayPoll(code) {
      const last = polls.get(code)
      polls.delete(code)
      const early = last !== undefined && now() - last.at < last.intervalSeconds * 1000 - JITTER_MS
      const before = last?.intervalSeconds ?? POLL_INTERVAL_SECONDS
      polls.set(code, { at: now(), intervalSeconds: early ? before + SLOW_DOWN_SECONDS : before })
      const oldest = polls.keys().next()
      if (polls.size > MAX_CODES && oldest.done !== true) polls.delete(oldest.value)
      return !early
    },
  }
}
