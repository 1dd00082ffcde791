import { BEGINNING, isEqual, type Chain, type Reached } from './chain.ts'
import { readCheckpoints } from './checkpoint.ts'
import { expectCheckpoints } from './expect-checkpoints.ts'
import { LineTooLong, readLines } from './lines.ts'
import { fromLine } from './row-text.ts'

export type ExportVerdict = (
  | { ok: true }
  /** `line` of the file, and the row it holds if it is one; null where rows are missing after the last line. */
  | { ok: false; line: number | null; seq: number | null; reason: string }
) & {
  /** How many rows were proven. */
  rows: number
  first: number | null
  last: number | null
  /** Every row from the first of the log to `last` is there: what came after it, only a checkpoint can say. */
  whole: boolean
  checkpoints?: number
}

/**
 * Proves an export by the key alone. A row is proven by its own hash; that nothing is missing between two, where their
 * numbers follow each other.
 */
export async function verifyExport(
  chain: Chain,
  source: AsyncIterable<Uint8Array | string>,
  {
    given,
    onProgress,
  }: { given?: string | undefined; onProgress?: ((rows: number) => void) | undefined } = {},
): Promise<ExportVerdict> {
  const kept = readCheckpoints(chain, given ?? '', 'the checkpoints given')
  let expected = expectCheckpoints([])
  let workspace: string | undefined
  let first: number | null = null
  let last: Reached = BEGINNING
  let rows = 0
  let gaps = 0

  const verdict = () => ({
    rows,
    first,
    last: rows === 0 ? null : last.seq,
    whole: rows > 0 && gaps === 0,
    ...(expected.compared === 0 ? {} : { checkpoints: expected.compared }),
  })
  const bad = (line: number | null, seq: number | null, reason: string): ExportVerdict => ({
    ok: false,
    line,
    seq,
    reason,
    ...verdict(),
    whole: false,
  })

  try {
    for await (const { number, text, isTorn } of readLines(source)) {
      if (text.trim() === '') continue
      const row = fromLine(text)
      if (row === undefined)
        return bad(number, null, isTorn ? 'the file ends here, in the middle of a row' : 'this is no row')
      if (workspace === undefined) {
        workspace = row.workspace
        expected = expectCheckpoints(kept.checkpoints.filter((one) => one.workspace === workspace))
      }
      const why = whyNot()
      if (why !== undefined) return bad(number, row.seq, why)
      if (row.seq !== last.seq + 1) gaps += 1
      first ??= row.seq
      last = row
      rows += 1
      if (rows % PROGRESS_ROWS === 0) onProgress?.(rows)

      function whyNot(): string | undefined {
        if (row === undefined) return undefined
        if (row.workspace !== workspace) return 'the row belongs to another workspace'
        if (row.seq <= last.seq) return 'the row is not where it belongs'
        if (!isEqual(row.hash, chain.hashRow(row))) return 'the row was changed'
        if (row.seq === last.seq + 1 && row.previous_hash !== last.hash)
          return 'the row does not follow the one before it'
        return expected.whyNotAt(row.seq, row.hash)
      }
    }
  } catch (error) {
    if (error instanceof LineTooLong) return bad(null, null, error.message)
    throw error
  }
  const lost = kept.fault ?? expected.whyNotEndAt(last.seq)
  return lost === undefined
    ? { ok: true, ...verdict() }
    : bad(null, kept.fault === undefined ? last.seq + 1 : null, lost)
}

const PROGRESS_ROWS = 1_000
