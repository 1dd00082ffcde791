import MiniSearch from 'minisearch'
import type { ToolCard } from '../../define.ts'
import { INTENTS, SYNONYMS } from './synonyms.ts'
import { ID_WORDS, METHOD_WORDS, OTHER_WORDS, TOOL_WORDS } from './words.ts'

export type ToolSearch = (query: string, limit: number) => ToolCard[]

/** The tools that explain themselves come first, unless another fits much better. */
const CURATED_BOOST = 1.7

/** What somebody said counts more than what it also means. */
const SYNONYM_WEIGHT = 0.35
const INTENT_WEIGHT = 0.3

/** Words that say nothing of what is wanted. */
const STOP_WORDS = new Set(
  `a an and any are as at be by can could did do does for from had has have he her him his how i if in into is it
  its let me my of on onto or our out please she should so some than that the their them then there these they
  this to up us want wants was we were what which while who will with would you your`.split(/\s+/),
)

const ID = /\b([a-z]{2,5})_(?:test_|live_)?[A-Za-z0-9]*/g

const stripeWords = stripeWordsByStem()

/**
 * Search over all tools by everyday words, Stripe's words, ids and misspellings. `tools` are cards with the operation
 * that each sends, whose family and method have words of their own.
 */
export function createToolSearch(tools: Array<{ card: ToolCard; operation: string }>): ToolSearch {
  const byName = new Map(tools.map(({ card }) => [card.name, card]))
  const index = new MiniSearch<Document>({
    fields: ['name', 'words', 'description', 'whenToUse', 'params'],
    tokenize,
    processTerm: stem,
    searchOptions: {
      boost: { name: 3, words: 3, description: 2, params: 0.5 },
      prefix: (term) => term.length > 3,
      // Two letters that changed places are two edits.
      fuzzy: (term) => (term.length > 4 ? 0.3 : false),
      weights: { prefix: 0.3, fuzzy: 0.3 },
      boostDocument: (id) => (byName.get(String(id))?.curated === true ? CURATED_BOOST : 1),
    },
  })
  index.addAll(tools.map(({ card, operation }) => documentOf(card, operation)))
  return (query, limit) => {
    const asked = askedFor(query)
    return index
      .search([...asked.keys()].join(' '), { boostTerm: (term) => asked.get(term) ?? 1 })
      .slice(0, limit)
      .flatMap((hit) => byName.get(String(hit.id)) ?? [])
  }
}

interface Document {
  id: string
  name: string
  words: string
  description: string
  whenToUse: string
  params: string
}

function documentOf(card: ToolCard, operation: string): Document {
  const parts = operation.split('.')
  const method = parts.at(-1) ?? ''
  const family = parts.slice(0, -1).join('.')
  return {
    id: card.name,
    name: card.name.replace(/^stripe_/, '').replaceAll('_', ' '),
    words: card.curated
      ? (TOOL_WORDS[card.name] ?? '')
      : [OTHER_WORDS[family], OTHER_WORDS[operation], METHOD_WORDS[method]].filter(Boolean).join(' '),
    description: card.description,
    whenToUse: card.curated ? card.guidance.whenToUse : '',
    params: Object.keys(card.schema({ full: false }).properties ?? {}).join(' '),
  }
}

/** The stems of a query with their weights: its own words, what its ids stand for, what it means by them. */
function askedFor(query: string): Map<string, number> {
  const weights = new Map<string, number>()
  const add = (text: string, weight: number): void => {
    for (const term of tokenize(text).flatMap((word) => stem(word) ?? []))
      weights.set(term, Math.max(weights.get(term) ?? 0, weight))
  }
  add(query, 1)
  for (const [, prefix = ''] of query.matchAll(ID)) {
    if (Object.hasOwn(ID_WORDS, prefix)) add(ID_WORDS[prefix] ?? '', 1)
  }
  // A query without a word of its own asks for nothing, whatever its beginning means.
  if (weights.size === 0) return weights
  const own = [...weights.keys()]
  for (const [pattern, words] of INTENTS) if (pattern.test(query.toLowerCase())) add(words, INTENT_WEIGHT)
  for (const term of own)
    for (const word of stripeWords.get(term) ?? []) if (!weights.has(word)) weights.set(word, SYNONYM_WEIGHT)
  return weights
}

/** From what people say to Stripe's word for it. */
function stripeWordsByStem(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const line of SYNONYMS) {
    const [head = '', ...others] = line.split(' ').flatMap((word) => stem(word) ?? [])
    for (const term of others) found.set(term, [...(found.get(term) ?? []), head])
  }
  return found
}

function tokenize(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u)
}

/** A word without its ending, so that "cancelled", "cancelling" and "cancels" are one. */
function stem(term: string): string | null {
  const word = term.toLowerCase()
  if (word === '' || STOP_WORDS.has(word)) return null
  const stemmed = word
    .replace(/(?:'s|’s)$/, '')
    .replace(/ies$/, 'y')
    .replace(/(?<=[a-z]{3})(?:ing|ed|es|s|e)$/, '')
    .replace(/(.)\1$/, '$1')
  return stemmed === '' ? null : stemmed
}
