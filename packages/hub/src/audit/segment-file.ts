import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { AuditSegmentsTable, AuditTable } from '../storage/schema.ts'
import { syncFolder } from './checkpoint-file.ts'
import { readLines } from './lines.ts'
import { fromLine, toLine } from './row-text.ts'

type Range = Pick<AuditSegmentsTable, 'workspace' | 'first_seq' | 'last_seq'>

const NAME = /^(.+)-(\d{12})-(\d{12})\.jsonl\.gz$/

export function segmentsFolder(folder: string): string {
  return join(folder, 'segments')
}

/** The name says which rows are in it, and is never read from the database. */
export function segmentName({ workspace, first_seq: first, last_seq: last }: Range): string {
  return `${workspace}-${String(first).padStart(12, '0')}-${String(last).padStart(12, '0')}.jsonl.gz`
}

export function rangeOfName(name: string): Range | undefined {
  const match = NAME.exec(name)
  if (match === null) return undefined
  const [, workspace = '', first, last] = match
  return { workspace, first_seq: Number(first), last_seq: Number(last) }
}

export function segmentPath(folder: string, range: Range): string {
  return join(segmentsFolder(folder), segmentName(range))
}

/** Writes a segment under its name, all of it on disk when the promise resolves; answers its SHA-256. */
export async function writeSegment(path: string, rows: AsyncIterable<AuditTable>): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${process.pid}.tmp`
  const hash = createHash('sha256')
  await pipeline(
    rows,
    async function* (source: AsyncIterable<AuditTable>) {
      for await (const row of source) yield toLine(row)
    },
    createGzip(),
    tap(hash),
    createWriteStream(unfinished, { mode: 0o600, flush: true }),
  )
  await rename(unfinished, path)
  await syncFolder(dirname(path))
  return hash.digest('hex')
}

/**
 * Reads a segment row by row (`undefined` where a line is none). The hash of the file is known when all are read; a file
 * that is damaged throws at the place.
 */
export async function openSegment(
  path: string,
): Promise<{ rows: AsyncGenerator<AuditTable | undefined>; fileHash: () => string }> {
  const handle = await open(path, 'r')
  const hash = createHash('sha256')
  return { rows: rowsOf(handle, hash), fileHash: () => hash.digest('hex') }
}

async function* rowsOf(handle: FileHandle, hash: Hash): AsyncGenerator<AuditTable | undefined> {
  const unpacked = createGunzip()
  const piped = pipeline(handle.createReadStream(), tap(hash), unpacked)
  // Whoever reads meets the same error; whoever stops early has no use for it.
  piped.catch(() => undefined)
  for await (const { text, isTorn } of readLines(unpacked)) yield isTorn ? undefined : fromLine(text)
}

function tap(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
}
