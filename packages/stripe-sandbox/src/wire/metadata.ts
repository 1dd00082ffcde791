import { invalidParam } from './errors.ts'

export type Metadata = { readonly [key: string]: string }

/** What a form can say: text by key, '' to unset all; null where a key came without a value. */
export type MetadataParam = { readonly [key: string]: string | null } | ''

/** Stripe's own bounds. */
const MAX_KEYS = 50
const MAX_KEY_CHARACTERS = 40
const MAX_VALUE_CHARACTERS = 500

/**
 * Given keys are merged into what is there, a key with '' goes away, and '' for all of metadata clears it.
 *
 * @throws StripeError 400 beyond Stripe's bounds
 */
export function mergeMetadata(present: Metadata, given: MetadataParam | undefined): Metadata {
  if (given === undefined) return present
  if (given === '') return {}
  const merged = new Map(Object.entries(present))
  for (const [key, value] of Object.entries(given)) {
    if (value === '' || value === null) {
      merged.delete(key)
      continue
    }
    if (key.length > MAX_KEY_CHARACTERS) {
      throw invalidParam(
        'metadata',
        `Metadata keys can have up to ${MAX_KEY_CHARACTERS} characters, but you passed in a key that is ` +
          `${key.length} characters. Invalid key: ${key.slice(0, 100)}`,
      )
    }
    if (value.length > MAX_VALUE_CHARACTERS) {
      throw invalidParam(
        `metadata[${key}]`,
        `Metadata values can have up to ${MAX_VALUE_CHARACTERS} characters, but you passed in a value that is ` +
          `${value.length} characters. Invalid value: ${value.slice(0, 100)}`,
      )
    }
    merged.set(key, value)
  }
  if (merged.size > MAX_KEYS) throw invalidParam('metadata', `You can set at most ${MAX_KEYS} metadata keys.`)
  return Object.fromEntries(merged)
}
