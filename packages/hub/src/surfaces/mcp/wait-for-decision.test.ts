import { expect, test } from 'vitest'
import type { McpHost, Outcome } from './host.ts'
import { waitForDecision } from './wait-for-decision.ts'

const at = (state: string): Outcome => ({ ok: true, answer: { state } })

/** A hub whose clock goes on as long as it was asked to wait, or as the test says. */
function hubThat(answers: (asked: number) => { outcome: Outcome; took?: number }) {
  let now = 1_000_000
  const waits: number[] = []
  const host: McpHost = {
    version: '0',
    now: () => now,
    run(_endpoint, input) {
      const { wait_seconds: seconds } = input as { wait_seconds: number }
      waits.push(seconds)
      const { outcome, took = seconds } = answers(waits.length)
      now += took * 1000
      return Promise.resolve(outcome)
    },
    pair: () => Promise.reject(new Error('not in this test')),
    toolCards: () => Promise.resolve([]),
  }
  return { host, waits }
}

const heard: number[] = []
const how = (signal = new AbortController().signal) => {
  heard.length = 0
  return { signal, progress: ({ done }: { done: number }) => Promise.resolve(void heard.push(done)) }
}

test('a client hears at once that it waits, and then every few seconds, until the time is over', async () => {
  const { host, waits } = hubThat(() => ({ outcome: at('pending') }))
  expect(await waitForDecision(host, 'conf_1', 12, how())).toEqual(at('pending'))
  expect(waits).toEqual([0, 5, 5, 2])
  expect(heard).toEqual([0, 5, 10])
})

test('the wait ends with the decision', async () => {
  const { host, waits } = hubThat((asked) => ({ outcome: at(asked === 3 ? 'approved' : 'pending') }))
  expect(await waitForDecision(host, 'conf_1', 50, how())).toEqual(at('approved'))
  expect(waits).toEqual([0, 5, 5])
})

test('without a wait it is asked once', async () => {
  const { host, waits } = hubThat(() => ({ outcome: at('sending') }))
  expect(await waitForDecision(host, 'conf_1', 0, how())).toEqual(at('sending'))
  expect(waits).toEqual([0])
})

test('a hub that is shutting down, and answers before its time, is left alone', async () => {
  const { host, waits } = hubThat(() => ({ outcome: at('pending'), took: 0.01 }))
  expect(await waitForDecision(host, 'conf_1', 50, how())).toEqual(at('pending'))
  expect(waits).toEqual([0, 5])
})

test('the hub’s no ends the wait', async () => {
  const no: Outcome = {
    ok: false,
    problem: { error: { code: 'not_paired', message: 'No.', retryable: false } },
  }
  const { host } = hubThat((asked) => ({ outcome: asked === 2 ? no : at('pending') }))
  expect(await waitForDecision(host, 'conf_1', 50, how())).toEqual(no)
})

test('a client that has gone away ends the wait', async () => {
  const gone = new AbortController()
  const { host, waits } = hubThat((asked) => {
    if (asked === 2) gone.abort()
    return { outcome: at('pending') }
  })
  await expect(waitForDecision(host, 'conf_1', 50, how(gone.signal))).rejects.toThrow('abort')
  expect(waits).toEqual([0, 5])
})
