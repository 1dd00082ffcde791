import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const claimedHere = new Set<string>()

/** Not `recursive`: that never ends in a place like /proc, where making a directory says that it is missing. */
export function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  const parent = dirname(path)
  if (parent !== path) makeDirectory(parent)
  mkdirSync(path, { mode: 0o700 })
}

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
  if (taken)
    throw new Error(`another sandbox uses ${directory}${owner === undefined ? '' : ` (process ${owner})`}`)
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
