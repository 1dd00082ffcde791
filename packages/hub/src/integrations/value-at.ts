/** What stands at `items.data.0.quantity`; nothing counts as null, and an expanded object as its id. */
export function valueAt(from: unknown, path: string): unknown {
  const found = path
    .split('.')
    .reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string, unknown>)[key]
          : undefined,
      from,
    )
  if (typeof found === 'object' && found !== null && 'id' in found) return found.id
  return found ?? null
}
