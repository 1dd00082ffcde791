import type { JsonSchema } from '@clawlink/stripe-definitions'

/** The first sentence says what a parameter is; the rest is for `full`. */
const MAX_DESCRIPTION = 140

/** Levels of nested parameters that a short schema spells out: `items[].price` is on the second. */
const SHOWN_LEVELS = 3

/** A short list tells what may be meant; a long one is looked up with `full`. */
const MAX_ENUM = 12

/** The usual and the required parameters, each with a sentence: what most calls need, in a small part of the tokens. */
export function briefSchema(schema: JsonSchema, usual: string[]): JsonSchema {
  const shown = new Set([...usual, ...(schema.required ?? [])])
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([name]) => shown.has(name))
        .map(([name, property]) => [name, brief(property, 1)]),
    ),
    required: schema.required ?? [],
  }
}

function brief(schema: JsonSchema, level: number): JsonSchema {
  const unsettable = schema.anyOf?.filter((part) => part.const !== '' && !isEmptyEnum(part))
  // The empty string that clears a value is the same everywhere, so that the guidance says it once.
  if (unsettable?.length === 1 && unsettable[0] !== undefined) {
    return brief({ ...unsettable[0], ...describedBy(schema) }, level)
  }
  const short: JsonSchema = {}
  if (schema.type !== undefined) short.type = schema.type
  const text = level <= 2 ? sentence(schema.description) : undefined
  if (text !== undefined) short.description = text
  if (schema.const !== undefined) short.const = schema.const
  if (schema.enum !== undefined) short.enum = schema.enum.slice(0, MAX_ENUM)
  if (schema.enum !== undefined && schema.enum.length > MAX_ENUM) short['x-open-enum'] = true
  if (schema.anyOf !== undefined) short.anyOf = (unsettable ?? schema.anyOf).map((part) => brief(part, level))
  if (schema.items !== undefined) short.items = brief(schema.items, level)
  if (schema.properties !== undefined && level < SHOWN_LEVELS) {
    short.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, brief(property, level + 1)]),
    )
    if ((schema.required?.length ?? 0) > 0) short.required = schema.required ?? []
  }
  return short
}

function describedBy(schema: JsonSchema): JsonSchema {
  return schema.description === undefined ? {} : { description: schema.description }
}

function isEmptyEnum(schema: JsonSchema): boolean {
  return schema.enum?.length === 1 && schema.enum[0] === ''
}

function sentence(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  const first = /^[\s\S]*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text
  return first.length <= MAX_DESCRIPTION ? first : `${first.slice(0, MAX_DESCRIPTION - 1)}…`
}
