/** `cus_…`, `price_…`, `cs_test_…`; a client secret goes on after such an id, and is none. */
const OBJECT_ID = /^[a-z]{2,12}_(?:test_|live_)?[A-Za-z0-9]{8,255}$/

/** The ids of Stripe's objects anywhere in a value. */
export function objectIdsIn(value: unknown): string[] {
  const found = new Set<string>()
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const part = pending.pop()
    if (typeof part === 'string' && OBJECT_ID.test(part)) found.add(part)
    if (typeof part === 'object' && part !== null) pending.push(...Object.values(part))
  }
  return [...found]
}
