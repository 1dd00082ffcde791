/**
 * What agents send along to say that somebody agreed. None of it counts, and none of it is an error: consent is
 * a confirmation that a person approved.
 */
const CONSENT_WORDS = new Set(['confirm', 'confirmed', 'approved', 'user_confirmed', 'user_approved'])

/** The same without consent words, except for those that `known` (a real parameter of the operation) names. */
export function withoutConsentWords(
  given: Record<string, unknown>,
  known: (key: string) => boolean = () => false,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !CONSENT_WORDS.has(key) || known(key)))
}
