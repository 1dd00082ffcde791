import { isIPv6 } from 'node:net'
import type { Now } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'

export interface LimiterOptions {
  limit: number
  windowSeconds: number
  now: Now
  /** What is counted, as the refusal names it: `sign-in attempts`. */
  what: string
}

/** Counts attempts per key in fixed windows. It lives in memory: a restart forgives, which no caller can cause. */
export interface Limiter {
  /** Counts one attempt; throws `rate_limited` when there were too many. */
  take(key: string): void
  /** Uncounts an attempt that turned out to be a good one. */
  giveBack(key: string): void
}

/** More callers than one hub has; the oldest are forgotten first, so that a flood cannot fill the memory. */
const MAX_KEYS = 10_000

export function createLimiter(options: LimiterOptions): Limiter {
  const windows = new Map<string, { count: number; endsAt: number }>()

  return {
    take(key) {
      const now = options.now()
      const open = windows.get(key)
      if (open === undefined || open.endsAt <= now) {
        windows.delete(key)
        makeRoom(windows, now)
        windows.set(key, { count: 1, endsAt: now + options.windowSeconds * 1000 })
        return
      }
      if (open.count >= options.limit) {
        const seconds = Math.max(1, Math.ceil((open.endsAt - now) / 1000))
        throw new Problem('rate_limited', `Too many ${options.what}. Try again in ${spoken(seconds)}.`, {
          nextStep: `Wait ${seconds} seconds, then try once more.`,
          details: { retry_after_seconds: seconds },
        })
      }
      open.count += 1
    },
    giveBack(key) {
      const open = windows.get(key)
      if (open !== undefined && open.count > 0) open.count -= 1
    },
  }
}

function makeRoom(windows: Map<string, { endsAt: number }>, now: number): void {
  if (windows.size < MAX_KEYS) return
  for (const [key, open] of windows) if (open.endsAt <= now) windows.delete(key)
  for (const key of windows.keys()) {
    if (windows.size < MAX_KEYS) return
    windows.delete(key)
  }
}

function spoken(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}

/** Whom to count an address under: an IPv6 caller owns a whole /64 and could use a new address for each attempt. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('%')[0]!.toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array.from({ length: zeros }, () => '0'), ...back]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
