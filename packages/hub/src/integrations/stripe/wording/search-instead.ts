import type { Params } from '../../define.ts'
import { isObject } from '../json.ts'

const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' }

/** Whoever asks a search instead of a list has to know. */
export const SEARCH_IS_LATE =
  'Search may miss what is newer than a minute. More: the same params with page = next_page.'

/** A text in Stripe's search language. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`
}

/** A list as a search, for what the list has no filter for: `created` becomes clauses, the rest passes. */
export function searchInstead(
  operation: string,
  { created, limit, page, expand }: Params,
  clauses: string[],
): { operation: string; params: Params } {
  const query = [...clauses, ...createdClauses(created)].join(' AND ')
  const passed = Object.entries({ limit, page, expand }).filter(([, value]) => value !== undefined)
  return { operation, params: { query, ...Object.fromEntries(passed) } }
}

function createdClauses(created: unknown): string[] {
  if (typeof created === 'number') return [`created:${created}`]
  if (!isObject(created)) return []
  return Object.entries(COMPARISONS).flatMap(([bound, operator]) =>
    typeof created[bound] === 'number' ? [`created${operator}${created[bound]}`] : [],
  )
}
