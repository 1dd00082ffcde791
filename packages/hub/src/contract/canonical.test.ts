import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, sha256 } from './canonical.ts'

test('two spellings of the same value give the same text', () => {
  expect(canonicalJson({ b: 1, a: { d: [1, { f: 1, e: 2 }], c: null } })).toBe(
    '{"a":{"c":null,"d":[1,{"e":2,"f":1}]},"b":1}',
  )
  expect(canonicalJson({ a: 1, gone: undefined })).toBe(canonicalJson({ a: 1 }))
  expect(canonicalJson({ 10: 'a', 9: 'b', x: 1 })).toBe(canonicalJson({ x: 1, 9: 'b', 10: 'a' }))
})

test('different values give different texts', () => {
  const values = [
    {},
    [],
    null,
    '',
    '{}',
    0,
    false,
    { a: 1 },
    { a: '1' },
    { a: [1] },
    [1, 2],
    [2, 1],
    [[1], 2],
  ]
  expect(new Set(values.map((value) => canonicalJson(value))).size).toBe(values.length)
})

test('the order of the keys never counts, at any depth, and the value stays the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.infiniteStream(fc.nat()), (value, randoms) => {
      const shuffled = shuffle(value, () => randoms.next().value ?? 0)
      expect(canonicalJson(shuffled)).toBe(canonicalJson(value))
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('a value keeps its text on the way through a database', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalJson(value))
    }),
  )
})

test('names of the prototype are names like others', () => {
  const value: unknown = JSON.parse('{"b":1,"__proto__":{"a":1},"constructor":2}')
  expect(canonicalJson(value)).toBe('{"__proto__":{"a":1},"b":1,"constructor":2}')
  expect(canonicalJson(value)).not.toBe(canonicalJson({ b: 1, constructor: 2 }))
})

test('the hash is SHA-256 of the UTF-8 text, in hex', () => {
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(sha256('ä')).not.toBe(sha256('a'))
})

function shuffle(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffle(item, random))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => ({ at: random(), pair: [key, shuffle(item, random)] as const }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ pair }) => pair),
  )
}
