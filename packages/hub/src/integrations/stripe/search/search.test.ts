import { loadDefinitions } from '@clawlink/stripe-definitions'
import { beforeAll, expect, test } from 'vitest'
import type { Integration } from '../../define.ts'
import { openTestStripe } from '../test-stripe.ts'
import { HELD_OUT_QUERIES } from './test-held-out-queries.ts'
import { SEARCH_QUERIES } from './test-search-queries.ts'
import { OTHER_WORDS, TOOL_WORDS } from './words.ts'

let stripe: Integration

beforeAll(async () => {
  stripe = await openTestStripe()
})

const find = (query: string, limit = 5): string[] => stripe.search(query, limit).map((card) => card.name)

test.each([
  ['written before the search was tuned', SEARCH_QUERIES],
  ['of people who had not seen it', HELD_OUT_QUERIES.map(([query, ...tools]) => ({ query, tools }))],
])('at least 95 of 100 queries %s find an expected tool among the first five', (_whose, queries) => {
  const missed = queries
    .filter(({ query, tools }) => {
      const found = find(query)
      return !tools.some((tool) => found.includes(tool))
    })
    .map(({ query, tools }) => `${query}: ${find(query).join(' ')}, not ${tools.join(' ')}`)
  expect(queries.length).toBeGreaterThanOrEqual(150)
  expect(1 - missed.length / queries.length, missed.join('\n')).toBeGreaterThanOrEqual(0.95)
})

test('every tool that a query expects exists, and every curated one is expected by two', () => {
  for (const { tools } of SEARCH_QUERIES)
    for (const tool of tools) expect(() => stripe.tool(tool)).not.toThrow()
  for (const { name } of stripe.tools) {
    const expecting = SEARCH_QUERIES.filter(({ tools }) => tools.includes(name))
    expect(expecting.length, name).toBeGreaterThanOrEqual(2)
  }
})

test('words are kept for tools, families and operations that exist', async () => {
  expect(Object.keys(TOOL_WORDS).toSorted()).toEqual(stripe.tools.map(({ name }) => name).toSorted())
  const { operations } = await loadDefinitions()
  for (const name of Object.keys(OTHER_WORDS))
    expect(
      operations.some(({ id }) => id === name || id.startsWith(`${name}.`)),
      name,
    ).toBe(true)
})

test('curated tools come first for what both could mean', () => {
  expect(find('refund', 1)).toEqual(['stripe_create_refund'])
  expect(find('list customers', 1)).toEqual(['stripe_list_customers'])
})

test('a search is bounded, and takes odd queries', () => {
  expect(find('customer payment', 2).length).toBe(2)
  for (const query of ['', ' ', '*', '"', '\u0000', '(((((', 'the of and']) expect(find(query)).toEqual([])
})
