import { expect, test } from 'vitest'
import { allKinds } from '../families.ts'
import { createIdSource } from '../store/ids.ts'
import { openStore } from '../store/store.ts'
import { createCatchUp } from './catch-up.ts'

test('due work that failed is not tried with every request, and tried again after a minute', () => {
  let seconds = 1_800_000_000
  const store = openStore({ now: () => seconds * 1000, newId: createIdSource(1), kinds: allKinds })
  const account = store.openAccount('key', false)
  store.commit(store.begin(account, { requestId: null, idempotencyKey: null }))
  let tries = 0
  const failures: unknown[] = []
  const failing = {
    ...store,
    commit() {
      tries += 1
      throw new Error('no space left on device')
    },
  }
  const catchUp = createCatchUp(
    () => failing,
    (error) => failures.push(error),
  )
  for (const wait of [1, 1, 58]) {
    catchUp.run()
    seconds += wait
  }
  expect(tries).toBe(1)
  catchUp.run()
  expect(tries).toBe(2)
  expect(failures).toHaveLength(2)
})
