import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Chain } from './chain.ts'
import { readCheckpoints, type Checkpoint, type ReadCheckpoints } from './checkpoint.ts'

const FILE = 'checkpoints.jsonl'
/** Holds some of the last lines whole. */
const TAIL_BYTES = 4096

/** All checkpoints of a home; `undefined` where there is no file of them. */
export async function readCheckpointFile(chain: Chain, folder: string): Promise<ReadCheckpoints | undefined> {
  try {
    return readCheckpoints(chain, await readFile(join(folder, FILE), 'utf8'), `the file ${FILE}`)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The last checkpoint in the file that can be read, without reading all of them. */
export async function lastCheckpoint(
  chain: Chain,
  folder: string,
  workspace: string,
): Promise<Checkpoint | undefined> {
  let handle: FileHandle
  try {
    handle = await open(join(folder, FILE), 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    const tail = await readTail(handle)
    return readCheckpoints(chain, tail, FILE).checkpoints.findLast((one) => one.workspace === workspace)
  } finally {
    await handle.close()
  }
}

/** Adds a line that is on disk when the promise resolves. What an earlier crash left of a line is cut off first. */
export async function appendCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const file = join(folder, FILE)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    const torn = tornBytes(await readTail(handle))
    if (torn > 0) await handle.truncate(size - torn)
    // One write at the end, wherever another process has moved that to meanwhile.
    await handle.write(`${JSON.stringify(checkpoint)}\n`)
    await handle.sync()
    if (size === 0) await syncFolder(folder)
  } finally {
    await handle.close()
  }
}

async function readTail(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat()
  const length = Math.min(size, TAIL_BYTES)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
  return buffer.toString('utf8', 0, bytesRead)
}

/** Lines are ASCII but for a foreign one, so that characters are bytes. */
function tornBytes(tail: string): number {
  return Buffer.byteLength(tail.slice(tail.lastIndexOf('\n') + 1))
}

/** A new name is on disk only with its folder. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOENT'
}
