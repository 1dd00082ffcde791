import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest'
import { request } from 'node:http'
import { join } from 'node:path'
import { openStorage } from '../../src/storage/storage.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub
let before: string

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

/** Everything that could have changed: the account at the provider, and what the hub keeps of intents and connections. */
async function fingerprint(): Promise<string> {
  const storage = await openStorage(join(hub.home, 'data', 'hub.db'))
  const confirmations = await storage.db.selectFrom('confirmations').select(['id', 'version']).execute()
  const connections = await storage.db.selectFrom('connections').select(['id', 'state', 'alias']).execute()
  await storage.close()
  const events = await hub.stripe.events.list({ limit: 5 })
  return JSON.stringify([confirmations, connections, events.data.map((event) => event.id)])
}

beforeEach(async () => {
  before = await fingerprint()
  hub.wire.sent.length = 0
})
afterEach(async () => {
  expect(hub.wire.writes()).toEqual([])
  expect(await fingerprint()).toBe(before)
})

test.each<[string, string, unknown, number, string]>([
  ['an unknown tool', '/call', { tool: 'stripe_create_refnd', params: {} }, 404, 'tool_not_found'],
  ['an unknown field', '/call', { tool: 'stripe_get_balance', parms: {} }, 400, 'invalid_params'],
  ['a tool that is no text', '/call', { tool: 7 }, 400, 'invalid_params'],
  ['params that are a list', '/preview', { tool: 'stripe_create_refund', params: [] }, 400, 'invalid_params'],
  ['no tool', '/preview', { params: {} }, 400, 'invalid_params'],
  [
    'params and arguments',
    '/preview',
    { tool: 'stripe_create_refund', params: {}, arguments: {} },
    400,
    'invalid_params',
  ],
  [
    'an unknown param',
    '/preview',
    { tool: 'stripe_create_refund', params: { charge: 'ch_3MmlLrQpTx4mZc7k', amout: 1 } },
    400,
    'invalid_params',
  ],
  [
    'an amount in text',
    '/preview',
    { tool: 'stripe_create_refund', params: { charge: 'ch_3MmlLrQpTx4mZc7k', amount: '25.00' } },
    400,
    'invalid_params',
  ],
  [
    'a fraction of a cent',
    '/preview',
    { tool: 'stripe_create_refund', params: { charge: 'ch_3MmlLrQpTx4mZc7k', amount: 25.5 } },
    400,
    'invalid_params',
  ],
  [
    'a placeholder',
    '/preview',
    { tool: 'stripe_create_refund', params: { charge: 'ch_1234567890' } },
    400,
    'invalid_params',
  ],
  [
    'a path for an id',
    '/call',
    { tool: 'stripe_get_customer', params: { customer_id: '../charges' } },
    400,
    'invalid_params',
  ],
  [
    'an id twice',
    '/call',
    { tool: 'stripe_get_customer', params: { customer_id: 'cus_Nff', id: 'cus_Nff' } },
    400,
    'invalid_params',
  ],
  [
    'too short a part of an e-mail',
    '/call',
    { tool: 'stripe_list_customers', params: { email: 'ex' } },
    400,
    'invalid_params',
  ],
  [
    'an unknown connection',
    '/call',
    { tool: 'stripe_get_balance', connection: 'nope' },
    404,
    'connection_not_found',
  ],
  [
    'a card number',
    '/preview',
    { tool: 'stripe_create_customer', params: { description: 'card 4242 4242 4242 4242' } },
    400,
    'card_number_refused',
  ],
  [
    'a customer that is not there',
    '/call',
    { tool: 'stripe_get_customer', params: { customer_id: 'cus_NotThere00' } },
    404,
    'customer_not_found',
  ],
  [
    'a charge that is not there',
    '/preview',
    { tool: 'stripe_create_refund', params: { charge: 'ch_NotThere00' } },
    404,
    'charge_not_found',
  ],
  [
    'no confirmation of ours',
    '/call',
    { tool: 'stripe_create_refund', confirmation: 'conf_nope' },
    404,
    'confirmation_not_found',
  ],
])('%s is refused', async (_what, path, body, status, code) => {
  const reply = await hub.device.request('POST', path, body)
  expect(reply).toMatchObject({
    status,
    body: { error: { code, message: expect.any(String), retryable: false } },
  })
})

test('a wrong tool name and a wrong parameter are answered with the nearest right one', async () => {
  const tool = await hub.device.call('stripe_create_refnd')
  expect(tool.body.error.suggestions[0]).toBe('stripe_create_refund')
  const param = await hub.device.preview('stripe_create_refund', { charge: 'ch_3MmlLrQpTx4mZc7k', amout: 1 })
  expect(param.body.error).toMatchObject({
    message: expect.stringContaining(`"amout" is not a known key. Did you mean 'amount'?`),
    violations: [{ suggestion: 'amount' }],
  })
})

test.each<[string, string | Uint8Array<ArrayBuffer>, string, number, string]>([
  ['no JSON', '{"tool": "stripe_get_bal', 'application/json', 400, 'invalid_json'],
  ['a list', '[]', 'application/json', 400, 'invalid_json'],
  ['null', 'null', 'application/json', 400, 'invalid_json'],
  ['a form', 'tool=stripe_get_balance', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ['300 KiB', JSON.stringify({ tool: 'x'.repeat(300 * 1024) }), 'application/json', 413, 'body_too_large'],
  [
    'what is nested 1,000 deep',
    '{"params":'.repeat(1000) + '1' + '}'.repeat(1000),
    'application/json',
    400,
    'invalid_json',
  ],
  [
    'what is not UTF-8',
    new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    'application/json',
    400,
    'invalid_json',
  ],
])('a body with %s is refused', async (_what, body, type, status, code) => {
  expect(await hub.device.raw('/call', body, type)).toMatchObject({ status, body: { error: { code } } })
})

test('another workspace’s ids are as good as none', async () => {
  const storage = await openStorage(join(hub.home, 'data', 'hub.db'))
  const { charge } = await hub.charge(5000, 'usd')
  const preview = await hub.device.preview('stripe_create_refund', { charge })
  const row = await storage.db
    .selectFrom('confirmations')
    .selectAll()
    .where('id', '=', preview.body.confirmation)
    .executeTakeFirstOrThrow()
  const foreign = { ...row, id: 'conf_foreign', workspace: 'ws_other' }
  await storage.db.insertInto('confirmations').values(foreign).execute()
  const connection = await storage.db.selectFrom('connections').selectAll().executeTakeFirstOrThrow()
  await storage.db
    .insertInto('connections')
    .values({ ...connection, id: 'conn_foreign', workspace: 'ws_other', alias: 'foreign' })
    .execute()
  await storage.close()
  before = await fingerprint()
  hub.wire.sent.length = 0

  expect(
    (await hub.device.call('stripe_create_refund', { confirmation: 'conf_foreign' })).body.error.code,
  ).toBe('confirmation_not_found')
  expect((await hub.device.request('GET', '/confirmations/conf_foreign')).status).toBe(404)
  expect((await hub.device.call('stripe_get_balance', { connection: 'conn_foreign' })).body.error.code).toBe(
    'connection_not_found',
  )
  expect((await hub.device.call('stripe_get_balance', { connection: 'foreign' })).body.error.code).toBe(
    'connection_not_found',
  )
  expect((await hub.owner.get('/confirmations/conf_foreign')).status).toBe(404)
  const approved = await hub.owner.api('POST', '/approvals/conf_foreign/approve', {
    intent_hash: preview.body.intent_hash,
  })
  expect(approved.status).toBe(404)
  const denied = await hub.owner.api('POST', '/approvals/conf_foreign/deny', {})
  expect(denied.status).toBe(404)
})

test('a request under another host name is refused', async () => {
  const url = new URL(hub.url)
  const status = await new Promise<number>((resolve, reject) => {
    request(
      { hostname: url.hostname, port: url.port, path: '/sign-in', headers: { host: 'evil.example' } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      },
    )
      .once('error', reject)
      .end()
  })
  expect(status).toBe(421)
})

test('HEAD at the OAuth server is refused once, as a method that it does not have', async () => {
  for (const path of ['/oauth/token', '/.well-known/oauth-authorization-server']) {
    expect((await fetch(hub.url + path, { method: 'HEAD' })).status).toBe(405)
  }
})
