import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { approveConfirmation } from '../../confirmations/decide-confirmation.ts'
import { hashIntent, hashRequest } from '../../confirmations/confirmation.ts'
import { contextOf, insertPending, person, START, WORKSPACE } from '../../confirmations/test-confirmation.ts'
import { appendPolicy, createPolicy } from '../../policy/policies.ts'
import { policyWith } from '../../policy/test-policy.ts'
import { openTestStorage, type TestStorage } from '../../storage/test-storage.ts'

const CONFIRMATIONS = 60
const AMOUNT = 100
const LIMIT = 2_000

let database: TestStorage
beforeEach(async () => {
  database = await openTestStorage()
})
afterEach(() => database.close())

let ready = 0
const start = Promise.withResolvers<void>()

/** One process; both begin when both are ready. */
async function race(ids: string[]): Promise<string[]> {
  const node = fork(new URL('test-taker.ts', import.meta.url), [database.file, ids.join(',')])
  await once(node, 'message')
  ready += 1
  if (ready === 2) start.resolve()
  await start.promise
  const done = once(node, 'message')
  node.send('go')
  const [taken] = (await done) as [string[]]
  return taken
}
test('two processes that take at once never go over a cap together, and use all of it', async () => {
  const context = contextOf(database.storage, () => START)
  const owner = person('owner')
  const cap = { id: 'cap', action: 'cap', per: 'day', limits: { usd: LIMIT }, over: 'deny' }
  await database.storage.transaction(async (tx) => {
    await createPolicy(tx, WORKSPACE, () => START)
    await appendPolicy(context, tx, owner, 1, policyWith({ rules: [cap] }))
  })
  const ids: string[] = []
  for (let at = 0; at < CONFIRMATIONS; at += 1) {
    const request = { method: 'POST', path: '/v1/refunds', body: `charge=ch_${at}&amount=${AMOUNT}` } as const
    const intent = await insertPending(context, {
      mode: 'test',
      request,
      requestHash: hashRequest(request),
      policyVersion: 2,
      stakes: { money: [{ amount: AMOUNT, currency: 'usd' }], customer: null, redirects: [] },
    })
    await approveConfirmation(context, owner, {
      id: intent.id,
      intentHash: hashIntent(intent),
      assurance: 'dashboard',
      evidence: 'session',
    })
    ids.push(intent.id)
  }
  const taken = await Promise.all([race(ids), race(ids.toReversed())])
  expect(new Set(taken.flat()).size).toBe(LIMIT / AMOUNT)
  expect(taken.flat()).toHaveLength(LIMIT / AMOUNT)
  const rows = await database.storage.db.selectFrom('policy_usage').selectAll().execute()
  expect(rows).toHaveLength(LIMIT / AMOUNT)
  expect(await context.audit.verify(WORKSPACE)).toMatchObject({ ok: true })
})
