import { isObject } from '../json.ts'

/** Whether a value holds nothing but the keys that a preview tells, so that none of it goes unseen. */
export function holdsOnly(value: unknown, keys: readonly string[]): boolean {
  if (Array.isArray(value)) return value.every((item) => holdsOnly(item, keys))
  return isObject(value) && Object.keys(value).every((key) => keys.includes(key))
}
