import { isDeepStrictEqual } from 'node:util'
import { isJsonObject } from '../store/json.ts'
import type { Json, JsonObject } from '../store/json.ts'

/** The members that changed, with their old values; inside objects only what changed there; `null` for new ones. */
export function previousAttributes(before: JsonObject, after: JsonObject): JsonObject {
  const previous: Record<string, Json> = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[name]
    const now = after[name]
    if (isDeepStrictEqual(old, now)) continue
    previous[name] = isJsonObject(old) && isJsonObject(now) ? previousAttributes(old, now) : (old ?? null)
  }
  return previous
}
