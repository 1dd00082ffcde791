import type { Json, JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import { positionOf } from '../store/table.ts'
import type { Row, Stored } from '../store/table.ts'
import type { Transaction } from '../store/transaction.ts'
import { clockOf } from '../test-clocks/now-for.ts'
import { testClocks } from '../test-clocks/test-clock.ts'
import { invalidParam, invalidRequest } from './errors.ts'
import { missing } from './lookup.ts'

/** `created=1` or `created[gte]=1`; seconds since the epoch. */
export type RangeParam = number | { gt?: number; gte?: number; lt?: number; lte?: number }

export interface ListParams {
  limit?: number
  starting_after?: string
  ending_before?: string
}

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 100

export interface ListQuery<E extends Stored> {
  /** The list's own path, as Stripe repeats it in the answer. */
  url: string
  params: ListParams
  /** Oldest first; all of the kind unless given. */
  rows?: readonly Row<E>[]
  where?: (entity: E) => boolean
}

/**
 * One page, newest first, with Stripe's cursors in both directions.
 *
 * @throws StripeError 400 for a limit out of range, two cursors, or a cursor that is no object
 */
export function listPage<E extends Stored>(tx: Transaction, kind: Kind<E>, query: ListQuery<E>): JsonObject {
  const { starting_after: after, ending_before: before } = query.params
  const limit = checkLimit(query.params.limit)
  if (after !== undefined && before !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: starting_after, ending_before.', {
      stored: false,
    })
  }
  const rows = query.rows ?? tx.rows(kind)
  const isShown = clockFilter(tx, query)
  const matches = (entity: E) =>
    kind.isDeleted?.(entity) !== true && query.where?.(entity) !== false && isShown(entity)
  const found: E[] = []
  if (before === undefined) {
    let position =
      after === undefined ? rows.length : positionOf(rows, cursor(tx, kind, after, 'starting_after'))
    while (--position >= 0 && found.length <= limit) keep(rows[position], matches, found)
  } else {
    const sequence = cursor(tx, kind, before, 'ending_before')
    let position = positionOf(rows, sequence)
    if (rows[position]?.sequence === sequence) position += 1
    for (; position < rows.length && found.length <= limit; position++) keep(rows[position], matches, found)
  }
  const page = found.slice(0, limit)
  if (before !== undefined) page.reverse()
  return {
    object: 'list',
    data: page.map((entity) => kind.format(entity, tx)),
    has_more: found.length > limit,
    url: query.url,
  }
}

/** Filters that name whose objects are wanted. */
const WHOSE = ['customer', 'subscription', 'invoice', 'payment_intent', 'charge', 'payment_link'] as const
/** `/v1/checkout/sessions`; lists inside an object have its id in their path. */
const MAX_TOP_LEVEL_PARTS = 4

interface Owned extends Stored {
  readonly customer?: string | null
}

/** What lives on a test clock is only listed when asked for: by the clock, or by whose it is. */
function clockFilter(
  tx: Transaction,
  query: { url: string; params: ListParams },
): (entity: Stored) => boolean {
  if (tx.rows(testClocks).length === 0) return () => true
  const given: { readonly [name: string]: unknown } = { ...query.params }
  const isOn = (entity: Owned) => clockOf(tx, entity.customer)
  const { test_clock: clock } = given
  if (clock !== undefined) return (entity: Owned) => entity.customer === undefined || isOn(entity) === clock
  const isOfSomeone =
    query.url.split('/').length > MAX_TOP_LEVEL_PARTS || WHOSE.some((name) => given[name] !== undefined)
  return isOfSomeone ? () => true : (entity) => isOn(entity) === null
}

/** @throws StripeError 400 for a limit out of range */
export function checkLimit(limit: number = DEFAULT_LIMIT): number {
  if (limit < 1)
    throw invalidParam('limit', 'This value must be greater than or equal to 1.', 'parameter_invalid_integer')
  if (limit > MAX_LIMIT) {
    throw invalidParam(
      'limit',
      `This value must be less than or equal to ${MAX_LIMIT}.`,
      'parameter_invalid_integer',
    )
  }
  return limit
}

function keep<E extends Stored>(row: Row<E> | undefined, matches: (entity: E) => boolean, found: E[]): void {
  if (row && matches(row.entity)) found.push(row.entity)
}

function cursor<E extends Stored>(tx: Transaction, kind: Kind<E>, id: string, param: string): number {
  const row = tx.row(kind, id)
  if (!row) throw missing(kind, id, { param })
  return row.sequence
}

export function inRange(range: RangeParam | undefined, value: number): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return value === range
  return (
    (range.gt === undefined || value > range.gt) &&
    (range.gte === undefined || value >= range.gte) &&
    (range.lt === undefined || value < range.lt) &&
    (range.lte === undefined || value <= range.lte)
  )
}

/** A list inside an object: its first page. */
export function innerList(url: string, newestFirst: readonly Json[]): JsonObject {
  return {
    object: 'list',
    data: newestFirst.slice(0, DEFAULT_LIMIT),
    has_more: newestFirst.length > DEFAULT_LIMIT,
    url,
  }
}
