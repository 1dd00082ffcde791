import { parentPort } from 'node:worker_threads'
import { ALL_BUGS } from './planted/bugs.ts'
import { catchBug, type Catch } from './planted/catch-bug.ts'
import { registerPlanting } from './planted/plant.ts'
import { firstFailure, type Histories } from './simulation/first-failure.ts'
import * as databaseModule from './simulation/database.ts'
import * as historyModule from './simulation/history.ts'

/** What a worker is asked for, one thing after the other. */
export type Task =
  | { kind: 'histories'; firstSeed: number; count: number; until: number }
  | { kind: 'bug'; name: string; firstSeed: number; histories: number }

export type Answer =
  | { kind: 'histories'; sum: Histories }
  | { kind: 'bug'; found: Catch }
  | { kind: 'error'; message: string }

registerPlanting()

async function answer(task: Task): Promise<Answer> {
  if (task.kind === 'histories') {
    const { firstSeed, count, until } = task
    const isOver = (): boolean => Date.now() >= until
    return {
      kind: 'histories',
      sum: await firstFailure({ ...databaseModule, ...historyModule }, firstSeed, count, isOver),
    }
  }
  const bug = ALL_BUGS.find(({ name }) => name === task.name)
  if (bug === undefined) throw new Error(`there is no bug "${task.name}"`)
  return { kind: 'bug', found: await catchBug(bug, task.firstSeed, task.histories) }
}

parentPort?.on('message', (task: Task) => {
  answer(task)
    .catch((error: unknown): Answer => ({
      kind: 'error',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    .then((given) => parentPort?.postMessage(given))
    .catch((error: unknown) => {
      throw error
    })
})
