import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { START_SECONDS, pay, startSandbox } from '../../test/harness.ts'
import type { TestSandbox } from '../../test/harness.ts'
import { createSandbox } from '../index.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function admin({ request }: TestSandbox) {
  return (method: string, name: string, input?: object) =>
    request(method, `/_sandbox/${name}`, {
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
      headers: input === undefined ? {} : { 'content-type': 'application/json' },
    })
}

test('state tells of accounts and the clock, and of no key', async () => {
  const sandbox = await startSandbox()
  await sandbox.stripe.customers.create()
  const { body, text } = await admin(sandbox)('GET', 'state')
  expect(body).toMatchObject({
    accounts: [
      { id: expect.stringMatching(/^acct_/), livemode: false, objects: { customers: 1, events: 1 } },
    ],
    clock: { now: new Date(START_SECONDS * 1000).toISOString(), offset_seconds: 0 },
  })
  expect(text).not.toContain('alice')
})

test('a snapshot brings everything back, as often as wanted, and reset brings nothing', async () => {
  const sandbox = await startSandbox()
  const { stripe } = sandbox
  const call = admin(sandbox)
  const { intent } = await pay(stripe)
  const seen = async () => JSON.stringify([await stripe.charges.list(), await stripe.events.list()])
  const before = await seen()
  const { id } = (await call('POST', 'snapshot')).body
  for (let round = 0; round < 2; round++) {
    await stripe.refunds.create({ payment_intent: intent.id })
    expect(await seen()).not.toBe(before)
    expect((await call('POST', 'restore', { id })).status).toBe(200)
    expect(await seen()).toBe(before)
  }
  await call('POST', 'reset')
  expect((await stripe.charges.list()).data).toEqual([])
  sandbox.sandbox.restore(String(id))
  expect(await seen()).toBe(before)
  expect((await call('POST', 'restore', { id: 'snapshot_9' })).status).toBe(400)
})

test('the clock moves on its own offset, forward only', async () => {
  const sandbox = await startSandbox()
  const call = admin(sandbox)
  await pay(sandbox.stripe)
  const pending = async () => (await sandbox.stripe.balance.retrieve()).pending[0]?.amount
  expect(await pending()).toBeGreaterThan(0)
  const moved = await call('POST', 'advance', { seconds: 3 * 24 * 60 * 60 })
  expect(moved.body.clock).toMatchObject({ offset_seconds: 259_200 })
  expect((await pending()) ?? 0).toBe(0)
  const to = START_SECONDS + 10 * 24 * 60 * 60
  await call('POST', 'advance', { to: new Date(to * 1000).toISOString() })
  expect((await sandbox.stripe.customers.create()).created).toBe(to)
  sandbox.advance(5)
  expect((await sandbox.stripe.customers.create()).created).toBe(to + 5)
  for (const wrong of [
    { to: START_SECONDS },
    { seconds: -1 },
    {},
    { seconds: '5' },
    { to: 'x' },
    { seconds: 1e12 },
  ]) {
    expect((await call('POST', 'advance', wrong)).status).toBe(400)
  }
})

test('the clock, a reset and a restored state survive a restart', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(data)
  const now = () => START_SECONDS * 1000
  const list = async (sandbox: { fetch(request: Request): Promise<Response> }, method = 'GET') =>
    (await (
      await sandbox.fetch(
        new Request('http://sandbox/v1/customers', {
          method,
          headers: { authorization: 'Bearer sk_test_a' },
        }),
      )
    ).json()) as { data: unknown[]; created: number }
  const first = await createSandbox({ data, now, clock: '2030-01-01T00:00:00Z' })
  await list(first, 'POST')
  const kept = first.snapshot()
  await list(first, 'POST')
  first.advance({ seconds: 60 })
  first.restore(kept)
  await first.close()
  const second = await createSandbox({ data, now, clock: '2040-01-01T00:00:00Z' })
  expect((await list(second)).data).toHaveLength(1)
  expect((await list(second, 'POST')).created).toBe(Date.UTC(2030, 0, 1) / 1000)
  second.reset()
  await second.close()
  const third = await createSandbox({ data, now })
  expect((await list(third)).data).toEqual([])
  expect((await list(third, 'POST')).created).toBe(START_SECONDS)
  await third.close()
})

test('requests are logged without query, body or key', async () => {
  const sandbox = await startSandbox({ faults: true })
  const made = await sandbox.stripe.customers.create({ name: 'secret' })
  await sandbox.request('GET', '/v1/customers?email=secret')
  await sandbox
    .request('GET', '/v1/charges', { headers: { 'sandbox-fault': 'drop-after' } })
    .catch(() => undefined)
  const { body, text } = await admin(sandbox)('GET', 'requests')
  expect(body.data).toMatchObject([
    { method: 'POST', path: '/v1/customers', status: 200, request_id: made.lastResponse.requestId },
    { method: 'GET', path: '/v1/customers', status: 200 },
    { method: 'GET', path: '/v1/charges', status: null },
  ])
  expect(text).not.toContain('secret')
  expect(text).not.toContain('alice')
})

test('mails are kept to be read', async () => {
  const sandbox = await startSandbox()
  const { stripe } = sandbox
  const customer = await stripe.customers.create({ email: 'jane@example.com' })
  await stripe.invoiceItems.create({ customer: customer.id, amount: 700, currency: 'usd' })
  const invoice = await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 30,
    pending_invoice_items_behavior: 'include',
  })
  await stripe.invoices.sendInvoice(invoice.id)
  const { body } = await admin(sandbox)('GET', 'emails')
  expect(body.data).toContainEqual(
    expect.objectContaining({ object: 'email', to: 'jane@example.com', about: invoice.id }),
  )
})

test('only a loopback name and no other site may control it', async () => {
  const { sandbox, request } = await startSandbox()
  const from = (host: string, headers: Record<string, string> = {}) =>
    sandbox.fetch(new Request(`http://${host}/_sandbox/reset`, { method: 'POST', headers }))
  expect((await from('evil.example')).status).toBe(403)
  expect((await from('127.0.0.1.evil.example')).status).toBe(403)
  expect((await from('127.0.0.1:12111', { origin: 'https://evil.example' })).status).toBe(403)
  expect((await from('localhost:12111')).status).toBe(200)
  expect((await from('[::1]:12111')).status).toBe(200)
  const form = await request('POST', '/_sandbox/advance', { body: 'seconds=5' })
  expect(form.status).toBe(400)
  expect((await request('GET', '/_sandbox/reset')).status).toBe(404)
  expect((await request('GET', '/_sandbox/constructor')).status).toBe(404)
})
