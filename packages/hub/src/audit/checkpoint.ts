import { z } from 'zod'
import { isEqual, type Chain } from './chain.ts'

/** That a row was there: kept outside the database, so that rows and head put back together to an earlier state are noticed. */
export interface Checkpoint {
  workspace: string
  seq: number
  hash: string
  /** When the checkpoint was made. */
  at: string
  mac: string
}

const shape = z.strictObject({
  workspace: z.string(),
  seq: z.int().min(1),
  hash: z.string().length(64),
  at: z.string(),
  mac: z.string(),
})

export interface ReadCheckpoints {
  checkpoints: Checkpoint[]
  /** The first line that is none. */
  fault?: string
}

/** Reads lines of checkpoints. `name` is what the text is called in a fault. */
export function readCheckpoints(chain: Chain, text: string, name: string): ReadCheckpoints {
  const checkpoints: Checkpoint[] = []
  let fault: string | undefined
  const lines = text.split('\n')
  lines.forEach((line, index) => {
    if (line.trim() === '') return
    const found = parseCheckpoint(chain, line)
    if (found !== undefined) checkpoints.push(found)
    else if (index === lines.length - 1) fault ??= `${name} ends in the middle of line ${index + 1}`
    else fault ??= `line ${index + 1} of ${name} is no checkpoint of this hub, or was changed`
  })
  return { checkpoints, ...(fault === undefined ? {} : { fault }) }
}

function parseCheckpoint(chain: Chain, line: string): Checkpoint | undefined {
  try {
    const read = shape.safeParse(JSON.parse(line))
    return read.success && isEqual(read.data.mac, chain.macCheckpoint(read.data)) ? read.data : undefined
  } catch {
    return undefined
  }
}
