import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStorage } from '../../src/storage/storage.ts'
import { startTestHub } from '../support/test-hub.ts'

test('a hub that stops finishes the write that is on the wire, and refuses what comes meanwhile', async () => {
  const hub = await startTestHub()
  const { charge } = await hub.charge(5000, 'usd')
  const { confirmation } = (await hub.device.preview('stripe_create_refund', { charge, amount: 1000 })).body
  await hub.owner.approve(confirmation)

  const left = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<'on'>()
  hub.wire.onPass = (at, sent) => {
    if (at !== 'answer' || sent.method !== 'POST') return Promise.resolve('on')
    left.resolve()
    return answered.promise
  }
  const call = hub.device.call('stripe_create_refund', { confirmation }).catch(() => undefined)
  await left.promise
  const stopped = hub.hub.stop()
  const meanwhile = await hub.device.call('stripe_get_balance')
  expect(meanwhile).toMatchObject({
    status: 503,
    body: { error: { code: 'shutting_down', retryable: true } },
  })
  answered.resolve('on')
  await stopped
  await call

  const storage = await openStorage(join(hub.home, 'data', 'hub.db'))
  const { state } = await storage.db
    .selectFrom('confirmations')
    .select('state')
    .where('id', '=', confirmation)
    .executeTakeFirstOrThrow()
  await storage.close()
  expect(state).toBe('succeeded')
  expect((await hub.stripe.refunds.list({ charge })).data).toHaveLength(1)
  await hub.stop()
})
