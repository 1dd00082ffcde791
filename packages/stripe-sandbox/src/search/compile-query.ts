import type { Metadata } from '../wire/metadata.ts'
import { invalidRequest } from '../wire/errors.ts'
import type { Clause, Query } from './parse-query.ts'

/** What can be asked of a field: all have `:`, texts also `~`, numbers also comparisons. */
export type SearchField<E> =
  | { type: 'token' | 'text'; of: (entity: E) => string | boolean | null | undefined }
  | { type: 'number'; of: (entity: E) => number | null | undefined }

/** The searchable fields of one resource. */
export interface Searchable<E> {
  /** As in "unsupported search field for resource `customers`". */
  resource: string
  fields: { readonly [name: string]: SearchField<E> }
  metadata: (entity: E) => Metadata
}

export type Matcher<E> = (entity: E) => boolean

const MIN_SUBSTRING_CHARACTERS = 3
const MAX_CHARACTERS_TOLD = 100

/** @throws StripeError 400 for a field or an operator that the resource does not have */
export function compileQuery<E>(query: Query, searchable: Searchable<E>): Matcher<E> {
  const matchers = query.clauses.map((clause) => compileClause(clause, searchable))
  return query.join === 'and'
    ? (entity) => matchers.every((matches) => matches(entity))
    : (entity) => matchers.some((matches) => matches(entity))
}

function compileClause<E>(clause: Clause, searchable: Searchable<E>): Matcher<E> {
  const matches = compilePositive(clause, searchable)
  return clause.negated ? (entity) => !matches(entity) : matches
}

function compilePositive<E>(clause: Clause, searchable: Searchable<E>): Matcher<E> {
  const { field: name, key } = clause
  if (name === 'metadata' && key !== undefined) {
    const { metadata } = searchable
    return matchText(clause, `metadata["${key}"]`, false, (entity) => {
      const values = metadata(entity)
      return Object.hasOwn(values, key) ? values[key] : null
    })
  }
  const field =
    key === undefined && Object.hasOwn(searchable.fields, name) ? searchable.fields[name] : undefined
  if (!field) throw unsupportedField(name, searchable.resource)
  return field.type === 'number'
    ? matchNumber(clause, name, field.of)
    : matchText(clause, name, field.type === 'text', field.of)
}

/** Case does not matter. */
function matchText<E>(
  { operator, value }: Clause,
  name: string,
  hasSubstrings: boolean,
  of: (entity: E) => string | boolean | null | undefined,
): Matcher<E> {
  if (operator !== ':' && (operator !== '~' || !hasSubstrings)) throw unsupportedOperator(operator, name)
  if (value === null) {
    if (operator === '~') throw unsupportedOperator('~', name)
    return (entity) => of(entity) == null
  }
  const wanted = String(value).toLowerCase()
  const present = (entity: E) => {
    const actual = of(entity)
    return actual == null ? undefined : String(actual).toLowerCase()
  }
  if (operator === ':') return (entity) => present(entity) === wanted
  if (wanted.length < MIN_SUBSTRING_CHARACTERS) {
    throw invalidRequest(
      `The substring match operator \`~\` needs at least ${MIN_SUBSTRING_CHARACTERS} characters for field \`${shortened(name)}\`.`,
      { stored: false },
    )
  }
  return (entity) => present(entity)?.includes(wanted) === true
}

/** Quotes around a number change nothing. */
function matchNumber<E>(
  { operator, value }: Clause,
  name: string,
  of: (entity: E) => number | null | undefined,
): Matcher<E> {
  if (operator === '~' || (value === null && operator !== ':')) throw unsupportedOperator(operator, name)
  if (value === null) return (entity) => of(entity) == null
  const wanted = typeof value === 'number' ? value : readNumber(value, name)
  const compare = comparisons[operator]
  return (entity) => {
    const actual = of(entity)
    return actual != null && compare(actual, wanted)
  }
}

const comparisons: Record<Exclude<Clause['operator'], '~'>, (left: number, right: number) => boolean> = {
  ':': (left, right) => left === right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
}

function readNumber(text: string, name: string): number {
  if (/^-?\d{1,15}(\.\d{1,12})?$/.test(text)) return Number(text)
  throw invalidRequest(
    `Field \`${name}\` takes a numeric value, not \`${shortened(text)}\`. Dates are Unix timestamps.`,
    { stored: false },
  )
}

function unsupportedField(name: string, resource: string) {
  return invalidRequest(
    `Field \`${shortened(name)}\` is an unsupported search field for resource \`${resource}\`. See ` +
      `http://stripe.com/docs/search#query-fields-for-${resource.replaceAll('_', '-')} for a list of supported fields.`,
    { stored: false },
  )
}

function unsupportedOperator(operator: string, name: string) {
  return invalidRequest(`Operator \`${operator}\` is not supported for field \`${shortened(name)}\`.`, {
    stored: false,
  })
}

function shortened(text: string): string {
  return text.length > MAX_CHARACTERS_TOLD ? `${text.slice(0, MAX_CHARACTERS_TOLD)}…` : text
}
