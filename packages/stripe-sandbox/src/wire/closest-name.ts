/** Further away than this, a suggestion confuses more than it helps. */
const MAX_EDITS = 3

/** The known name that the given one was probably meant to be. */
export function closestName(given: string, known: readonly string[]): string | undefined {
  if (given.length > 64) return undefined
  let best: { name: string; edits: number } | undefined
  for (const name of known) {
    const edits = editDistance(given, name)
    if (edits <= Math.min(MAX_EDITS, given.length / 2) && (!best || edits < best.edits))
      best = { name, edits }
  }
  return best?.name
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + same,
      )
    }
    previous = current
  }
  return previous[right.length] ?? 0
}
