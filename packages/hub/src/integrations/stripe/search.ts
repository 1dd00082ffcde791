import MiniSearch from 'minisearch'
import type { ToolCard } from '../define.ts'

export type ToolSearch = (query: string, limit: number) => ToolCard[]

/** Search by name, description and when to use; typos and word beginnings count. */
export function createToolSearch(tools: ToolCard[]): ToolSearch {
  const byName = new Map(tools.map((tool) => [tool.name, tool]))
  const index = new MiniSearch<{ id: string; words: string; description: string; whenToUse: string }>({
    fields: ['words', 'description', 'whenToUse'],
    searchOptions: { boost: { words: 3, description: 2 }, prefix: true, fuzzy: 0.2 },
  })
  index.addAll(
    tools.map((tool) => ({
      id: tool.name,
      words: tool.name.replaceAll('_', ' '),
      description: tool.description,
      whenToUse: tool.guidance.whenToUse,
    })),
  )
  return (query, limit) =>
    index
      .search(query)
      .slice(0, limit)
      .flatMap((hit) => byName.get(String(hit.id)) ?? [])
}
