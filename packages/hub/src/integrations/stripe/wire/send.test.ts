import { Secret } from '../../../contract/secret.ts'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WireRequest } from '../../define.ts'
import { createSender, STRIPE_ORIGIN, STRIPE_VERSION, type Sender } from './send.ts'

interface Received {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

let server: Server
let origin: string
let sender: Sender
let received: Received[]
/** How the server answers; each test says. */
let reply: (response: ServerResponse, count: number) => void

const KEY = 'rk_test_thekeyitself'
const POST: WireRequest = { method: 'POST', path: '/v1/refunds', body: 'charge=ch_1&amount=2500' }
const GET: WireRequest = { method: 'GET', path: '/v1/customers?limit=3', body: '' }

beforeEach(async () => {
  received = []
  reply = (response) => json(response, 200, { id: 're_1' })
  server = createServer((request, response) => void receive(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  sender = createSender([origin])
})
afterEach(async () => {
  server.closeAllConnections()
  await sender.close()
  server.close()
})

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  received.push({
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  })
  reply(response, received.length)
}

function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const send = (request = POST, idempotencyKey = 'idem_1') =>
  sender.send(request, { origin, key: new Secret(KEY), idempotencyKey })

test('a POST carries exactly its bytes, the version and the idempotency key', async () => {
  expect(await send()).toEqual({
    kind: 'answer',
    status: 200,
    body: { id: 're_1' },
    requestId: undefined,
    replayed: false,
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
  })
  expect(received).toMatchObject([
    {
      method: 'POST',
      url: '/v1/refunds',
      body: POST.body,
      headers: {
        'stripe-version': STRIPE_VERSION,
        'idempotency-key': 'idem_1',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(POST.body.length),
      },
    },
  ])
})

test('a GET carries its query, no body and no idempotency key', async () => {
  await sender.send(GET, { origin, key: new Secret(KEY), idempotencyKey: undefined })
  const [got] = received
  expect(got).toMatchObject({ method: 'GET', url: GET.path, body: '' })
  expect(got?.headers).not.toHaveProperty('idempotency-key')
  expect(got?.headers).not.toHaveProperty('content-type')
})

test('the key is in the Authorization header and nowhere else', async () => {
  await send()
  await send(GET)
  for (const { headers, ...rest } of received) {
    const { authorization, ...others } = headers
    expect(authorization).toBe(`Bearer ${KEY}`)
    expect(JSON.stringify([rest, others])).not.toContain('thekeyitself')
  }
})

test('what Stripe says beside the body is read', async () => {
  reply = (response) =>
    json(
      response,
      429,
      { error: { type: 'x' } },
      {
        'Request-Id': 'req_1',
        'Stripe-Should-Retry': 'false',
        'Retry-After': '7',
        'Idempotent-Replayed': 'true',
      },
    )
  expect(await send()).toMatchObject({
    status: 429,
    requestId: 'req_1',
    shouldRetry: false,
    retryAfterSeconds: 7,
    replayed: true,
  })
})

test.each(['soon', '-1', '', 'Wed, 21 Oct 2026 07:28:00 GMT'])(
  'a Retry-After of "%s" is none',
  async (value) => {
    reply = (response) => json(response, 429, {}, { 'Retry-After': value })
    expect(await send()).toMatchObject({ retryAfterSeconds: undefined })
  },
)

/** Each is an attempt whose answer is lost; the reason names no byte of the request. */
const losses: [string, (response: ServerResponse) => void][] = [
  ['reset before an answer', (response) => response.socket?.resetAndDestroy()],
  ['closed before an answer', (response) => response.socket?.destroy()],
  [
    'cut off in the middle of a body of known length',
    (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"id":"re_1"}')
      setImmediate(() => response.socket?.destroy())
    },
  ],
  [
    'cut off in the middle of a chunked body',
    (response) => {
      response.writeHead(200).write('{"id":"re_1"}')
      setImmediate(() => response.socket?.destroy())
    },
  ],
  [
    'half a JSON text that ends properly',
    (response) => response.writeHead(200, { connection: 'close' }).end('{"id":"re_'),
  ],
  ['an empty body', (response) => response.writeHead(200).end()],
  ['a page of a proxy', (response) => response.writeHead(502).end('<html>Bad gateway')],
  ['no HTTP at all', (response) => response.socket?.end('hello\r\n\r\n')],
  [
    'more than an answer may be long',
    (response) => response.writeHead(200).end(Buffer.alloc(17 * 1024 * 1024, ' ')),
  ],
]

test.each(losses)('%s: no answer, and no second attempt by itself', async (_how, lose) => {
  reply = lose
  const answer = await send()
  expect(answer).toEqual({ kind: 'no_answer', reason: expect.any(String) })
  expect(JSON.stringify(answer)).not.toMatch(/ch_1|thekeyitself|idem_1/)
  expect(received.length).toBe(1)
})

test('a connection that was closed while it was idle costs no attempt', async () => {
  await send()
  server.closeAllConnections()
  reply = (response) => json(response, 200, { id: 're_2' })
  const answer = await send()
  // It may be lost, but it is not sent twice.
  expect(received.length).toBe(answer.kind === 'answer' ? 2 : 1)
})

test('a slow answer in pieces is awaited', async () => {
  reply = (response) => {
    response.writeHead(200)
    const pieces = ['{"id', '":"re', '_1"}']
    const next = (): void => {
      const piece = pieces.shift()
      if (piece === undefined) response.end()
      else response.write(piece, () => setTimeout(next, 20))
    }
    next()
  }
  expect(await send()).toMatchObject({ kind: 'answer', body: { id: 're_1' } })
})

test('an answer that drips on and on is no answer in the end', async () => {
  const impatient = createSender([origin], 50)
  let dripping: NodeJS.Timeout | undefined
  reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    dripping = setInterval(() => response.write(' '), 5)
  }
  const answer = await impatient.send(POST, { origin, key: new Secret(KEY), idempotencyKey: 'idem_1' })
  expect(answer).toEqual({ kind: 'no_answer', reason: 'no whole answer in time' })
  clearInterval(dripping)
  await impatient.close()
})

test('what waited too long for a socket is never sent', async () => {
  const impatient = createSender([origin], 50)
  reply = () => undefined
  const options = { origin, key: new Secret(KEY), idempotencyKey: 'idem_1' }
  const answers = await Promise.all(Array.from({ length: 40 }, () => impatient.send(POST, options)))
  expect(answers.every(({ kind }) => kind === 'no_answer')).toBe(true)
  reply = (response) => json(response, 200, { id: 're_1' })
  // Whatever was still to come has come before this one's answer.
  await send(GET)
  expect(received.length).toBeLessThan(40)
  await impatient.close()
})

test('a redirect is not followed: the key goes nowhere else', async () => {
  reply = (response) => json(response, 307, { moved: true }, { location: `${origin}/elsewhere` })
  expect(await send()).toMatchObject({ kind: 'answer', status: 307 })
  expect(received.map(({ url }) => url)).toEqual(['/v1/refunds'])
})

test.each([
  'http://127.0.0.1:1',
  'https://api.stripe.com.evil.example',
  STRIPE_ORIGIN,
  '',
  'http://localhost',
])('nothing is sent to "%s", which is not configured', async (other) => {
  await expect(
    sender.send(POST, { origin: other, key: new Secret(KEY), idempotencyKey: undefined }),
  ).rejects.toThrow('not a configured provider')
  expect(received).toEqual([])
})

test('an origin is compared whole: another port of the same machine is another place', async () => {
  const narrow = createSender([`${origin}0`])
  await expect(
    narrow.send(POST, { origin, key: new Secret(KEY), idempotencyKey: undefined }),
  ).rejects.toThrow()
  await narrow.close()
})

test('a path that names another host stays on this one', async () => {
  await send({ ...GET, path: '//evil.example/v1/account' })
  expect(received).toMatchObject([
    { url: '//evil.example/v1/account', headers: { host: new URL(origin).host } },
  ])
})

test('a key with a line break adds no header', async () => {
  const answer = await sender.send(POST, {
    origin,
    key: new Secret('x\r\nX-Evil: 1'),
    idempotencyKey: undefined,
  })
  expect(answer.kind).toBe('no_answer')
  expect(received).toEqual([])
})

test('attempts at the same time do not mix up their answers', async () => {
  reply = (response, count) => setTimeout(() => json(response, 200, { id: `re_${count}` }), count % 3)
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => send(POST, `idem_${index}`)))
  const ids = answers.map((answer) =>
    answer.kind === 'answer' ? (answer.body as { id: string }).id : 'lost',
  )
  expect(new Set(ids).size).toBe(40)
  expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(40)
})
