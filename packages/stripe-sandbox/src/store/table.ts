/** Entities are never changed in place: a change is a new object under the same id. */
export interface Stored {
  readonly id: string
}

export interface Row<E extends Stored> {
  /** Position in the order of creation; lists page along it. */
  readonly sequence: number
  readonly entity: E
}

/** Entities of one kind in the order of their creation, with indexes for the fields that lists filter by. */
export class Table<E extends Stored> {
  readonly #fields: readonly (keyof E & string)[]
  readonly #byId = new Map<string, Row<E>>()
  readonly #order: Row<E>[] = []
  readonly #indexes = new Map<string, Map<unknown, Row<E>[]>>()
  #next = 0

  constructor(fields: readonly (keyof E & string)[]) {
    this.#fields = fields
    for (const field of fields) this.#indexes.set(field, new Map())
  }

  get(id: string): Row<E> | undefined {
    return this.#byId.get(id)
  }

  /** Oldest first. */
  all(): readonly Row<E>[] {
    return this.#order
  }

  /** Oldest first; the field must be one of the table's indexes. */
  where(field: keyof E & string, value: unknown): readonly Row<E>[] {
    const index = this.#indexes.get(field)
    if (!index) throw new Error(`no index on ${field}`)
    return index.get(value) ?? []
  }

  put(entity: E): void {
    const previous = this.#byId.get(entity.id)
    const row: Row<E> = { sequence: previous?.sequence ?? this.#next++, entity }
    this.#byId.set(entity.id, row)
    if (previous) this.#order[positionOf(this.#order, previous.sequence)] = row
    else this.#order.push(row)
    this.#reindex(previous, row)
  }

  /** Only an undone creation takes an entity away again. */
  remove(id: string): void {
    const row = this.#byId.get(id)
    if (!row) return
    this.#byId.delete(id)
    this.#order.splice(positionOf(this.#order, row.sequence), 1)
    this.#reindex(row, undefined)
  }

  #reindex(previous: Row<E> | undefined, next: Row<E> | undefined): void {
    for (const field of this.#fields) {
      const index = this.#indexes.get(field)
      if (!index) continue
      const before = previous?.entity[field]
      const after = next?.entity[field]
      if (previous && next && before === after) {
        const rows = index.get(after)
        if (rows) rows[positionOf(rows, next.sequence)] = next
        continue
      }
      if (previous) {
        const rows = index.get(before)
        rows?.splice(positionOf(rows, previous.sequence), 1)
      }
      if (next) {
        const rows = index.get(after)
        if (rows) insert(rows, next)
        else index.set(after, [next])
      }
    }
  }
}

function insert<E extends Stored>(rows: Row<E>[], row: Row<E>): void {
  const last = rows.at(-1)
  // What is new comes last, nearly always.
  if (!last || last.sequence < row.sequence) rows.push(row)
  else rows.splice(positionOf(rows, row.sequence), 0, row)
}

/** Where the row with this sequence is, or would be inserted. */
export function positionOf(rows: readonly Row<Stored>[], sequence: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row && row.sequence < sequence) low = middle + 1
    else high = middle
  }
  return low
}
