import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

const warningsOf = async (device: TestHub['device'], customer: string): Promise<string[]> => {
  const params = { amount: 5000, currency: 'usd', customer }
  return (await device.preview('stripe_create_payment_intent', params)).body.warnings
}

test('an id that no answer to this device held is warned of, until one does', async () => {
  const { id } = await hub.stripe.customers.create({ name: 'Jane Doe' })
  expect(await warningsOf(hub.device, id)).toEqual([expect.stringContaining(id)])
  await hub.device.call('stripe_list_customers', { params: {} })
  expect(await warningsOf(hub.device, id)).toEqual([])
})

test('what one device was answered with says nothing about another', async () => {
  const { id } = await hub.stripe.customers.create({ name: 'Ada Doe' })
  await hub.device.call('stripe_get_customer', { params: { customer_id: id } })
  const other = await hub.pair('Another agent')
  expect(await warningsOf(hub.device, id)).toEqual([])
  expect(await warningsOf(other, id)).toEqual([expect.stringContaining(id)])
})

test('what a write made is known to the device that asked for it', async () => {
  const preview = await hub.device.preview('stripe_create_customer', { name: 'New Doe' })
  const made = await hub.device.call('stripe_create_customer', { confirmation: preview.body.confirmation })
  expect(await warningsOf(hub.device, made.body.result.id)).toEqual([])
})
