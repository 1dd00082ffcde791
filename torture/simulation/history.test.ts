import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkHistory } from '../checker/check-history.ts'
import { openSimDatabase, type SimDatabase } from './database.ts'
import { runHistory } from './history.ts'

let database: SimDatabase
beforeAll(async () => {
  database = await openSimDatabase()
})
afterAll(() => database.close())

test('the same seed is the same history, whatever was played before it', async () => {
  const other = await openSimDatabase()
  for (let seed = 1; seed <= 40; seed += 1) {
    const first = await runHistory(database, seed)
    // Alone in a fresh database, and in one with others in it.
    const second = await runHistory(other, seed)
    expect(second.traceHash).toBe(first.traceHash)
    expect(second.evidence.audit.map(({ action }) => action)).toEqual(
      first.evidence.audit.map(({ action }) => action),
    )
  }
  const alone = await openSimDatabase()
  const [late, early] = [await runHistory(database, 1_000), await runHistory(alone, 1_000)]
  expect(late.traceHash).toBe(early.traceHash)
  await alone.close()
  await other.close()
})

test('other seeds are other histories', async () => {
  const hashes = new Set<string>()
  for (let seed = 100; seed < 150; seed += 1) hashes.add((await runHistory(database, seed)).traceHash)
  expect(hashes.size).toBe(50)
})

test('histories keep their promises, and end in every way there is', async () => {
  const states = new Set<string>()
  for (let seed = 10_000; seed < 10_800; seed += 1) {
    const { evidence, broken, traceHash } = await runHistory(database, seed)
    expect({ seed, traceHash, broken, failures: checkHistory(evidence) }).toEqual({
      seed,
      traceHash,
      broken: [],
      failures: [],
    })
    for (const { state } of evidence.confirmations) states.add(state)
  }
  for (const state of ['denied', 'revoked', 'stale', 'succeeded', 'failed', 'unknown'])
    expect(states).toContain(state)
}, 120_000)
