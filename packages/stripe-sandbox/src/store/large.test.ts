import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { events } from '../events/event.ts'
import type { EventEntity } from '../events/event.ts'
import { createIdSource } from './ids.ts'
import { openStore } from './store.ts'

const OBJECTS = 100_000
const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

test('a hundred thousand objects come back in order, from one line each and the changes since', () => {
  const data = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(data)
  const open = () =>
    openStore({
      data,
      now: () => 1_800_000_000_000,
      newId: createIdSource(1),
      kinds: [events],
      compactFromBytes: 1024 * 1024,
    })
  const before = open()
  const account = before.openAccount('key', false)
  const entity = (number: number, round: number): EventEntity => ({
    id: `evt_${number}`,
    type: 'customer.created',
    created: number,
    data: { object: { round } },
    request: { id: null, idempotency_key: null },
  })
  for (const round of [1, 2]) {
    for (let start = 0; start < OBJECTS; start += 1_000) {
      const tx = before.begin(account, { requestId: null, idempotencyKey: null })
      for (let number = start; number < start + 1_000; number++) tx.put(events, entity(number, round))
      before.commit(tx)
    }
  }
  before.close()
  const lines = readFileSync(join(data, 'journal.jsonl')).filter((byte) => byte === 10).length
  // However it was compacted: an opening, a line for each object at most, and one for each commit.
  expect(lines).toBeLessThanOrEqual(1 + OBJECTS + 200)

  const after = open()
  expect(after.linesReplayed).toBe(lines)
  const [found] = after.accounts()
  const rows = found
    ? after.begin(found, { requestId: null, idempotencyKey: null }).rows(events, 'type', 'customer.created')
    : []
  expect(rows).toHaveLength(OBJECTS)
  expect(
    rows.every(
      (
        {
          entity: {
            created,
            data: { object },
          },
        },
        at,
      ) => created === at && object.round === 2,
    ),
  ).toBe(true)
  after.close()
})
