import { connect } from 'node:net'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'
import { parseFaults } from './fault.ts'

function faulty(sandboxFault: string, more: Stripe.RequestOptions = {}): Stripe.RequestOptions {
  return { ...more, headers: { 'Sandbox-Fault': sandboxFault } }
}

async function names(stripe: Stripe): Promise<(string | null | undefined)[]> {
  return (await stripe.customers.list()).data.map(({ name }) => name)
}

test('drop-before ends the connection and nothing has happened', async () => {
  const { stripe } = await startSandbox({ faults: true })
  const error = await refusal(stripe.customers.create({ name: 'Jane' }, faulty('drop-before')))
  expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError)
  expect(await names(stripe)).toEqual([])
})

test('drop-after ends the connection and it has happened, once, whatever the client does next', async () => {
  const { stripe } = await startSandbox({ faults: true })
  const idempotencyKey = 'key-1'
  const error = await refusal(
    stripe.customers.create({ name: 'Jane' }, faulty('drop-after', { idempotencyKey })),
  )
  expect(error).toBeInstanceOf(Stripe.errors.StripeConnectionError)
  const again = await stripe.customers.create({ name: 'Jane' }, { idempotencyKey })
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect(await names(stripe)).toEqual(['Jane'])
})

test('duplicate executes twice: one effect with a key, two without', async () => {
  const { request, stripe } = await startSandbox({ faults: true })
  const created = await stripe.customers.create(
    { name: 'keyed' },
    faulty('duplicate', { idempotencyKey: 'key-1' }),
  )
  expect(created.lastResponse.headers['idempotent-replayed']).toBe('true')
  await request('POST', '/v1/customers', { body: 'name=bare', headers: { 'sandbox-fault': 'duplicate' } })
  expect(await names(stripe)).toEqual(['bare', 'bare', 'keyed'])
})

test('truncate promises the whole answer and sends half', async () => {
  const { stripe, url } = await startSandbox({ faults: true })
  const raw = await rawRequest(url, 'GET /v1/customers HTTP/1.1', ['Sandbox-Fault: truncate'])
  const [head = '', body = ''] = raw.split('\r\n\r\n')
  const promised = Number(/content-length: (\d+)/i.exec(head)?.[1])
  expect(head).toMatch(/^HTTP\/1\.1 200/)
  expect(body.length).toBe(promised >> 1)
  expect(promised).toBeGreaterThan(50)
  await refusal(stripe.customers.list({}, faulty('truncate')).then((list) => list))
})

test('delay delays', async () => {
  const { stripe } = await startSandbox({ faults: true })
  const started = performance.now()
  await stripe.customers.list({}, faulty('delay=120'))
  expect(performance.now() - started).toBeGreaterThanOrEqual(115)
})

test.each([
  ['409', 409, Stripe.errors.StripeAPIError, { code: 'idempotency_key_in_use' }],
  ['429', 429, Stripe.errors.StripeRateLimitError, { code: 'rate_limit' }],
  ['429;reason=lock-timeout', 429, Stripe.errors.StripeRateLimitError, { code: 'lock_timeout' }],
  ['500', 500, Stripe.errors.StripeAPIError, {}],
] as const)(
  '%s is answered in the shape of Stripe, without an effect',
  async (fault, statusCode, type, more) => {
    const { stripe } = await startSandbox({ faults: true })
    const error = await refusal(stripe.customers.create({ name: 'Jane' }, faulty(fault)))
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({ statusCode, ...more })
    expect(error.requestId).toMatch(/^req_/)
    expect(await names(stripe)).toEqual([])
  },
)

test('429 says why and until when', async () => {
  const { request } = await startSandbox({ faults: true })
  const headers = { 'sandbox-fault': '429;reason=endpoint-concurrency;retry-after=3;should-retry=true' }
  const answer = await request('GET', '/v1/customers', { headers })
  expect(answer.status).toBe(429)
  expect(answer.headers.get('stripe-rate-limited-reason')).toBe('endpoint-concurrency')
  expect(answer.headers.get('retry-after')).toBe('3')
  expect(answer.headers.get('stripe-should-retry')).toBe('true')
})

test('502 is the page of a gateway, and the SDK tries again', async () => {
  const { client, request, url } = await startSandbox({ faults: true })
  const page = await fetch(`${url}/v1/customers`, { headers: { 'sandbox-fault': '502' } })
  expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html'])
  await request('POST', '/_sandbox/faults', {
    body: JSON.stringify({ fault: '502', method: 'POST', path: '/v1/customers' }),
    headers: { 'content-type': 'application/json' },
  })
  const patient = client('sk_test_alice', { maxNetworkRetries: 1 })
  expect((await patient.customers.create({ name: 'Jane' })).name).toBe('Jane')
  expect(await names(patient)).toEqual(['Jane'])
})

test('an order hits the next requests that match, so many times', async () => {
  const { request, stripe } = await startSandbox({ faults: true })
  await request('POST', '/_sandbox/faults', {
    body: JSON.stringify({ fault: '500', method: 'get', path: '/v1/customers*', times: 2 }),
    headers: { 'content-type': 'application/json' },
  })
  await stripe.customers.create()
  const status = async () => (await request('GET', '/v1/customers')).status
  expect([await status(), (await request('GET', '/v1/charges')).status]).toEqual([500, 200])
  expect((await request('GET', '/_sandbox/faults')).body.data).toMatchObject([{ fault: '500', times: 1 }])
  expect([await status(), await status()]).toEqual([500, 200])
  expect((await request('GET', '/_sandbox/faults')).body.data).toEqual([])
})

test('no more requests in a second than the limit', async () => {
  const { request, advance } = await startSandbox({ requestsPerSecond: 2 })
  const status = async (key?: string) =>
    (await request('GET', '/v1/customers', key === undefined ? {} : { key })).status
  expect([await status(), await status(), await status(), await status('sk_test_bob')]).toEqual([
    200, 200, 429, 200,
  ])
  advance(1)
  expect(await status()).toBe(200)
  const limited = await status().then(() => request('GET', '/v1/customers'))
  expect(limited.headers.get('stripe-rate-limited-reason')).toBe('global-rate')
  expect(limited.headers.get('retry-after')).toBe('1')
})

test('a sandbox without faults refuses them: silence would look like a client that copes', async () => {
  const { stripe, request } = await startSandbox()
  const error = await refusal(stripe.customers.create({ name: 'Jane' }, faulty('500')))
  expect(error).toMatchObject({ statusCode: 400 })
  const order = await request('POST', '/_sandbox/faults', {
    body: '{"fault":"500"}',
    headers: { 'content-type': 'application/json' },
  })
  expect(order.status).toBe(403)
  expect(await names(stripe)).toEqual([])
})

test.each([
  '',
  'drop',
  'delay',
  'delay=x',
  'delay=999999',
  '404',
  '429;reason=bored',
  '500;x',
  'drop-after;a=b',
])('an unknown fault is refused: %j', (text) => {
  expect(() => parseFaults(text)).toThrow(/Unknown fault/)
})

test('several faults come together', () => {
  expect(parseFaults('delay=5, 429;reason=global-rate;retry-after=2')).toEqual([
    { kind: 'delay', milliseconds: 5 },
    { kind: 'refuse', status: 429, reason: 'global-rate', retryAfterSeconds: 2 },
  ])
})

/** What really arrives on the wire until the connection ends. */
function rawRequest(url: string, line: string, headers: string[]): Promise<string> {
  const { hostname, port, host } = new URL(url)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        [line, `Host: ${host}`, 'Authorization: Bearer sk_test_alice', ...headers, '', ''].join('\r\n'),
      )
    })
    socket.setEncoding('utf8').on('data', (text: string) => (received += text))
    socket.on('end', () => resolve(received)).on('error', reject)
  })
}
