import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const claimedHere = new Set<string>()

/**
 * Two processes on one journal would each miss what the other wrote. The claim is a file with our process id;
 * one whose process is gone is what a killed sandbox leaves, and is taken over.
 *
 * @throws Error when another sandbox uses the directory
 */
export function claimDirectory(directory: string): { release(): void } {
  const path = join(directory, 'lock')
  const owner = readOwner(path)
  // A container restarts with the same process ids, so our own id in the file proves nothing.
  const taken = claimedHere.has(directory) || (owner !== undefined && owner !== process.pid && isAlive(owner))
  if (taken) throw new Error(`another sandbox uses ${directory}${owner === undefined ? '' : ` (process ${owner})`}`)
  writeFileSync(path, `${process.pid}\n`, { mode: 0o600 })
  claimedHere.add(directory)
  return {
    release() {
      claimedHere.delete(directory)
      rmSync(path, { force: true })
    },
  }
}

function readOwner(path: string): number | undefined {
  try {
    const owner = Number(readFileSync(path, 'utf8'))
    return Number.isSafeInteger(owner) && owner > 0 ? owner : undefined
  } catch {
    return undefined
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
