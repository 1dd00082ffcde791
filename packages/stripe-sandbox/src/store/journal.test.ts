import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openJournal } from './journal.ts'
import type { JournalEntry } from './journal.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(directory)
  return directory
}

const line = (sequence: number, text = ''): JournalEntry => ({
  account: 'acct_1',
  sequence,
  writes: [['customers', { id: `cus_${sequence}`, text } as { id: string }]],
})

function open(
  directory: string,
  options: { snapshot?: () => JournalEntry[]; compactFromBytes?: number } = {},
) {
  const replayed: number[] = []
  const journal = openJournal(directory, {
    replay: (entry) => replayed.push('sequence' in entry ? entry.sequence : 0),
    snapshot: options.snapshot ?? (() => []),
    ...(options.compactFromBytes === undefined ? {} : { compactFromBytes: options.compactFromBytes }),
  })
  return { journal, replayed }
}

test('what was appended is replayed in order', () => {
  const directory = temporary()
  const first = open(directory)
  for (let number = 1; number <= 3; number++) first.journal.append(line(number))
  first.journal.close()
  const second = open(directory)
  expect(second.replayed).toEqual([1, 2, 3])
  second.journal.close()
})

test('lines longer than one read are put together', () => {
  const directory = temporary()
  const { journal } = open(directory)
  journal.append(line(1, 'x'.repeat(3 * 1024 * 1024)))
  journal.append(line(2, 'ü'.repeat(1024 * 1024)))
  journal.close()
  const again = open(directory)
  expect(again.replayed).toEqual([1, 2])
  again.journal.close()
})

test('a torn last line is cut off wherever it was torn, and writing goes on', () => {
  const directory = temporary()
  const path = join(directory, 'journal.jsonl')
  const { journal } = open(directory)
  for (let number = 1; number <= 2; number++) journal.append(line(number))
  journal.close()
  const whole = readFileSync(path)
  const secondStarts = whole.indexOf(10) + 1
  for (let size = secondStarts; size < whole.length; size++) {
    writeFileSync(path, whole)
    truncateSync(path, size)
    const { journal: torn, replayed } = open(directory)
    expect(replayed).toEqual([1])
    torn.append(line(9))
    torn.close()
    const again = open(directory)
    expect(again.replayed).toEqual([1, 9])
    again.journal.close()
  }
})

test('damage in the middle is not passed over', () => {
  const directory = temporary()
  const path = join(directory, 'journal.jsonl')
  writeFileSync(path, 'rubbish\n')
  appendFileSync(path, `${JSON.stringify(line(2))}\n`)
  expect(() => open(directory)).toThrow(/is damaged at line 1/)
  expect(existsSync(join(directory, 'lock'))).toBe(false)
})

test('compacting keeps the state in fewer bytes', () => {
  const directory = temporary()
  const { journal } = open(directory, { compactFromBytes: 10_000, snapshot: () => [line(77)] })
  for (let number = 1; number <= 500; number++) journal.append(line(number, 'x'.repeat(40)))
  journal.close()
  expect(statSync(join(directory, 'journal.jsonl')).size).toBeLessThan(11_000)
  const { journal: again, replayed } = open(directory)
  expect(replayed[0]).toBe(77)
  expect(replayed.at(-1)).toBe(500)
  again.close()
})

test('a journal of which everything still holds is not written again', () => {
  const directory = temporary()
  const written: JournalEntry[] = []
  const { journal } = open(directory, { compactFromBytes: 1_000, snapshot: () => written })
  const file = statSync(join(directory, 'journal.jsonl')).ino
  for (let number = 1; number <= 500; number++) {
    written.push(line(number))
    journal.append(line(number))
  }
  expect(statSync(join(directory, 'journal.jsonl')).ino).toBe(file)
  journal.close()
})

test('an unfinished compaction is as if it had not been begun', () => {
  const directory = temporary()
  const { journal } = open(directory)
  journal.append(line(1))
  journal.close()
  writeFileSync(join(directory, 'journal.jsonl.new'), '{"half')
  const again = open(directory)
  expect(again.replayed).toEqual([1])
  again.journal.close()
})

test('a compaction that fails leaves the journal whole and going', () => {
  const directory = temporary()
  const failing = () => {
    throw new Error('disk full')
  }
  const { journal } = open(directory, { compactFromBytes: 100, snapshot: failing })
  for (let number = 1; number <= 5; number++) journal.append(line(number))
  journal.close()
  const again = open(directory)
  expect(again.replayed).toEqual([1, 2, 3, 4, 5])
  again.journal.close()
})

test('a directory has one sandbox at a time; a dead owner does not count', () => {
  const directory = temporary()
  const { journal } = open(directory)
  expect(() => open(directory)).toThrow(/another sandbox uses/)
  journal.close()
  // Process 1 lives, and is not ours.
  writeFileSync(join(directory, 'lock'), '1\n')
  expect(() => open(directory)).toThrow(/another sandbox uses .* \(process 1\)/)
  for (const gone of ['999999999\n', '1 12345678901\n', `${process.pid}\n`, 'rubbish']) {
    writeFileSync(join(directory, 'lock'), gone)
    open(directory).journal.close()
  }
  expect(existsSync(join(directory, 'lock'))).toBe(false)
})

test('files are for their owner only', () => {
  const directory = temporary()
  const { journal } = open(directory)
  journal.append(line(1))
  expect(statSync(join(directory, 'journal.jsonl')).mode & 0o077).toBe(0)
  journal.close()
})
