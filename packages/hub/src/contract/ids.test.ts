import { expect, test } from 'vitest'
import { isoTime, randomId } from './ids.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'

test('an id has its prefix and 24 characters that can be read aloud', () => {
  for (const prefix of ['conf', 'conn', 'device', 'idem'] as const)
    expect(randomId(prefix)).toMatch(new RegExp(`^${prefix}_[${ALPHABET}]{24}$`))
  expect(ALPHABET).not.toMatch(/[ILOUilou]/)
})

test('no two are the same', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => randomId('conf'))).size).toBe(10_000)
})

test('each character is as likely as any other, at each place', () => {
  const rounds = 20_000
  const counts = new Map<string, number>()
  for (let round = 0; round < rounds; round += 1) {
    for (const character of randomId('conf').slice(5)) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  const expected = (rounds * 24) / ALPHABET.length
  let chiSquared = 0
  for (const character of ALPHABET) chiSquared += ((counts.get(character) ?? 0) - expected) ** 2 / expected
  // 53 degrees of freedom: chance exceeds this once in 10^9 runs. Without throwing bytes away it would be 15,000.
  expect(chiSquared).toBeLessThan(140)
  expect(counts.size).toBe(ALPHABET.length)
})

test('moments are spelt so that the order of the text is the order of time', () => {
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z')
  const moments = [0, 1, 999, 1000, Date.UTC(2026, 10, 1), Date.UTC(2100, 0, 1)]
  const texts = moments.map(isoTime)
  expect(texts.toSorted()).toEqual(texts)
})
