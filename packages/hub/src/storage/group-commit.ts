import { AsyncResource } from 'node:async_hooks'
import { sql } from 'kysely'
import type { Db, Tx } from './storage.ts'

export type RunTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** More would make the first of them wait for long. */
const MAX_TOGETHER = 64

interface Waiting {
  /** Runs the work and keeps its outcome; rejects only when the transaction itself is gone. */
  run(tx: Tx): Promise<void>
  /** Tells the outcome: called when it is on disk. */
  settle(): void
  fail(error: unknown): void
}

/**
 * Runs transactions that are asked for at the same time one after the other, each in a savepoint of its own, and
 * brings them to disk with one commit: what a commit costs is the wait for the disk. Nobody hears of an outcome
 * before it is durable, and one that fails undoes nothing of its neighbours.
 */
export function createGroupCommit(db: Db): RunTransaction {
  let waiting: Waiting[] = []
  let isDraining = false

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const together = waiting.slice(0, MAX_TOGETHER)
      waiting = waiting.slice(MAX_TOGETHER)
      try {
        await db.transaction().execute(async (tx) => {
          for (const one of together) await one.run(tx)
        })
        for (const one of together) one.settle()
      } catch (error) {
        for (const one of together) one.fail(error)
      }
    }
    isDraining = false
  }

  return (work) =>
    new Promise((resolve, reject) => {
      // It runs in the turn of whoever came first, but what it carries along is its own caller's.
      const run = AsyncResource.bind(work)
      let settle: () => void
      waiting.push({
        async run(tx) {
          await sql`savepoint work`.execute(tx)
          try {
            const result = await run(tx)
            settle = () => resolve(result)
          } catch (error) {
            await sql`rollback to savepoint work`.execute(tx).catch(() => {
              // On a full disk SQLite has rolled back everything by itself: then all fail, for this reason.
              throw error
            })
            settle = () => reject(error)
          }
          await sql`release savepoint work`.execute(tx)
        },
        settle: () => settle(),
        fail: reject,
      })
      if (isDraining) return
      isDraining = true
      // After the input of this turn: whoever asks now is in the same commit.
      setImmediate(() => void drain())
    })
}
