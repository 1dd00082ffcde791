import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Answer, Task } from './worker.ts'

export interface Pool {
  /** Hands out tasks until there are none; answers come as they are ready. Rejects if a worker fails. */
  run(next: () => Task | undefined, each: (answer: Exclude<Answer, { kind: 'error' }>) => void): Promise<void>
  close(): Promise<void>
}

/** Threads that share nothing, so that each history runs as it would alone. */
export function createPool(size: number): Pool {
  const workers = Array.from({ length: size }, () => new Worker(new URL('worker.ts', import.meta.url)))
  return {
    async run(next, each) {
      await Promise.all(
        workers.map(async (worker) => {
          for (let task = next(); task !== undefined; task = next()) {
            // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
            worker.postMessage(task)
            const [answer] = (await once(worker, 'message')) as [Answer]
            if (answer.kind === 'error') throw new Error(answer.message)
            each(answer)
          }
        }),
      )
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
