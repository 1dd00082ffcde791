import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { DEFAULT_WORKSPACE, type ConfirmationId } from '../contract/ids.ts'
import { openTestCalls } from './test-calls.ts'
import type { Raced } from './test-racer.ts'

/** More by hand, such as 20000. */
const RACES = Number(process.env['CLAWLINK_RACES'] ?? 300)
const AT_ONCE = 20

/** What a call may be answered that another node was faster than. */
const BEATEN = ['stored', 'confirmation_in_progress']

test(
  `two nodes that race for a confirmation, ${RACES} times: each is sent once, by one of them`,
  async () => {
    const one = await openTestCalls()
    const racers = [1, 2].map(() =>
      fork(new URL('test-racer.ts', import.meta.url), [one.folder, String(one.now)]),
    )
    const told = (racer: ChildProcess) => once(racer, 'message')
    await Promise.all(racers.map(told))
    const wins = [0, 0]
    for (let raced = 0; raced < RACES; raced += AT_ONCE) {
      const ids: ConfirmationId[] = []
      const keys: string[] = []
      for (let index = raced; index < Math.min(raced + AT_ONCE, RACES); index += 1) {
        const id = await one.approved('stripe_create_customer', { name: `Customer ${index}` })
        ids.push(id as ConfirmationId)
        keys.push((await one.load(id)).intent.idempotencyKey)
      }
      const done = Promise.all(racers.map(told))
      // In opposite orders, so that each is ahead somewhere.
      racers[0]?.send(ids)
      racers[1]?.send(ids.toReversed())
      const results = (await done).map(([message]) => message as Raced)
      expect(results.flatMap((result) => result.keys).toSorted()).toEqual(keys.toSorted())
      for (const [index, { answers }] of results.entries()) {
        const won = answers.filter((answer) => answer === 'sent').length
        wins[index] = (wins[index] ?? 0) + won
        expect(answers.filter((answer) => answer !== 'sent' && !BEATEN.includes(answer))).toEqual([])
      }
      for (const id of ids) {
        expect((await one.load(id)).progress).toMatchObject({ state: 'succeeded', attempts: 1, fencing: 1 })
      }
    }
    // Where one node had won them all, they would not have raced.
    expect(wins[0]).toBeGreaterThan(0)
    expect(wins[1]).toBeGreaterThan(0)
    expect((wins[0] ?? 0) + (wins[1] ?? 0)).toBe(RACES)
    const ended = Promise.all(racers.map((racer) => once(racer, 'exit')))
    for (const racer of racers) racer.send([])
    await ended
    expect(await one.home.audit.verify(DEFAULT_WORKSPACE)).toMatchObject({ ok: true })
    await one.close()
  },
  30 * 60 * 1000,
)
