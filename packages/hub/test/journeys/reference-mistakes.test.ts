import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openLocal } from '../../src/local-hub.ts'
import { startHub } from '../../src/start-hub.ts'
import type { RunningHub } from '../../src/surfaces/cli/cli.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

/**
 * Mistakes that other hubs make, by name. An omitted confirmation, a confirmation for other params and a write that
 * is retried after a lost answer are in the-gate.test.ts; the approval after a change of the policy is in policy.
 */
let hub: TestHub
let restarted: RunningHub | undefined
let charge: string

beforeAll(async () => {
  hub = await startTestHub()
})
beforeEach(async () => {
  charge = (await hub.charge(10_000, 'usd')).charge
})
afterAll(async () => {
  await restarted?.stop()
  await hub.stop()
})

const environment = () => ({ CLAWLINK_SANDBOX_URL: hub.wire.url, CLAWLINK_STRIPE_URL: hub.wire.url })

const refundsOf = async (of: string): Promise<number[]> =>
  (await hub.stripe.refunds.list({ charge: of })).data.map((refund) => refund.amount)

async function restart(): Promise<void> {
  await (restarted ?? hub.hub).stop()
  restarted = await startHub({
    home: hub.home,
    port: Number(new URL(hub.url).port),
    host: '127.0.0.1',
    version: '0.0.0-test',
    env: environment(),
  })
}

test('an approval lost on restart: what was approved before is carried out after it, once', async () => {
  const { confirmation } = (await hub.device.preview('stripe_create_refund', { charge, amount: 1000 })).body
  await hub.owner.approve(confirmation)
  await restart()
  const called = await hub.device.call('stripe_create_refund', { confirmation })
  expect(called.body.result).toMatchObject({ amount: 1000 })
  await restart()
  const again = await hub.device.call('stripe_create_refund', { confirmation })
  expect(again.body).toMatchObject({ stored: true, result: { id: called.body.result.id } })
  expect(await refundsOf(charge)).toEqual([1000])
})

test('an approval made up by a restart: what was denied or waits is as it was', async () => {
  const denied = (await hub.device.preview('stripe_create_refund', { charge, amount: 1100 })).body
    .confirmation
  await hub.owner.deny(denied)
  const waiting = (await hub.device.preview('stripe_create_refund', { charge, amount: 1200 })).body
    .confirmation
  await restart()
  const code = async (confirmation: string) =>
    (await hub.device.call('stripe_create_refund', { confirmation })).body.error.code
  expect(await code(denied)).toBe('write_rejected')
  expect(await code(waiting)).toBe('confirmation_pending')
  expect(await refundsOf(charge)).toEqual([])
})

test('a default connection switched by adding a live account: an approval stays with its account', async () => {
  const { body } = await hub.device.preview('stripe_create_refund', { charge, amount: 1300 })
  await hub.owner.approve(body.confirmation)
  const local = await openLocal({ home: hub.home }, environment())
  await local.addConnection({ alias: 'live', key: 'rk_live_51LiveLiveLiveLiveLive', makeDefault: true })
  await local.close()
  const called = await hub.device.call('stripe_create_refund', {
    confirmation: body.confirmation,
    params: { charge, amount: 1300 },
  })
  expect(called.body).toMatchObject({
    connection: { alias: 'sandbox', mode: 'test' },
    result: { amount: 1300 },
  })
  expect(await refundsOf(charge)).toEqual([1300])
})
