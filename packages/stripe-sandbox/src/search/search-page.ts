import { clockOf } from '../test-clocks/now-for.ts'
import { testClocks } from '../test-clocks/test-clock.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import { positionOf } from '../store/table.ts'
import type { Stored } from '../store/table.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam } from '../wire/errors.ts'
import { checkLimit } from '../wire/lists.ts'
import { compileQuery } from './compile-query.ts'
import type { Searchable } from './compile-query.ts'
import { parseQuery } from './parse-query.ts'

export interface SearchParams {
  expand?: readonly string[]
  limit?: number
  page?: string
  query: string
}

/** What a search needs to know of an object besides its fields. */
export interface Found extends Stored {
  readonly created: number
}

export interface SearchRequest<E extends Found> {
  kind: Kind<E>
  searchable: Searchable<E>
  /** Whose it is: what lives on a test clock is not found. */
  customerOf: (entity: E) => string | null | undefined
  url: string
  params: SearchParams
  /** How long an object takes until it is found. */
  lagSeconds: number
}

/**
 * One page of what matches, newest first.
 *
 * @throws StripeError 400 for a query that cannot be read, a limit out of range or a page that was never given out
 */
export function searchPage<E extends Found>(tx: Transaction, request: SearchRequest<E>): JsonObject {
  const { kind, params, lagSeconds } = request
  const limit = checkLimit(params.limit)
  const matches = compileQuery(parseQuery(params.query), request.searchable)
  const hasClocks = tx.rows(testClocks).length > 0
  const isFound = (entity: E) =>
    kind.isDeleted?.(entity) !== true &&
    entity.created <= tx.now - lagSeconds &&
    matches(entity) &&
    !(hasClocks && clockOf(tx, request.customerOf(entity)) !== null)

  const rows = tx.rows(kind)
  const start = params.page === undefined ? rows.length : positionOf(rows, readPage(params.page))
  const found: { sequence: number; entity: E }[] = []
  for (let position = start - 1; position >= 0 && found.length <= limit; position--) {
    const row = rows[position]
    if (row && isFound(row.entity)) found.push(row)
  }
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const hasMore = found.length > limit
  return {
    object: 'search_result',
    data: page.map(({ entity }) => kind.format(entity, tx)),
    has_more: hasMore,
    next_page: hasMore && last ? pageAfter(last.sequence) : null,
    // Only counted when asked for: it means looking at everything.
    ...(params.expand?.includes('total_count') === true
      ? { total_count: rows.reduce((count, { entity }) => count + (isFound(entity) ? 1 : 0), 0) }
      : {}),
    url: request.url,
  }
}

function pageAfter(sequence: number): string {
  return Buffer.from(`after ${sequence}`).toString('base64url')
}

function readPage(page: string): number {
  const sequence = /^after (\d{1,15})$/.exec(Buffer.from(page, 'base64url').toString('latin1'))?.[1]
  if (sequence === undefined) {
    throw invalidParam('page', 'Invalid page: it must be the next_page of an earlier search.')
  }
  return Number(sequence)
}
