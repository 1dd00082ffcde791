import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'

test.each([
  ['a=%zz', 400],
  ['name[=x', 400],
  ['name=x&name[y]=z', 400],
  ['name[a]=x', 400],
  ['metadata=x', 400],
  ['address[city][a]=x', 400],
  ['balance=ten', 400],
  ['balance=1.5', 400],
  ['balance=99999999999999999999', 400],
  ['tax_exempt=sometimes', 400],
  ['preferred_locales=en', 400],
  ['preferred_locales[a]=en', 400],
  ['shipping[name]=x', 400],
  ['expand=customer', 400],
  [`name=${'x'.repeat(300 * 1024)}`, 413],
])('%.40s is a structured %i and changes nothing', async (body, status) => {
  const { request, stripe } = await startSandbox()
  const answer = await request('POST', '/v1/customers', { body })
  expect(answer.status).toBe(status)
  expect(answer.body.error).toMatchObject({ type: 'invalid_request_error', message: expect.any(String) })
  expect(answer.text.length).toBeLessThan(2_000)
  expect((await stripe.customers.list()).data).toEqual([])
})

test('a body that never says how long it is is cut off at the limit', async () => {
  const { url } = await startSandbox()
  const chunk = new TextEncoder().encode('x'.repeat(64 * 1024))
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++sent > 100) controller.close()
      else controller.enqueue(chunk)
    },
  })
  const response = await fetch(`${url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_alice' },
    body,
    duplex: 'half',
  }).catch((error: unknown) => error)
  // The server may close the connection while the client is still sending.
  if (response instanceof Response) expect(response.status).toBe(413)
  expect(sent).toBeLessThan(100)
})

test.each([
  ['metdata[a]=1', 'metdata', 'Received unknown parameter: metdata. Did you mean metadata?'],
  ['foo=1', 'foo', 'Received unknown parameter: foo'],
  ['foo=1&bar=2', 'foo', 'Received unknown parameters: foo, bar'],
  ['address[zip]=1', 'address[zip]', 'Received unknown parameter: address[zip]'],
])('%s is an unknown parameter', async (body, param, message) => {
  const { request } = await startSandbox()
  const answer = await request('POST', '/v1/customers', { body })
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { code: 'parameter_unknown', param, message } },
  })
})

test.each([
  [
    '/v1/customers',
    'tax_exempt=x',
    'tax_exempt',
    'Invalid tax_exempt: must be one of exempt, none, or reverse',
  ],
  [
    '/v1/customers',
    'invoice_settings[custom_fields][0][name]=x',
    'invoice_settings[custom_fields][0][value]',
    'Missing required param: invoice_settings[custom_fields][0][value].',
  ],
  ['/v1/payment_intents', 'currency=usd', 'amount', 'Missing required param: amount.'],
  ['/v1/payment_intents', 'amount=x&currency=usd', 'amount', 'Invalid integer: x'],
  ['/v1/payment_intents', 'amount=500&currency=usd&confirm=yes', 'confirm', 'Invalid boolean: yes'],
  [
    '/v1/payment_intents',
    'amount=500&currency=',
    'currency',
    "You passed an empty string for 'currency'. We assume empty values are an attempt to unset a parameter; however 'currency' cannot be unset. You should remove 'currency' from your request or supply a non-empty value.",
  ],
  [
    '/v1/payment_intents',
    'amount=500&currency=usd&customer=',
    'customer',
    "You passed an empty string for 'customer'. We assume empty values are an attempt to unset a parameter; however 'customer' cannot be unset. You should remove 'customer' from your request or supply a non-empty value.",
  ],
])('%s %s is refused in Stripe’s words', async (path, body, param, message) => {
  const { request } = await startSandbox()
  expect(await request('POST', path, { body })).toMatchObject({
    status: 400,
    body: { error: { param, message } },
  })
})

test('an unknown URL or method is an unrecognized request', async () => {
  const { request } = await startSandbox()
  for (const [method, path] of [
    ['GET', '/v1/nothing'],
    ['PUT', '/v1/customers'],
    ['GET', '/'],
    ['GET', '/v1/customers/'],
  ] as const) {
    const answer = await request(method, path)
    expect(answer.status).toBe(404)
    expect(answer.body.error?.message).toBe(
      `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    )
  }
})

test('JSON is not what v1 takes', async () => {
  const { request } = await startSandbox()
  const answer = await request('POST', '/v1/customers', {
    body: '{"name":"Jane"}',
    headers: { 'content-type': 'application/json' },
  })
  expect(answer.status).toBe(400)
  expect(answer.body.error?.message).toMatch(
    /check that your POST content type is application\/x-www-form-urlencoded/,
  )
})

test('versions are echoed and nonsense is refused', async () => {
  const { request } = await startSandbox()
  const version = async (value?: string) =>
    request('GET', '/v1/customers', value === undefined ? {} : { headers: { 'stripe-version': value } })
  expect((await version()).headers.get('stripe-version')).toBe('2026-10-28.endive')
  expect((await version('2024-06-20')).headers.get('stripe-version')).toBe('2024-06-20')
  const wrong = await version('yesterday')
  expect(wrong).toMatchObject({
    status: 400,
    body: { error: { message: 'Invalid Stripe API version: yesterday' } },
  })
})

test('keys come as Bearer or as the user of Basic', async () => {
  const { request } = await startSandbox()
  const basic = `Basic ${Buffer.from('sk_test_alice:').toString('base64')}`
  const viaBasic = await request('GET', '/v1/account', { key: '', headers: { authorization: basic } })
  const viaBearer = await request('GET', '/v1/account')
  expect(viaBasic.body.id).toBe(viaBearer.body.id)
})

test.each([
  [
    '',
    /^You did not provide an API key\. You need to provide your API key in the Authorization header, using Bearer auth/,
  ],
  ['nonsense', /^Invalid API Key provided: \*+$/],
  ['sk_test_', /^Invalid API Key provided: sk_test_$/],
  ['sk_live_0123456789abcdef', /^Invalid API Key provided: sk_live_\*+cdef \(this is a sandbox/],
  ['rk_live_0123456789abcdef', /^Invalid API Key provided: rk_live_/],
  ['pk_test_0123456789abcdef', /^This API call cannot be made with a publishable API key/],
])('the key %j is a 401', async (key, message) => {
  const { request } = await startSandbox()
  const answer = await request('GET', '/v1/customers', { key })
  expect(answer.status).toBe(401)
  expect(answer.body.error).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringMatching(message),
  })
  if (key.length > 16) expect(answer.text).not.toContain(key)
})

test('live keys open live accounts only where the option says so', async () => {
  const { client, stripe } = await startSandbox({ liveKeys: true })
  const live = client('sk_live_0123456789abcdef')
  const customer = await live.customers.create()
  expect(customer.livemode).toBe(true)
  expect((await live.events.list()).data).toMatchObject([{ livemode: true }])
  expect((await refusal(stripe.customers.retrieve(customer.id))).statusCode).toBe(404)
})

test.each(['true', 'True', 'TRUE'])(
  'a truth value counts in every spelling that clients send: %s',
  async (yes) => {
    const { request } = await startSandbox()
    const body = `amount=500&currency=usd&payment_method=pm_card_visa&confirm=${yes}&off_session=${yes}`
    expect((await request('POST', '/v1/payment_intents', { body })).body).toMatchObject({
      status: 'succeeded',
    })
  },
)
