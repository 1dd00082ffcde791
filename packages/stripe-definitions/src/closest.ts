/** Beyond this length a typo is not what went wrong, and comparing costs the square of it. */
const MAX_COMPARED_CHARACTERS = 64

/** The candidate that a typo most likely meant, if any is near enough to be worth naming. */
export function closestOf(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_COMPARED_CHARACTERS) return undefined
  // A third of the letters may be wrong; more would suggest things that were never meant.
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  let best: string | undefined
  for (const candidate of candidates) {
    if (normalise(candidate) === normalise(word)) return candidate
    const distance = editDistance(word, candidate, bestDistance)
    if (distance < bestDistance) {
      bestDistance = distance
      best = candidate
    }
  }
  return best
}

/** `customerId`, `customer-id` and `customer_id` differ in spelling habits alone. */
function normalise(word: string): string {
  return word.replace(/[_\-\s]/g, '').toLowerCase()
}

/** Insertions, deletions, replacements and swapped neighbours; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const removed = (previous[column] ?? 0) + 1
      const inserted = (current[column - 1] ?? 0) + 1
      const swapped =
        a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? (beforePrevious[column - 2] ?? limit) + 1
          : limit
      current.push(Math.min(replaced, removed, inserted, swapped))
    }
    if (Math.min(...current) >= limit) return limit
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] ?? limit
}
