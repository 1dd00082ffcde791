import { beforeAll, expect, test } from 'vitest'
import type { Integration } from '../../define.ts'
import { openTestStripe } from '../test-stripe.ts'
import { SEARCH_QUERIES } from './test-search-queries.ts'
import { FAMILY_WORDS, TOOL_WORDS } from './words.ts'

let stripe: Integration

beforeAll(async () => {
  stripe = await openTestStripe()
})

const find = (query: string, limit = 5): string[] => stripe.search(query, limit).map((card) => card.name)

test('at least 95 of 100 queries find an expected tool among the first five', () => {
  const missed = SEARCH_QUERIES.filter(({ query, tools }) => {
    const found = find(query)
    return !tools.some((tool) => found.includes(tool))
  }).map(({ query, tools }) => `${query}: ${find(query).join(' ')}, not ${tools.join(' ')}`)
  expect(SEARCH_QUERIES.length).toBeGreaterThanOrEqual(150)
  expect(1 - missed.length / SEARCH_QUERIES.length, missed.join('\n')).toBeGreaterThanOrEqual(0.95)
})

test('every tool that a query expects exists, and every curated one is expected by two', () => {
  for (const { tools } of SEARCH_QUERIES)
    for (const tool of tools) expect(() => stripe.tool(tool)).not.toThrow()
  for (const { name } of stripe.tools) {
    const expecting = SEARCH_QUERIES.filter(({ tools }) => tools.includes(name))
    expect(expecting.length, name).toBeGreaterThanOrEqual(2)
  }
})

test('words are kept for tools and families that exist', () => {
  expect(Object.keys(TOOL_WORDS).toSorted()).toEqual(stripe.tools.map(({ name }) => name).toSorted())
  for (const family of Object.keys(FAMILY_WORDS)) {
    const prefix = `stripe_${family.replaceAll('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_`
    expect(
      find(prefix.replaceAll('_', ' '), 200).some((name) => name.startsWith(prefix)),
      family,
    ).toBe(true)
  }
})

test('curated tools come first for what both could mean', () => {
  expect(find('refund', 1)).toEqual(['stripe_create_refund'])
  expect(find('list customers', 1)).toEqual(['stripe_list_customers'])
})

test('a search is bounded, and takes odd queries', () => {
  expect(find('customer payment', 2).length).toBe(2)
  for (const query of ['', ' ', '*', '"', '\u0000', '(((((', 'the of and']) expect(find(query)).toEqual([])
})
