import type { Params } from '../define.ts'

/** Readers of what Stripe answered: a field of another type than expected is an error, never a guess. */

export function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(from: Params, key: string): Params | undefined {
  const value = from[key]
  return isObject(value) ? value : undefined
}

export function listAt(from: Params, key: string): Params[] {
  const value = from[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function textAt(from: Params, key: string): string | undefined {
  const value = from[key]
  return typeof value === 'string' ? value : undefined
}

/** An integer, or an error: a missing amount must stop a plan, not become 0. */
export function integerAt(from: Params, key: string): number {
  const value = from[key]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(
      `expected an integer in "${key}" of ${textAt(from, 'object') ?? 'what Stripe answered'}`,
    )
  }
  return value
}

/** An id, whether the field holds the id or the expanded object. */
export function idAt(from: Params, key: string): string | undefined {
  const value = from[key]
  return isObject(value) ? textAt(value, 'id') : textAt(from, key)
}
