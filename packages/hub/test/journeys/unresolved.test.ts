import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openLocal } from '../../src/local-hub.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
})
beforeEach(() => {
  hub.wire.onPass = undefined
})
afterAll(() => hub.stop())

interface ListedConnection {
  id: string
  alias: string
  state: string
}

async function connectionNamed(alias: string): Promise<ListedConnection | undefined> {
  const reply = await hub.owner.api('GET', '/connections')
  const { connections } = (await reply.json()) as { connections: ListedConnection[] }
  return connections.find((connection) => connection.alias === alias)
}

test('a lost answer to a DELETE is looked for at once: the customer is gone, and was deleted once', async () => {
  const customer = await hub.stripe.customers.create({ name: 'Doomed' })
  const preview = await hub.device.preview('stripe_delete_customer', { customer_id: customer.id })
  const { confirmation } = preview.body
  await hub.owner.approve(confirmation)
  hub.wire.sent.length = 0
  hub.wire.onPass = (at, { method }) => Promise.resolve(at === 'answer' && method === 'DELETE' ? 'cut' : 'on')
  await hub.device.call('stripe_delete_customer', { confirmation })
  const settled = await hub.device.request('GET', `/confirmations/${confirmation}?wait_seconds=50`)
  expect(settled.body).toMatchObject({ state: 'succeeded', outcome: { result: { deleted: true } } })
  expect(hub.wire.writes()).toHaveLength(1)
})

/** A deletion whose answer was lost, over a connection that was removed before anybody could look. */
async function unknownDeletion(alias: string): Promise<string> {
  const local = await openLocal({ home: hub.home }, { CLAWLINK_STRIPE_URL: hub.wire.url })
  const key = `sk_test_51${alias}0000000000`
  await local.addConnection({ alias, key, makeDefault: false })
  const { body } = await hub.device.call('stripe_list_customers', { connection: alias })
  expect(body.error).toBeUndefined()
  const created = await hub.device.preview(
    'stripe_create_customer',
    { name: 'Doomed' },
    { connection: alias },
  )
  const customer = await hub.device.call('stripe_create_customer', {
    confirmation: created.body.confirmation,
  })
  const preview = await hub.device.preview(
    'stripe_delete_customer',
    { customer_id: customer.body.result.id },
    { connection: alias },
  )
  const { confirmation } = preview.body
  await hub.owner.approve(confirmation)
  let isSent = false
  hub.wire.onPass = (at, { method }) => {
    if (at === 'answer' && method === 'DELETE') isSent = true
    return Promise.resolve(isSent ? 'cut' : 'on')
  }
  const called = await hub.device.call('stripe_delete_customer', { confirmation })
  expect(called.body.error.code).toBe('confirmation_unresolved')
  await local.removeConnection(alias)
  await local.close()
  const settled = await hub.device.request('GET', `/confirmations/${confirmation}?wait_seconds=50`)
  expect(settled.body.state).toBe('unknown')
  return String(confirmation)
}

test('what nobody can prove waits in the inbox, and ends when a person says on its page what they saw', async () => {
  const confirmation = await unknownDeletion('one')
  const inbox = await (await hub.owner.get('/')).text()
  const waiting = inbox.slice(0, inbox.indexOf('<h2>Recent</h2>'))
  expect(waiting).toContain(`/confirmations/${confirmation}`)
  const page = `/confirmations/${confirmation}`
  expect(await (await hub.owner.get(page)).text()).toContain('How did it end?')

  for (const half of [
    { ended: 'happened', reason: ' ' },
    { reason: 'Gone.' },
    { ended: 'yes', reason: 'Gone.' },
  ])
    expect((await hub.owner.post(page, { decision: 'resolve', ...half }, page)).status).toBe(400)
  const whole = { decision: 'resolve', ended: 'happened', reason: 'Gone in the Dashboard.' }
  const said = await hub.owner.post(page, whole, page)
  expect(said.status).toBe(303)
  const called = await hub.device.call('stripe_delete_customer', { confirmation })
  expect(called.body).toMatchObject({ stored: true, resolved_by_person: 'Gone in the Dashboard.' })
  expect(await (await hub.owner.get(page)).text()).not.toContain('How did it end?')
})

test('by the API a person ends it too; a device has no way to, and nothing is ever sent again', async () => {
  const confirmation = await unknownDeletion('two')
  const writes = hub.wire.writes().length
  const answer = { happened: false, reason: 'It is still there.' }
  const byDevice = await hub.device.request('POST', `/approvals/${confirmation}/resolve`, answer)
  expect([401, 403]).toContain(byDevice.status)
  const byPerson = await hub.owner.api('POST', `/approvals/${confirmation}/resolve`, answer)
  expect(await byPerson.json()).toMatchObject({ state: 'failed', reason: 'It is still there.' })
  const called = await hub.device.call('stripe_delete_customer', { confirmation })
  expect(called.body.error.code).toBe('write_not_carried_out')
  expect(hub.wire.writes()).toHaveLength(writes)
})

test('a key that was used for other bytes freezes the connection, until an owner has looked', async () => {
  const preview = await hub.device.preview('stripe_create_customer', { name: 'Frozen' })
  let isCut = false
  hub.wire.onPass = async (_at, { method, idempotencyKey }) => {
    if (method !== 'POST' || isCut) return 'on'
    isCut = true
    await hub.stripe.customers.create({ name: 'Other Bytes' }, { idempotencyKey: idempotencyKey ?? '' })
    return 'cut'
  }
  const { confirmation } = preview.body
  const called = await hub.device.call('stripe_create_customer', { confirmation })
  expect(called.body.error.code).toBe('idempotency_conflict')
  expect((await hub.device.call('stripe_get_balance')).body.error.code).toBe('connection_frozen')

  const frozen = await connectionNamed('sandbox')
  expect(frozen).toMatchObject({ state: 'frozen' })
  const byDevice = await hub.device.request('POST', `/connections/${frozen?.id}/unfreeze`, {})
  expect([401, 403]).toContain(byDevice.status)
  expect((await hub.owner.api('POST', `/connections/${frozen?.id}/unfreeze`, {})).status).toBe(200)
  expect((await hub.device.call('stripe_get_balance')).status).toBe(200)

  // From the terminal it is the same operation, which finds nothing to do now.
  const local = await openLocal({ home: hub.home }, {})
  await expect(local.unfreezeConnection('sandbox')).rejects.toMatchObject({ code: 'connection_not_frozen' })
  await expect(local.unfreezeConnection('nobody')).rejects.toMatchObject({ code: 'connection_not_found' })
  await local.close()
})
