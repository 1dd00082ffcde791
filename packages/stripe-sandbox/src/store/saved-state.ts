import type { Kind } from './kind.ts'
import { tableOf } from './account.ts'
import type { AccountState } from './account.ts'
import type { Stored } from './table.ts'

/** Entities are never changed in place, so keeping them is copying them. */
export interface SavedState {
  readonly clockOffset: number
  readonly accounts: readonly SavedAccount[]
}

interface SavedAccount extends Omit<AccountState, 'tables'> {
  readonly tables: readonly (readonly [table: string, entities: readonly Stored[]])[]
}

export function captureAccounts(accounts: Iterable<AccountState>): SavedAccount[] {
  return Array.from(accounts, (account) => ({
    ...account,
    tables: Array.from(
      account.tables,
      ([name, table]) => [name, table.all().map(({ entity }) => entity)] as const,
    ),
  }))
}

export function restoredAccounts(
  saved: readonly SavedAccount[],
  kinds: ReadonlyMap<string, Kind<never>>,
): AccountState[] {
  return saved.map(({ tables, ...rest }) => {
    const account: AccountState = { ...rest, tables: new Map() }
    for (const [name, entities] of tables) {
      const kind = kinds.get(name)
      if (!kind) continue
      const table = tableOf(account, kind as unknown as Kind<Stored>)
      for (const entity of entities) table.put(entity)
    }
    return account
  })
}
