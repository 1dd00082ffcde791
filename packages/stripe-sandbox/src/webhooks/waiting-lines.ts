interface Place<T> {
  at: number
  what: T
}

/** Who waits until when, in a line for each place to go to; each place takes only so many at once. */
export interface WaitingLines<T> {
  add(at: number, what: T): void
  /** One whose time has come and whose place has room; takes up room until it is released. */
  takeUntil(now: number): T | undefined
  release(what: T): void
  /** When the first of those whose place has room is due. */
  nextAt(): number | undefined
  clear(): void
}

export function createWaitingLines<T>(lineOf: (what: T) => string, roomInEach: number): WaitingLines<T> {
  // In each line the next one stands last: taking it moves nothing.
  const lines = new Map<string, Place<T>[]>()
  const taken = new Map<string, number>()

  /** Of the lines with room the one whose first has waited longest. */
  const longest = () => {
    let found: { name: string; line: Place<T>[]; at: number } | undefined
    for (const [name, line] of lines) {
      const at = line.at(-1)?.at
      if (at === undefined || (taken.get(name) ?? 0) >= roomInEach) continue
      if (!found || at < found.at) found = { name, line, at }
    }
    return found
  }

  return {
    add(at, what) {
      const name = lineOf(what)
      const line = lines.get(name) ?? []
      let low = 0
      let high = line.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((line[middle]?.at ?? 0) > at) low = middle + 1
        else high = middle
      }
      line.splice(low, 0, { at, what })
      lines.set(name, line)
    },
    takeUntil(now) {
      const found = longest()
      if (!found || found.at > now) return undefined
      const { name, line } = found
      const next = line.pop()
      if (line.length === 0) lines.delete(name)
      taken.set(name, (taken.get(name) ?? 0) + 1)
      return next?.what
    },
    release(what) {
      const name = lineOf(what)
      const left = (taken.get(name) ?? 1) - 1
      if (left > 0) taken.set(name, left)
      else taken.delete(name)
    },
    nextAt: () => longest()?.at,
    clear: () => lines.clear(),
  }
}
