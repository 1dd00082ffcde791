import type { AccountState } from '../store/account.ts'
import type { Store } from '../store/store.ts'
import { nextDueWork, runDueWork } from './run-due-work.ts'

/** Keeps all accounts up to the sandbox's clock. */
export interface CatchUp {
  /** Does what has fallen due since the last time; costs a comparison while the clock's second is the same. */
  run(): void
  /** The account has changed: when its next work falls due has to be found out again. */
  notice(account: AccountState): void
  /** The state has been replaced. */
  forget(): void
}

/** Not at once: it would most likely fail again, and every request waits for it. */
const RETRY_SECONDS = 60

/** @param onFailure what went wrong; the account stays as it was, and its requests are answered all the same */
export function createCatchUp(store: () => Store, onFailure: (error: unknown) => void): CatchUp {
  let doneUntil = 0
  const nextDue = new Map<string, number>()

  const bringUp = (account: AccountState, now: number) => {
    const tx = store().begin(account, { requestId: null, idempotencyKey: null })
    try {
      runDueWork(tx, now, null)
      store().commit(tx)
      nextDue.set(account.id, nextDueWork(tx))
    } catch (error) {
      tx.rollback()
      nextDue.set(account.id, now + RETRY_SECONDS)
      onFailure(error)
    }
  }

  return {
    run() {
      const now = Math.floor(store().now() / 1000)
      if (now <= doneUntil) return
      doneUntil = now
      for (const account of store().accounts()) {
        if ((nextDue.get(account.id) ?? 0) <= now) bringUp(account, now)
      }
    },
    notice: (account) => void nextDue.delete(account.id),
    forget() {
      doneUntil = 0
      nextDue.clear()
    },
  }
}
