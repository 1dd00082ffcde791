import { hash } from 'node:crypto'
import { resolve } from 'node:path'
import type { Kind } from './kind.ts'
import { tableOf } from './account.ts'
import type { AccountState } from './account.ts'
import type { IdSource } from './ids.ts'
import { openJournal } from './journal.ts'
import type { Journal, JournalEntry } from './journal.ts'
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
}

/** All accounts, in memory and in the journal. */
export interface Store {
  /** How many lines the journal had when it was opened. */
  readonly linesReplayed: number
  find(keyHash: string): AccountState | undefined
  begin(account: AccountState, origin: Origin): Transaction
  /** The new account exists once its first transaction is committed. */
  openAccount(keyHash: string, livemode: boolean): AccountState
  /** Writes the transaction's changes to the journal; they are already visible in memory. */
  commit(transaction: Transaction): void
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
  const seconds = () => Math.floor(options.now() / 1000)

  const add = (account: AccountState) => {
    byKey.set(account.keyHash, account)
    byId.set(account.id, account)
  }

  const forget = (account: AccountState) => {
    byKey.delete(account.keyHash)
    byId.delete(account.id)
  }

  let linesReplayed = 0
  const replay = (entry: JournalEntry) => {
    linesReplayed += 1
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

  function* snapshot(): Iterable<JournalEntry> {
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
    },
    close: () => journal?.close(),
  }
}
