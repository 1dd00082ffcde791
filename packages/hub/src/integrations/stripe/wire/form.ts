import type { JsonSchema } from '@clawlink/stripe-definitions'
import { isObject } from '../json.ts'
import type { Params } from '../../define.ts'

/** Stripe's form encoding: `items[0][price]=…`; null unsets, as an empty value. Keys keep the order they are given in. */
export function encodeForm(params: Params): string {
  const pairs: string[] = []
  const add = (key: string, value: unknown): void => {
    if (value === undefined) return
    if (Array.isArray(value)) {
      if (value.length === 0) pairs.push(`${encodeURIComponent(key)}=`)
      for (const [index, item] of value.entries()) add(`${key}[${index}]`, item)
      return
    }
    if (isObject(value)) {
      for (const [name, item] of Object.entries(value)) add(`${key}[${name}]`, item)
      return
    }
    pairs.push(`${encodeURIComponent(key)}=${encodeURIComponent(formText(key, value))}`)
  }
  for (const [key, value] of Object.entries(params)) add(key, value)
  return pairs.join('&')
}

function formText(key: string, value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError(`cannot send a ${typeof value} as "${key}"`)
}

/**
 * Reads form bytes back into params, with integers and booleans as the schema has them. Previews are told from
 * this, so that what a person reads is what will be sent.
 */
export function decodeForm(body: string, schema: JsonSchema): Params {
  const root: Params = Object.create(null) as Params
  for (const [rawKey, value] of new URLSearchParams(body)) {
    const path = keyPath(rawKey)
    let at = root
    for (const part of path.slice(0, -1)) {
      const next = at[part]
      at = isObject(next) ? next : (at[part] = Object.create(null) as Params)
    }
    at[path.at(-1) ?? rawKey] = value
  }
  return coerce(root, schema) as Params
}

function keyPath(key: string): string[] {
  const bracket = key.indexOf('[')
  if (bracket === -1) return [key]
  return [
    key.slice(0, bracket),
    ...[...key.slice(bracket).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? ''),
  ]
}

function coerce(value: unknown, schema: JsonSchema | undefined): unknown {
  if (isObject(value)) {
    const keys = Object.keys(value)
    const parts = branches(schema)
    const items = parts.find((part) => part.items)?.items
    // Metadata may have numbers as its names; without a schema, numbers are places in a list.
    const mayBeList = items !== undefined || !parts.some((part) => part.type === 'object')
    if (mayBeList && keys.length > 0 && keys.every((key, index) => key === String(index))) {
      return keys.map((key) => coerce(value[key], items))
    }
    const properties = parts.find((part) => part.properties)?.properties
    return Object.fromEntries(keys.map((key) => [key, coerce(value[key], properties?.[key])]))
  }
  if (typeof value !== 'string') return value
  const types = new Set(branches(schema).flatMap((part) => part.type ?? []))
  if ((types.has('integer') || types.has('number')) && /^-?\d{1,16}$/.test(value)) {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  // A percentage may have a fraction; what a number would not give back digit by digit stays text.
  if (types.has('number') && /^-?\d{1,15}\.\d{1,12}$/.test(value) && String(Number(value)) === value)
    return Number(value)
  if (types.has('boolean') && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function branches(schema: JsonSchema | undefined): JsonSchema[] {
  if (schema === undefined) return []
  return [schema, ...(schema.anyOf ?? []).flatMap((part) => branches(part))]
}
