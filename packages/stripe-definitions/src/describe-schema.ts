import type { JsonSchema, JsonType } from './definitions.ts'

/** Enough to choose from; WebhookEndpoint alone has some 270 events. */
const MAX_LISTED_VALUES = 12

const TYPE_WORDS = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
  null: 'null',
} satisfies Record<JsonType, string>

/** What a schema asks for, in a few words: `an integer`, `'now'`, `a Customer object`. */
export function describeSchema(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return describeReference(schema.$ref)
  if (schema.const !== undefined) return describeValue(schema.const)
  if (schema.enum && schema['x-open-enum'] !== true) return describeValues(schema.enum)
  if (schema.anyOf) return joinWithOr(schema.anyOf.map(describeSchema))
  return schema.type === undefined
    ? 'anything'
    : joinWithOr([schema.type].flat().map((type) => TYPE_WORDS[type]))
}

export function describeValues(values: (string | number | boolean | null)[]): string {
  const listed = values.slice(0, MAX_LISTED_VALUES).map(describeValue)
  const left = values.length - listed.length
  return left > 0 ? `one of ${listed.join(', ')} and ${left} more` : joinWithOr(listed)
}

/** Says of which type a value is and not what it holds, since that may be a secret in the wrong field. */
export function describeTypeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string'
  if (typeof value === 'boolean') return 'a boolean'
  if (typeof value === 'undefined') return 'nothing'
  if (typeof value !== 'number') return `a ${typeof value}, which JSON does not have`
  if (!Number.isFinite(value)) return 'a number that JSON does not have'
  return Number.isInteger(value) ? 'an integer' : 'a fraction'
}

function describeReference(reference: string): string {
  const name = reference.slice('#/objects/'.length)
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name} object`
}

function describeValue(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

function joinWithOr(parts: string[]): string {
  const distinct = [...new Set(parts)]
  if (distinct.length > MAX_LISTED_VALUES) {
    const left = distinct.splice(MAX_LISTED_VALUES - 1).length
    distinct.push(`${left} other kinds`)
  }
  const last = distinct.pop() ?? 'anything'
  return distinct.length === 0 ? last : `${distinct.join(', ')} or ${last}`
}
