import { hash } from 'node:crypto'
import { resolve } from 'node:path'
import type { Kind } from './kind.ts'
import { tableOf } from './account.ts'
import type { AccountState } from './account.ts'
import type { IdSource } from './ids.ts'
import { openJournal } from './journal.ts'
import type { Journal, JournalLine } from './journal.ts'
import { captureAccounts, restoredAccounts } from './saved-state.ts'
import type { SavedState } from './saved-state.ts'
import type { Stored } from './table.ts'
import { Transaction } from './transaction.ts'
import type { Origin } from './transaction.ts'

export interface StoreOptions {
  /** Directory of the journal; absent = memory only. */
  data?: string | undefined
  /** Milliseconds since the epoch. */
  now: () => number
  newId: IdSource
  kinds: readonly Kind<never>[]
  compactFromBytes?: number | undefined
  /** Leaves out of a snapshot what has had its time. */
  keep?: (table: string, entity: Stored, nowSeconds: number) => boolean
  /** Hears what has changed in which account, once that is in the journal. */
  onCommit?: (account: AccountState, writes: readonly (readonly [table: string, entity: Stored])[]) => void
}

/** All accounts, in memory and in the journal. */
export interface Store {
  /** How many lines the journal had when it was opened. */
  readonly linesReplayed: number
  find(keyHash: string): AccountState | undefined
  /** By the account's own id: pages have no key. */
  findById(account: string): AccountState | undefined
  begin(account: AccountState, origin: Origin): Transaction
  /** The new account exists once its first transaction is committed. */
  openAccount(keyHash: string, livemode: boolean): AccountState
  /** Writes the transaction's changes to the journal; they are already visible in memory. */
  commit(transaction: Transaction): void
  accounts(): Iterable<AccountState>
  /** The sandbox's own clock, in milliseconds since the epoch. */
  now(): number
  /** How far the sandbox's clock is ahead of the one it was given, in milliseconds. */
  readonly clockOffset: number
  moveClock(offset: number): void
  /** The present state, to come back to. */
  capture(): SavedState
  /** Makes a saved state the present one; without one, there is nothing any more. */
  restore(saved?: SavedState): void
  close(): void
}

/** Keys are known by their SHA-256 only. */
export function hashKey(key: string): string {
  return hash('sha256', key)
}

/** @throws Error with one clear line when the directory cannot be used */
export function openStore(options: StoreOptions): Store {
  const byKey = new Map<string, AccountState>()
  const byId = new Map<string, AccountState>()
  const kinds = new Map(options.kinds.map((kind) => [kind.table, kind]))
  let clockOffset = 0
  const now = () => options.now() + clockOffset
  const seconds = () => Math.floor(now() / 1000)

  const add = (account: AccountState) => {
    byKey.set(account.keyHash, account)
    byId.set(account.id, account)
  }

  const forget = (account: AccountState) => {
    byKey.delete(account.keyHash)
    byId.delete(account.id)
  }

  let linesReplayed = 0
  const replay = (entry: JournalLine) => {
    linesReplayed += 1
    if ('clockOffset' in entry) {
      clockOffset = entry.clockOffset
      return
    }
    if (entry.opened) add({ id: entry.account, ...entry.opened, sequence: 0, tables: new Map() })
    const account = byId.get(entry.account)
    if (!account) throw new Error(`the journal mentions ${entry.account} before opening it`)
    account.sequence = entry.sequence
    for (const [table, entity] of entry.writes) {
      const kind = kinds.get(table)
      if (!kind) throw new Error(`the journal holds ${table}, which this version does not know`)
      tableOf(account, kind as unknown as Kind<Stored>).put(entity)
    }
  }

  function* snapshot(): Iterable<JournalLine> {
    if (clockOffset !== 0) yield { clockOffset }
    for (const account of byKey.values()) {
      const { id, keyHash, livemode, created, sequence } = account
      yield { account: id, opened: { keyHash, livemode, created }, sequence, writes: [] }
      for (const [name, table] of account.tables) {
        for (const { entity } of table.all()) {
          if (options.keep?.(name, entity, seconds()) === false) continue
          yield { account: id, sequence, writes: [[name, entity]] }
        }
      }
    }
  }

  // Accounts that have not been committed yet, by identity: their first line must open them.
  const unopened = new WeakSet<AccountState>()
  const journal: Journal | undefined =
    options.data === undefined
      ? undefined
      : openJournal(resolve(options.data), {
          replay,
          snapshot,
          ...(options.compactFromBytes === undefined ? {} : { compactFromBytes: options.compactFromBytes }),
        })

  return {
    linesReplayed,
    find: (keyHash) => byKey.get(keyHash),
    findById: (account) => byId.get(account),
    begin: (account, origin) => new Transaction(account, seconds(), options.newId, origin),
    openAccount(keyHash, livemode) {
      const account: AccountState = {
        id: `acct_${options.newId(`account ${keyHash}`, 16)}`,
        keyHash,
        livemode,
        created: seconds(),
        sequence: 0,
        tables: new Map(),
      }
      unopened.add(account)
      return account
    },
    commit(transaction) {
      const { account } = transaction
      const isNew = unopened.has(account)
      const changes = transaction.changes()
      if (!changes && !isNew) return
      const { keyHash, livemode, created } = account
      // Known before it is written, because writing may compact everything that is known.
      if (isNew) add(account)
      try {
        journal?.append({
          account: account.id,
          ...(isNew ? { opened: { keyHash, livemode, created } } : {}),
          sequence: account.sequence,
          writes: changes?.writes ?? [],
        })
      } catch (error) {
        if (isNew) forget(account)
        throw error
      }
      unopened.delete(account)
      if (changes) options.onCommit?.(account, changes.writes)
    },
    accounts: () => byKey.values(),
    now,
    get clockOffset() {
      return clockOffset
    },
    moveClock(offset) {
      journal?.append({ clockOffset: offset })
      clockOffset = offset
    },
    capture: () => ({ clockOffset, accounts: captureAccounts(byKey.values()) }),
    restore(saved = { clockOffset: 0, accounts: [] }) {
      const before = { clockOffset, accounts: [...byKey.values()] }
      const become = (offset: number, accounts: readonly AccountState[]) => {
        clockOffset = offset
        byKey.clear()
        byId.clear()
        for (const account of accounts) add(account)
      }
      become(saved.clockOffset, restoredAccounts(saved.accounts, kinds))
      try {
        journal?.rewrite()
      } catch (error) {
        become(before.clockOffset, before.accounts)
        throw error
      }
    },
    close: () => journal?.close(),
  }
}
