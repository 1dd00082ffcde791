import type { Checkpoint } from './checkpoint.ts'

/** What checkpoints say about rows, asked while the chain is walked from its first row to its last. */
export interface Expected {
  /** With how many the rows were compared by now. */
  compared: number
  /** Why this cannot be the row of its number. */
  whyNotAt(seq: number, hash: string): string | undefined
  /** Why the chain cannot end after this row. */
  whyNotEndAt(seq: number): string | undefined
}

export function expectCheckpoints(checkpoints: readonly Checkpoint[]): Expected {
  const waiting = checkpoints.toSorted((a, b) => a.seq - b.seq)
  let next = 0
  const expected: Expected = {
    compared: 0,
    whyNotAt(seq, hash) {
      for (let one = waiting[next]; one !== undefined && one.seq <= seq; one = waiting[next]) {
        next += 1
        // The ones before it are of rows in a file that is not here.
        if (one.seq < seq) continue
        if (one.hash !== hash) return `this is not the row that was there at ${one.at}`
        expected.compared += 1
      }
      return undefined
    },
    whyNotEndAt(seq) {
      const last = waiting.at(-1)
      return last === undefined || last.seq <= seq
        ? undefined
        : `rows are missing that were there at ${last.at} (${last.seq} were written)`
    },
  }
  return expected
}
