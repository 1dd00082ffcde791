import type { Kind } from './kind.ts'
import { Table } from './table.ts'
import type { Stored } from './table.ts'

/** Everything that one key owns. Nothing is ever shared between two accounts. */
export interface AccountState {
  readonly id: string
  /** SHA-256 of the key, in hex; the key itself is kept nowhere. */
  readonly keyHash: string
  readonly livemode: boolean
  /** Seconds since the epoch. */
  readonly created: number
  /** How many ids the account has given out. */
  sequence: number
  readonly tables: Map<string, Table<Stored>>
}

export function tableOf<E extends Stored>(account: AccountState, kind: Kind<E>): Table<E> {
  let table = account.tables.get(kind.table)
  if (!table) {
    table = new Table<E>(kind.indexes) as unknown as Table<Stored>
    account.tables.set(kind.table, table)
  }
  // A table is only ever filled through its own kind.
  return table as unknown as Table<E>
}
