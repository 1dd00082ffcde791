import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { afterEach, expect, test } from 'vitest'
import { refusal, sdk, startSandbox } from '../../test/harness.ts'
import { createSandbox } from '../index.ts'

interface Received {
  event: Stripe.Event
  body: string
  signature: string
}

const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

/** Answers each call with what `status` says; 0 never answers. */
async function startReceiver(status: (call: number) => number = () => 200) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      received.push({
        event: JSON.parse(body) as Stripe.Event,
        body,
        signature: String(request.headers['stripe-signature']),
      })
      const code = status(received.length)
      if (code === 0) return
      response.writeHead(code, code === 302 ? { location: 'http://192.0.2.1/' } : {}).end('thank you')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { received, url: `http://127.0.0.1:${port}/hook` }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > 400) throw new Error('it never happened')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('events arrive signed, and the SDK believes the signature', async () => {
  const { stripe } = await startSandbox()
  const { received, url } = await startReceiver()
  const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
  expect(endpoint.secret).toMatch(/^whsec_[A-Za-z0-9]{32}$/)
  const customer = await stripe.customers.create({ name: 'Jane' })
  await until(() => received.length === 1)
  const [{ body, signature } = { body: '', signature: '' }] = received
  const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? '')
  expect(event).toMatchObject({
    type: 'customer.created',
    api_version: '2026-10-28.endive',
    pending_webhooks: 1,
    data: { object: { id: customer.id, name: 'Jane' } },
  })
  expect(() => stripe.webhooks.constructEvent(`${body} `, signature, endpoint.secret ?? '')).toThrow()
  await until(async () => (await stripe.events.retrieve(event.id)).pending_webhooks === 0)
})

test('an endpoint tells its secret once, and is what it was made and changed to', async () => {
  const { stripe } = await startSandbox()
  const made = await stripe.webhookEndpoints.create({
    url: 'http://localhost:9/hook',
    enabled_events: ['customer.created'],
    description: 'Mine',
    metadata: { a: '1' },
    api_version: '2024-06-20',
  })
  const { secret, lastResponse: _, ...rest } = made
  expect(rest).toMatchObject({ status: 'enabled', api_version: '2024-06-20', application: null })
  expect(await stripe.webhookEndpoints.retrieve(made.id)).toEqual(rest)
  expect((await stripe.webhookEndpoints.list()).data).toEqual([rest])
  expect(JSON.stringify(rest)).not.toContain(secret)
  const changed = await stripe.webhookEndpoints.update(made.id, {
    disabled: true,
    description: '',
    metadata: '',
  })
  expect(changed).toMatchObject({ status: 'disabled', description: null, metadata: {} })
  expect(await stripe.webhookEndpoints.del(made.id)).toMatchObject({ id: made.id, deleted: true })
  expect(await refusal(stripe.webhookEndpoints.retrieve(made.id))).toMatchObject({ statusCode: 404 })
})

test('only what is enabled is told: by name, by beginning, and not when disabled or deleted', async () => {
  const { stripe } = await startSandbox()
  const { received, url } = await startReceiver()
  const make = (events: string[]) =>
    stripe.webhookEndpoints.create({
      url,
      enabled_events: events as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
    })
  await make(['customer.updated'])
  await make(['customer.*'])
  const off = await make(['*'])
  await stripe.webhookEndpoints.update(off.id, { disabled: true })
  const gone = await make(['*'])
  await stripe.webhookEndpoints.del(gone.id)
  const { id } = await stripe.customers.create()
  await stripe.customers.update(id, { name: 'Jane' })
  await stripe.products.create({ name: 'Cup' })
  await until(() => received.length === 3)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(received.map(({ event }) => event.type).sort()).toEqual([
    'customer.created',
    'customer.updated',
    'customer.updated',
  ])
})

test('what fails is tried again, later and later, a few times', async () => {
  const { stripe, advance } = await startSandbox()
  const { received, url } = await startReceiver((call) => (call === 1 ? 302 : 500))
  await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
  await stripe.customers.create()
  const pending = async () => (await stripe.events.list()).data[0]?.pending_webhooks
  for (const [calls, wait] of [
    [1, 10],
    [2, 60],
    [3, 360],
  ] as const) {
    await until(() => received.length === calls)
    await new Promise((resolve) => setTimeout(resolve, 30))
    advance(wait - 1)
    expect(await pending()).toBe(1)
    expect(received).toHaveLength(calls)
    advance(1)
    await pending()
  }
  await until(async () => (await pending()) === 0)
  expect(received).toHaveLength(4)
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(1)
  expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1)
  expect((await stripe.events.list({ delivery_success: true })).data).toHaveLength(0)
})

test('a receiver that does not answer holds nobody else up', async () => {
  const { stripe } = await startSandbox()
  const silent = await startReceiver(() => 0)
  const prompt = await startReceiver()
  await stripe.webhookEndpoints.create({ url: silent.url, enabled_events: ['customer.created'] })
  await stripe.webhookEndpoints.create({ url: prompt.url, enabled_events: ['customer.created'] })
  for (let number = 0; number < 20; number++) await stripe.customers.create()
  await until(() => prompt.received.length === 20)
  expect(silent.received.length).toBeLessThanOrEqual(4)
})

test('a receiver that does not answer is given up and tried again', async () => {
  const { stripe, advance } = await startSandbox({ webhookTimeoutMs: 50 })
  const { received, url } = await startReceiver((call) => (call <= 20 ? 0 : 200))
  await stripe.webhookEndpoints.create({ url, enabled_events: ['customer.created'] })
  for (let number = 0; number < 20; number++) await stripe.customers.create()
  await until(() => received.length === 20)
  await new Promise((resolve) => setTimeout(resolve, 100))
  advance(10)
  await until(async () => (await stripe.events.list({ delivery_success: true })).data.length > 0)
  await until(() => received.length === 40)
})

test('nothing is sent to other machines', async () => {
  const { stripe } = await startSandbox()
  for (const url of [
    'http://192.0.2.1/hook',
    'https://example.com/hook',
    'http://127.0.0.1.example.com/',
    'http://0.0.0.0:1/',
  ]) {
    await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
  }
  await stripe.customers.create()
  await until(async () => (await stripe.events.list()).data[0]?.pending_webhooks === 0)
  expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1)
})

test('what was not delivered before the end is delivered after a restart', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  cleanUps.push(() => rmSync(data, { recursive: true, force: true }))
  const { received, url } = await startReceiver((call) => (call === 1 ? 0 : 200))
  const first = await createSandbox({ data })
  const stripe = sdk((await first.listen({ port: 0 })).port, 'sk_test_alice')
  await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
  await stripe.customers.create()
  await until(() => received.length === 1)
  await first.close()
  const second = await createSandbox({ data })
  await until(() => received.length === 2)
  expect(received[1]?.event.id).toBe(received[0]?.event.id)
  await second.close()
})

test('an endpoint gets events in the shapes of its own version', async () => {
  const { stripe } = await startSandbox()
  const { received, url } = await startReceiver()
  await stripe.webhookEndpoints.create({
    url,
    enabled_events: ['payment_intent.created'],
    api_version: '2024-06-20',
  })
  await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  await until(() => received.length === 1)
  expect(received[0]?.event).toMatchObject({ api_version: '2024-06-20', data: { object: { invoice: null } } })
})

test.each([
  [
    { url: 'example.com/hook', enabled_events: ['*'] },
    { param: 'url', code: 'url_invalid' },
  ],
  [
    { url: 'ftp://example.com', enabled_events: ['*'] },
    { param: 'url', code: 'url_invalid' },
  ],
  [{ url: 'http://localhost', enabled_events: ['customer.invented'] }, { param: 'enabled_events[0]' }],
  [{ url: 'http://localhost', enabled_events: ['cust*'] }, { param: 'enabled_events[0]' }],
  [{ url: 'http://localhost' }, { param: 'enabled_events', code: 'parameter_missing' }],
])('a wrong endpoint is refused: %j', async (params, expected) => {
  const { stripe } = await startSandbox()
  const made = stripe.webhookEndpoints.create(params as Stripe.WebhookEndpointCreateParams)
  expect(await refusal(made)).toMatchObject({ statusCode: 400, ...expected })
})
