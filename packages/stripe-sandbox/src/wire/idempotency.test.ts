import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { RETURN_URL, refusal, startSandbox } from '../../test/harness.ts'

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()

test('the same key and parameters get the stored answer, and the effect happens once', async () => {
  const { request, stripe } = await startSandbox()
  const headers = { 'idempotency-key': 'key-1' }
  const first = await request('POST', '/v1/customers', {
    body: form({ name: 'Jane', email: 'j@example.com' }),
    headers,
  })
  // Another order of the same fields is the same request.
  const second = await request('POST', '/v1/customers', {
    body: form({ email: 'j@example.com', name: 'Jane' }),
    headers,
  })
  expect(second.text).toBe(first.text)
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  expect(second.headers.get('idempotency-key')).toBe('key-1')
  expect(second.headers.get('request-id')).not.toBe(first.headers.get('request-id'))
  expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'))
  expect((await stripe.customers.list()).data).toHaveLength(1)
  expect((await stripe.events.list()).data).toHaveLength(1)
})

test('a replay tells what was true then', async () => {
  const { stripe } = await startSandbox()
  const options = { idempotencyKey: 'key-1' }
  const { id } = await stripe.customers.create({ name: 'Jane' }, options)
  await stripe.customers.update(id, { name: 'Joan' })
  expect((await stripe.customers.create({ name: 'Jane' }, options)).name).toBe('Jane')
})

test('other parameters or another endpoint are an idempotency error', async () => {
  const { stripe } = await startSandbox()
  const options = { idempotencyKey: 'key-1' }
  const { id } = await stripe.customers.create({ name: 'Jane' }, options)
  expect(await refusal(stripe.customers.create({ name: 'Joe' }, options))).toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
    message:
      "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'key-1' if you meant to execute a different request.",
  })
  expect(await refusal(stripe.customers.update(id, { name: 'Jane' }, options))).toMatchObject({
    type: 'StripeIdempotencyError',
    statusCode: 400,
    message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('/v1/customers/${id}' vs '/v1/customers'). Try using a key other than 'key-1' if you meant to execute a different request.`,
  })
  expect(await stripe.customers.retrieve(id)).toMatchObject({ name: 'Jane' })
})

test('a decline is stored and replayed, without a second attempt', async () => {
  const { stripe, request } = await startSandbox()
  const body = form({
    amount: '500',
    currency: 'usd',
    payment_method: 'pm_card_chargeDeclined',
    confirm: 'true',
    return_url: RETURN_URL,
  })
  const headers = { 'idempotency-key': 'key-1' }
  const first = await request('POST', '/v1/payment_intents', { body, headers })
  const second = await request('POST', '/v1/payment_intents', { body, headers })
  expect([first.status, second.status]).toEqual([402, 402])
  expect(second.text).toBe(first.text)
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

test('a refusal by the state is stored: the key tells the same story when the state has changed', async () => {
  const { stripe } = await startSandbox()
  const options = { idempotencyKey: 'key-1' }
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    capture_method: 'manual',
  })
  expect((await refusal(stripe.paymentIntents.capture(intent.id, {}, options))).code).toBe(
    'payment_intent_unexpected_state',
  )
  await stripe.paymentIntents.confirm(intent.id, { return_url: RETURN_URL })
  const replayed = await refusal(stripe.paymentIntents.capture(intent.id, {}, options))
  expect(replayed).toMatchObject({
    code: 'payment_intent_unexpected_state',
    headers: { 'idempotent-replayed': 'true' },
  })
  expect((await stripe.paymentIntents.capture(intent.id, {}, { idempotencyKey: 'key-2' })).status).toBe(
    'succeeded',
  )
})

test('a request that fails validation leaves its key unused', async () => {
  const { stripe } = await startSandbox()
  const options = { idempotencyKey: 'key-1' }
  const wrong = [
    stripe.paymentIntents.create({ amount: 10, currency: 'usd' }, options),
    stripe.paymentIntents.create({ amount: 500, currency: 'xxx' }, options),
    stripe.paymentIntents.create({ amount: 500, currency: 'usd', metdata: 1 } as never, options),
  ]
  for (const call of wrong) expect((await refusal(call)).statusCode).toBe(400)
  const made = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' }, options)
  expect(made.lastResponse.headers['idempotent-replayed']).toBeUndefined()
})

test('keys of GET and DELETE are ignored', async () => {
  const { stripe, request } = await startSandbox()
  const { id } = await stripe.customers.create()
  const headers = { 'idempotency-key': 'key-1' }
  expect((await request('GET', '/v1/customers', { headers })).status).toBe(200)
  expect((await request('DELETE', `/v1/customers/${id}`, { headers })).status).toBe(200)
  expect((await request('DELETE', `/v1/customers/${id}`, { headers })).status).toBe(404)
  expect(
    (await request('POST', '/v1/customers', { headers, body: '' })).headers.get('idempotent-replayed'),
  ).toBeNull()
})

test('a key is forgotten after a day and may not be endless', async () => {
  const { stripe, advance } = await startSandbox()
  const options = { idempotencyKey: 'key-1' }
  const first = await stripe.customers.create({}, options)
  advance(86_399)
  expect((await stripe.customers.create({}, options)).id).toBe(first.id)
  advance(1)
  expect((await stripe.customers.create({}, options)).id).not.toBe(first.id)
  expect((await refusal(stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) }))).statusCode).toBe(
    400,
  )
})

test('many at once with one key make one customer', async () => {
  const { stripe } = await startSandbox()
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, () =>
      stripe.customers.create({ name: 'Jane' }, { idempotencyKey: 'key-1' }).then(
        ({ id }) => id,
        (error: { statusCode: number; code: string }) => `${error.statusCode} ${error.code}`,
      ),
    ),
  )
  const ids = new Set(outcomes.filter((outcome) => outcome.startsWith('cus_')))
  expect(ids.size).toBe(1)
  expect(new Set(outcomes.filter((outcome) => !outcome.startsWith('cus_'))).size).toBeLessThanOrEqual(1)
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('while a request with a key is in progress, another one with it is a 409', async () => {
  const { stripe, url } = await startSandbox()
  const body = 'name=Jane'
  const slow = httpRequest(`${url}/v1/customers`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sk_test_alice',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
      'idempotency-key': 'key-1',
    },
  })
  const answered = new Promise<number | undefined>((resolve) => {
    slow.on('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
  })
  slow.write(body.slice(0, 4))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await refusal(stripe.customers.create({ name: 'Jane' }, { idempotencyKey: 'key-1' }))).toMatchObject(
    {
      rawType: 'idempotency_error',
      statusCode: 409,
      code: 'idempotency_key_in_use',
      message: expect.stringContaining(
        'There is currently another in-progress request using this Idempotent Key',
      ),
    },
  )
  slow.end(body.slice(4))
  expect(await answered).toBe(200)
  const replay = await stripe.customers.create({ name: 'Jane' }, { idempotencyKey: 'key-1' })
  expect(replay.lastResponse.headers['idempotent-replayed']).toBe('true')
})

test('a client that gives up in the middle of its body frees the key', async () => {
  const { stripe, url } = await startSandbox()
  const slow = httpRequest(`${url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_alice', 'content-length': 9, 'idempotency-key': 'key-1' },
  })
  slow.on('error', () => undefined)
  slow.write('name')
  await new Promise((resolve) => setTimeout(resolve, 100))
  slow.destroy()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect((await stripe.customers.create({ name: 'Jane' }, { idempotencyKey: 'key-1' })).name).toBe('Jane')
})
