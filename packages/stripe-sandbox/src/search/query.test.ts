import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { StripeError } from '../wire/errors.ts'
import { compileQuery } from './compile-query.ts'
import type { Searchable } from './compile-query.ts'
import { parseQuery } from './parse-query.ts'
import type { Clause, Query } from './parse-query.ts'

interface Thing {
  amount: number | null
  currency: string | null
  name: string | null
  live: boolean
  metadata: { readonly [key: string]: string }
}

const things: Searchable<Thing> = {
  resource: 'things',
  fields: {
    amount: { type: 'number', of: (thing) => thing.amount },
    currency: { type: 'token', of: (thing) => thing.currency },
    live: { type: 'token', of: (thing) => thing.live },
    name: { type: 'text', of: (thing) => thing.name },
  },
  metadata: (thing) => thing.metadata,
}

const word = fc.string({
  unit: fc.constantFrom('a', 'B', 'c', '"', "'", '\\', ' ', 'é', '%', '-'),
  maxLength: 6,
})
const anyThing: fc.Arbitrary<Thing> = fc.record({
  amount: fc.option(fc.integer({ min: -3, max: 3 })),
  currency: fc.option(fc.constantFrom('usd', 'EUR')),
  name: fc.option(word),
  live: fc.boolean(),
  metadata: fc.dictionary(word, word, { maxKeys: 2 }),
})

const clause: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({
    negated: fc.boolean(),
    field: fc.constant('amount'),
    operator: fc.constantFrom(':', '>', '<', '>=', '<='),
    value: fc.integer({ min: -3, max: 3 }),
  }),
  fc.record({
    negated: fc.boolean(),
    field: fc.constantFrom('currency', 'name', 'amount'),
    operator: fc.constant(':'),
    value: fc.constant(null),
  }),
  fc.record({
    negated: fc.boolean(),
    field: fc.constantFrom('currency', 'name', 'live'),
    operator: fc.constant(':'),
    value: fc.oneof(word, fc.constantFrom('USD', 'eur', 'true')),
  }),
  fc.record({
    negated: fc.boolean(),
    field: fc.constant('name'),
    operator: fc.constant('~'),
    value: word.filter((text) => text.length >= 3),
  }),
  fc.record({
    negated: fc.boolean(),
    field: fc.constant('metadata'),
    key: word,
    operator: fc.constant(':'),
    value: fc.option(word),
  }),
)
const query = fc.record({
  join: fc.constantFrom<Query['join']>('and', 'or'),
  clauses: fc.array(clause, { minLength: 1, maxLength: 4 }),
})

function quoted(text: string, quote: string): string {
  return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote
}

function written({ join, clauses }: Query, quote: string, bareAnd: boolean): string {
  const texts = clauses.map(({ negated, field, key, operator, value }) => {
    const name = key === undefined ? field : `${field}[${quoted(key, quote)}]`
    const literal = typeof value === 'string' ? quoted(value, quote) : String(value)
    return `${negated ? '-' : ''}${name}${operator}${literal}`
  })
  return texts.join(join === 'or' ? ' oR ' : bareAnd ? ' ' : ' AND ')
}

/** The same question asked in the plainest way. */
function answered(thing: Thing, { negated, field, key, operator, value }: Clause): boolean {
  const actual =
    field === 'metadata'
      ? Object.entries(thing.metadata).find(([name]) => name === key)?.[1]
      : (Object.entries(thing).find(([name]) => name === field)?.[1] as string | number | boolean | null)
  const plain = () => {
    if (value === null) return actual == null
    if (actual == null) return false
    const [left, right] = [String(actual).toLowerCase(), String(value).toLowerCase()]
    if (operator === ':') return left === right
    if (operator === '~') return left.split(right).length > 1
    const difference = Number(actual) - Number(value)
    if (operator === '>') return difference > 0
    if (operator === '<') return difference < 0
    return operator === '>=' ? difference >= 0 : difference <= 0
  }
  return plain() !== negated
}

test('whatever is written is read back, and answered as the plain evaluator answers', () => {
  fc.assert(
    fc.property(query, anyThing, fc.constantFrom('"', "'"), fc.boolean(), (asked, one, quote, bareAnd) => {
      const parsed = parseQuery(written(asked, quote, bareAnd))
      expect(parsed.clauses).toEqual(asked.clauses)
      const answers = asked.clauses.map((part) => answered(one, part))
      const expected = asked.join === 'and' ? !answers.includes(false) : answers.includes(true)
      expect(compileQuery(parsed, things)(one)).toBe(expected)
    }),
    { numRuns: 1_000 },
  )
})

test('any text at all is either a query or refused in the words of Stripe', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'amount',
      'metadata',
      ':',
      '~',
      '>=',
      '-',
      '[',
      ']',
      '"',
      "'",
      '\\',
      ' AND ',
      ' or ',
      'null',
      '1',
      ' ',
    ),
    fc.string({ maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        compileQuery(
          parseQuery(pieces.join('')),
          things,
        )({
          amount: 1,
          currency: null,
          name: 'x',
          live: true,
          metadata: {},
        })
      } catch (error) {
        expect(error).toBeInstanceOf(StripeError)
      }
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['', /unable to parse/],
  ['amount', /unable to parse/],
  ['amount:', /unable to parse/],
  ['currency:usd', /unable to parse/],
  ['currency:"usd', /unable to parse/],
  ['currency:"usd" AND', /unable to parse/],
  ['(currency:"usd")', /unable to parse/],
  ['metadata[k]:"v"', /unable to parse/],
  ['AND:"x" OR', /unable to parse/],
  ['name:"a" AND name:"b" OR name:"c"', /cannot combine AND and OR/],
  ['name:"a" OR name:"b" name:"c"', /cannot combine AND and OR/],
  ['colour:"red"', /^Field `colour` is an unsupported search field for resource `things`\. See http/],
  ['metadata:"v"', /^Field `metadata` is an unsupported/],
  ['constructor:"v"', /^Field `constructor` is an unsupported/],
  ['currency["k"]:"v"', /^Field `currency` is an unsupported/],
  ['currency~"usd"', /^Operator `~` is not supported for field `currency`/],
  ['name>"a"', /^Operator `>` is not supported/],
  ['amount~"123"', /^Operator `~` is not supported/],
  ['amount>null', /^Operator `>` is not supported/],
  ['metadata["k"]~"value"', /^Operator `~` is not supported/],
  ['name~"ab"', /at least 3 characters/],
  ['amount>"yesterday"', /numeric value/],
  [`name:"${'x'.repeat(6_000)}"`, /up to 5000 characters/],
  [Array.from({ length: 101 }, () => 'live:true').join(' '), /up to 100 clauses/],
])('refused: %s', (text, message) => {
  expect(() => compileQuery(parseQuery(text), things)).toThrow(message)
})

test('numbers may stand in quotes and below zero', () => {
  const asked = compileQuery(parseQuery(`amount>="-2" amount<"2.5" AND amount>-1.5`), things)
  const found = [-3, -2, -1, 0, 1, 2, 3].filter((amount) =>
    asked({ amount, currency: null, name: null, live: false, metadata: {} }),
  )
  expect(found).toEqual([-1, 0, 1, 2])
})
