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

interface Owner {
  processId: number
  /** When that process started, in the kernel's own count; empty where the system does not tell. */
  started: string
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
  if (claimedHere.has(directory) || (owner && isRunning(owner))) {
    throw new Error(`another sandbox uses ${directory}${owner ? ` (process ${owner.processId})` : ''}`)
  }
  writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 })
  claimedHere.add(directory)
  return {
    release() {
      claimedHere.delete(directory)
      rmSync(path, { force: true })
    },
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    const [processId = '', started = ''] = readFileSync(path, 'utf8').trim().split(' ')
    return /^[1-9]\d*$/.test(processId) ? { processId: Number(processId), started } : undefined
  } catch {
    return undefined
  }
}

/** A container gives the same process ids again after a restart: only the start time tells the processes apart. */
function isRunning(owner: Owner): boolean {
  if (owner.processId === process.pid || !isAlive(owner.processId)) return false
  const started = startOf(owner.processId)
  return owner.started === '' || started === '' || started === owner.started
}

/** Linux only; the 22nd field, counted after the name, which may contain spaces. */
function startOf(processId: number): string {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
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
