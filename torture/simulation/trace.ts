/** What happened in a history, in order: its hash says whether two runs were the same. */
export interface Trace {
  add(line: string): void
  hash(): string
  /** Empty unless the lines are kept. */
  lines: readonly string[]
}

/** `keep`: for a replay that a person reads; a million histories keep the hash alone. */
export function createTrace(keep: boolean): Trace {
  const lines: string[] = []
  // FNV-1a twice, from two starts: fast, and 64 bits are enough to tell histories apart.
  let [low, high] = [0x811c9dc5, 0x1b873593]
  return {
    lines,
    add(line) {
      for (let index = 0; index < line.length; index += 1) {
        const code = line.charCodeAt(index)
        low = Math.imul(low ^ code, 0x01000193)
        high = Math.imul(high ^ code, 0x01000193)
      }
      low = Math.imul(low ^ 10, 0x01000193)
      high = Math.imul(high ^ low, 0x01000193)
      if (keep) lines.push(line)
    },
    hash: () => [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join(''),
  }
}
