import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { claimDirectory, makeDirectory } from './directory-claim.ts'
import type { Stored } from './table.ts'

/** One line of the journal: everything that one request changed, so that no half of it can survive alone. */
export interface JournalEntry {
  account: string
  /** Present on the line that opens the account. */
  opened?: { keyHash: string; livemode: boolean; created: number }
  /** How many ids the account had given out afterwards. */
  sequence: number
  writes: [table: string, entity: Stored][]
}

/** How far the sandbox's own clock is ahead of the one it was given. */
export interface ClockEntry {
  clockOffset: number
}

export type JournalLine = JournalEntry | ClockEntry

export interface Journal {
  /** Returns when the operating system has the line: it survives the death of the process. */
  append(entry: JournalLine): void
  /** Throws the past away: only the present state is left. */
  rewrite(): void
  close(): void
}

/** A journal this small is not worth compacting. */
const COMPACT_FROM_BYTES = 32 * 1024 * 1024
/** Compacting writes everything once; at twice the size of the last time, that costs little per line. */
const COMPACT_GROWTH = 2
const WORTH_WRITES_PER_OBJECT = 1.5
const READ_CHUNK_BYTES = 1024 * 1024
const WRITE_CHUNK_CHARACTERS = 1024 * 1024

const FILE_NAME = 'journal.jsonl'

export interface JournalOptions {
  /** Called for each line found on opening. */
  replay: (entry: JournalLine) => void
  /** The present state as the fewest lines that replay to it. */
  snapshot: () => Iterable<JournalLine>
  compactFromBytes?: number
}

/**
 * Opens the directory's journal and replays it. A last line without its end is what a killed process leaves:
 * its answer never went out, so it is cut off.
 *
 * @throws Error with one clear line when the directory cannot be used or a line in the middle is damaged
 */
export function openJournal(directory: string, options: JournalOptions): Journal {
  makeDirectory(directory)
  const claim = claimDirectory(directory)
  try {
    return startJournal(join(directory, FILE_NAME), options, () => claim.release())
  } catch (error) {
    claim.release()
    throw error
  }
}

function startJournal(path: string, options: JournalOptions, release: () => void): Journal {
  const compactFrom = options.compactFromBytes ?? COMPACT_FROM_BYTES
  // An unfinished compaction was never the journal.
  rmSync(`${path}.new`, { force: true })
  let file = openSync(path, 'a+', 0o600)
  let writes = 0
  let size = replayFile(file, path, (entry) => {
    writes += writesIn(entry)
    options.replay(entry)
  })
  let compactAt = Math.max(compactFrom, size * COMPACT_GROWTH)

  const objects = () => {
    let count = 0
    for (const entry of options.snapshot()) count += writesIn(entry)
    return count
  }

  const rewrite = () => {
    const next = openSync(`${path}.new`, 'w', 0o600)
    let written = 0
    try {
      let text = ''
      for (const entry of options.snapshot()) {
        text += lineOf(entry)
        if (text.length < WRITE_CHUNK_CHARACTERS) continue
        written += writeText(next, text)
        text = ''
      }
      written += writeText(next, text)
      fsyncSync(next)
      // The rename is the switch: before it the old journal is whole, after it the new one.
      renameSync(`${path}.new`, path)
    } catch (error) {
      closeSync(next)
      throw error
    }
    closeSync(file)
    file = next
    size = written
    writes = objects()
    compactAt = Math.max(compactFrom, size * COMPACT_GROWTH)
  }

  const compact = () => {
    try {
      // Where hardly anything has been overtaken, writing it all again would save nothing.
      if (writes >= objects() * WORTH_WRITES_PER_OBJECT) rewrite()
      else compactAt = size * COMPACT_GROWTH
    } catch {
      // A full disk: the old journal is whole and goes on; try again much later.
      compactAt = size * COMPACT_GROWTH
    }
  }

  return {
    append(entry) {
      try {
        size += writeText(file, lineOf(entry))
        writes += writesIn(entry)
      } catch (error) {
        // Half a line would swallow the next one.
        ftruncateSync(file, size)
        throw error
      }
      if (size > compactAt) compact()
    },
    rewrite,
    close() {
      fsyncSync(file)
      closeSync(file)
      release()
    },
  }
}

function writesIn(entry: JournalLine): number {
  return 'writes' in entry ? entry.writes.length : 0
}

function lineOf(entry: JournalLine): string {
  return `${JSON.stringify(entry)}\n`
}

/** Returns how many bytes it was. */
function writeText(file: number, text: string): number {
  const length = Buffer.byteLength(text)
  // As many bytes as characters: nothing but ASCII, which is written as it is.
  let written = writeSync(file, text, null, length === text.length ? 'latin1' : 'utf8')
  // A nearly full disk takes a part; the rest is tried, or says why not.
  if (written < length) {
    const bytes = Buffer.from(text)
    while (written < length) written += writeSync(file, bytes, written)
  }
  return length
}

/** Returns the size of the journal's good part. */
function replayFile(file: number, path: string, replay: (entry: JournalLine) => void): number {
  const chunk = Buffer.alloc(READ_CHUNK_BYTES)
  const rest: Buffer[] = []
  let good = 0
  let lines = 0
  for (let position = 0; ;) {
    const length = readSync(file, chunk, 0, chunk.length, position)
    if (length === 0) break
    position += length
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1 && end < length; end = chunk.indexOf(10, start)) {
      let line = chunk.subarray(start, end)
      // Only a line that began in the chunk before has to be put together.
      if (rest.length > 0) line = Buffer.concat([...rest.splice(0), line])
      lines += 1
      replay(parseLine(line, path, lines))
      good += line.length + 1
      start = end + 1
    }
    rest.push(Buffer.from(chunk.subarray(start, length)))
  }
  ftruncateSync(file, good)
  return good
}

function parseLine(line: Buffer, path: string, number: number): JournalLine {
  try {
    return JSON.parse(line.toString('utf8')) as JournalLine
  } catch {
    throw new Error(`${path} is damaged at line ${number}; restore it or start with another directory`)
  }
}
