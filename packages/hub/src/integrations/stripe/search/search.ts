import MiniSearch from 'minisearch'
import type { ToolCard } from '../../define.ts'
import { OTHER_WORDS, ID_WORDS, METHOD_WORDS, TOOL_WORDS } from './words.ts'

export type ToolSearch = (query: string, limit: number) => ToolCard[]

/** The tools that explain themselves come first, unless another fits much better. */
const CURATED_BOOST = 2.2

/** Words that say nothing of what is wanted. */
const STOP_WORDS = new Set(
  `a an and any are as at be by can could did do does for from had has have he her him his how i if in into is it
  its let me my of on onto or our out please she should so some than that the their them then there these they
  this to up us want wants was we were what which while who will with would you your`.split(/\s+/),
)

const ID = /\b([a-z]{2,5})_(?:test_|live_)?[A-Za-z0-9]*/g

/**
 * Search over all tools by everyday words, Stripe's words, ids and misspellings. `tools` are cards with the operation
 * that each sends, whose family and method have words of their own.
 */
export function createToolSearch(tools: Array<{ card: ToolCard; operation: string }>): ToolSearch {
  const byName = new Map(tools.map(({ card }) => [card.name, card]))
  const index = new MiniSearch<Document>({
    fields: ['name', 'words', 'description', 'whenToUse'],
    tokenize,
    processTerm: stem,
    searchOptions: {
      boost: { name: 3, words: 2, description: 2 },
      prefix: (term) => term.length > 3,
      // Two letters that changed places are two edits.
      fuzzy: (term) => (term.length > 4 ? 0.3 : false),
      weights: { prefix: 0.3, fuzzy: 0.3 },
      boostDocument: (id) => (byName.get(String(id))?.curated === true ? CURATED_BOOST : 1),
    },
  })
  index.addAll(tools.map(({ card, operation }) => documentOf(card, operation)))
  return (query, limit) =>
    index
      .search(withIds(query))
      .slice(0, limit)
      .flatMap((hit) => byName.get(String(hit.id)) ?? [])
}

interface Document {
  id: string
  name: string
  words: string
  description: string
  whenToUse: string
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
  }
}

/** An id in a query is no word, but says what it is of. */
function withIds(query: string): string {
  return query.replace(ID, (id, prefix: string) =>
    Object.hasOwn(ID_WORDS, prefix) ? `${id} ${ID_WORDS[prefix]}` : id,
  )
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
