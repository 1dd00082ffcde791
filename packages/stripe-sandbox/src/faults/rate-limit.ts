const WINDOW_MS = 1_000

/** So many requests in any one second, for each key. */
export interface RateLimit {
  /** Undefined means no limit. */
  perSecond: number | undefined
  /** Counts the request; false when it is one too many. */
  admits(caller: () => string, nowMilliseconds: number): boolean
}

export function createRateLimit(perSecond: number | undefined): RateLimit {
  const admitted = new Map<string, number[]>()
  return {
    perSecond,
    admits(callerOf, now) {
      if (this.perSecond === undefined) return true
      const caller = callerOf()
      const recent = (admitted.get(caller) ?? []).filter((at) => at > now - WINDOW_MS && at <= now)
      const fits = recent.length < this.perSecond
      if (fits) recent.push(now)
      admitted.set(caller, recent)
      return fits
    },
  }
}
