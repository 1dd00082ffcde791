import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stripe } from 'stripe'
import { openLocal } from '../../src/local-hub.ts'
import { PASSWORD } from '../../demo/person.ts'
import { chargeOf, sdkFor, startTestHub, type TestHub } from '../support/test-hub.ts'

const LIVE_KEY = 'rk_live_51LiveLiveLiveLiveLive'

let hub: TestHub
let live: Stripe
let charge: string

beforeAll(async () => {
  hub = await startTestHub()
  const local = await openLocal({ home: hub.home }, { CLAWLINK_STRIPE_URL: hub.wire.url })
  const connection = await local.addConnection({ alias: 'shop', key: LIVE_KEY, makeDefault: false })
  expect(connection).toMatchObject({ mode: 'live', kind: 'restricted_key', isDefault: false })
  await local.close()
  live = sdkFor(hub.wire.url, LIVE_KEY)
  const intent = await live.paymentIntents.create({
    amount: 8000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  charge = chargeOf(intent)
})
afterAll(() => hub.stop())

test('a new live account never becomes the default by itself', async () => {
  const balance = await hub.device.call('stripe_get_balance')
  expect(balance.body.connection).toMatchObject({ alias: 'sandbox', mode: 'test' })
  const preview = await hub.device.preview('stripe_create_refund', { charge })
  expect(preview.body.error.code).toBe('charge_not_found')
})

test('live money is named LIVE and needs the password again, and the log says so', async () => {
  const preview = await hub.device.preview(
    'stripe_create_refund',
    { charge, amount: 1000 },
    { connection: 'shop' },
  )
  expect(preview.body).toMatchObject({ needs: 'passkey', state: 'pending' })
  expect(preview.body.summary).toContain('· LIVE ·')
  const { confirmation } = preview.body

  const without = await hub.owner.approve(confirmation)
  expect(without.status).toBe(403)
  expect(await without.text()).toContain('Your password, once more')
  expect((await hub.owner.approve(confirmation, 'not the password at all')).status).toBe(403)
  expect((await hub.device.call('stripe_create_refund', { confirmation })).body.error.code).toBe(
    'confirmation_pending',
  )

  expect((await hub.owner.approve(confirmation, PASSWORD)).status).toBe(303)
  const refund = await hub.device.call('stripe_create_refund', { confirmation })
  expect(refund.body).toMatchObject({ connection: { alias: 'shop', mode: 'live' }, result: { amount: 1000 } })
  expect((await live.refunds.list({ charge })).data).toHaveLength(1)
  const log = (await (await hub.owner.api('GET', `/audit?subject=${confirmation}`)).json()) as {
    rows: Array<{ action: string; detail: Record<string, unknown> }>
  }
  expect(log.rows.find((row) => row.action === 'confirmation.approved')?.detail).toMatchObject({
    assurance: 'passkey',
    evidence: 'password',
  })
})

test('in live mode an agent vouches for nothing: a customer needs the dashboard', async () => {
  const preview = await hub.device.preview(
    'stripe_create_customer',
    { name: 'Live Customer' },
    { connection: 'shop' },
  )
  expect(preview.body).toMatchObject({ needs: 'dashboard', state: 'pending' })
})

test('what is no Stripe key is refused before it is sent anywhere', async () => {
  const local = await openLocal({ home: hub.home }, { CLAWLINK_STRIPE_URL: hub.wire.url })
  hub.wire.sent.length = 0
  for (const key of ['pk_test_51Publishable000', 'hello', 'sk_test_ with spaces', '']) {
    await expect(local.addConnection({ alias: 'bad', key, makeDefault: false })).rejects.toMatchObject({
      code: 'connection_rejected',
    })
  }
  expect(hub.wire.sent).toEqual([])
  await local.close()
})
