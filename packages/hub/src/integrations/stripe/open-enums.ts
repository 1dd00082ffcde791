import type { JsonSchema } from '@clawlink/stripe-definitions'
import { cleanLine } from '../../contract/clean-text.ts'
import type { Params } from '../define.ts'
import { isObject } from './json.ts'

/** A list of known values that is longer helps nobody in a sentence. */
const SHOWN_VALUES = 8

/** Values that Stripe may take, though its documentation does not list them: newer ones, or slips. */
export function unlistedValues(schema: JsonSchema, params: Params): string[] {
  const found: string[] = []
  const visit = (value: unknown, at: JsonSchema | undefined, path: string): void => {
    if (at === undefined) return
    const parts = partsOf(at)
    if (Array.isArray(value)) {
      const items = parts.find((part) => part.items !== undefined)?.items
      for (const [index, item] of value.entries()) visit(item, items, `${path}[${index}]`)
    } else if (isObject(value)) {
      const properties = parts.find((part) => part.properties !== undefined)?.properties ?? {}
      for (const [key, item] of Object.entries(value))
        visit(
          item,
          Object.hasOwn(properties, key) ? properties[key] : undefined,
          path === '' ? key : `${path}.${key}`,
        )
    } else if (typeof value === 'string' && value !== '' && isUnlisted(value, parts)) {
      const known = parts.flatMap((part) => part.enum ?? []).slice(0, SHOWN_VALUES)
      found.push(
        `"${path}": "${cleanLine(value, 40)}" is not a value that Stripe's documentation lists (${known.join(', ')}).`,
      )
    }
  }
  visit(params, schema, '')
  return found
}

/** Only where nothing but the listed values is meant: another branch may take any text. */
function isUnlisted(value: string, parts: JsonSchema[]): boolean {
  const texts = parts.filter((part) => part.anyOf === undefined && [part.type].flat().includes('string'))
  const open = texts.filter((part) => part['x-open-enum'] === true)
  return (
    open.length > 0 &&
    texts.every((part) => part.enum !== undefined || part.const !== undefined) &&
    !texts.some((part) => part.enum?.includes(value) === true || part.const === value)
  )
}

function partsOf(schema: JsonSchema): JsonSchema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(partsOf)]
}
