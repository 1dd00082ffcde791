import type { CommandContext } from './command.ts'
import type { Safe } from './safe-text.ts'

/** Shows on a terminal how far long work is; in a log it would be noise. */
export async function withProgress<T>(
  { deps, out }: CommandContext,
  toldAs: (rows: number) => Safe,
  work: (onProgress: (rows: number) => void) => Promise<T>,
): Promise<T> {
  let done = 0
  const end = deps.stderr.isTTY ? out.waiting(() => toldAs(done)) : undefined
  try {
    return await work((rows) => (done = rows))
  } finally {
    end?.()
  }
}
