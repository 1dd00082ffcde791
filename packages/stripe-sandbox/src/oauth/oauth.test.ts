import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'
import type { TestSandbox } from '../../test/harness.ts'
import { openPage, sendForm } from '../../test/pages.ts'

const BACK = 'https://example.com/back?keep=1'
const query = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    response_type: 'code',
    client_id: 'ca_platform',
    scope: 'read_write',
    state: 's&<1>',
    redirect_uri: BACK,
    ...more,
  }).toString()

/** The code that comes back when the account's owner agrees. */
async function codeFrom(sandbox: TestSandbox, path: string, account = 'empty') {
  const page = await openPage(`${sandbox.url}${path}`)
  const answer = await sendForm(page, { decision: 'connect', account })
  const back = new URL(answer.headers.get('location') ?? '')
  expect(back.searchParams.get('keep')).toBe('1')
  expect(back.searchParams.get('state')).toBe('s&<1>')
  return back.searchParams.get('code') ?? ''
}

function token(sandbox: TestSandbox, path: string, body: Record<string, string>, key = 'sk_test_platform') {
  return sandbox.request('POST', path, { key, body: new URLSearchParams(body).toString() })
}

test('an account is connected, acted for with its token or by its id, and let go again', async () => {
  const sandbox = await startSandbox()
  const platform = sandbox.client('sk_test_platform')
  const page = await openPage(`${sandbox.url}/oauth/authorize?${query()}`)
  expect(page.text).toContain('ca_platform')
  expect(page.text).toContain('read and change')
  const code = await codeFrom(sandbox, `/oauth/authorize?${query()}`, 'demo')
  const granted = await platform.oauth.token({ grant_type: 'authorization_code', code })
  const account = granted.stripe_user_id ?? ''
  expect(granted).toMatchObject({ scope: 'read_write', token_type: 'bearer', livemode: false })
  const connected = sandbox.client(granted.access_token ?? '')
  expect((await connected.accounts.retrieveCurrent()).id).toBe(account)
  expect((await connected.charges.list()).data.length).toBeGreaterThan(0)
  const asPlatform = await platform.customers.create({ name: 'Jane' }, { stripeAccount: account })
  expect(await connected.customers.retrieve(asPlatform.id)).toMatchObject({ name: 'Jane' })
  expect((await platform.customers.list()).data).toEqual([])
  const stranger = sandbox.client('sk_test_stranger').customers.list({}, { stripeAccount: account })
  expect((await refusal(stranger.then((list) => list))).statusCode).toBe(403)

  await platform.oauth.deauthorize({ client_id: 'ca_platform', stripe_user_id: account })
  expect((await refusal(connected.accounts.retrieveCurrent())).statusCode).toBe(401)
  const gone = platform.customers.list({}, { stripeAccount: account })
  expect((await refusal(gone.then((list) => list))).statusCode).toBe(403)
})

test('a code works once; who comes second ends it for both', async () => {
  const sandbox = await startSandbox()
  const code = await codeFrom(sandbox, `/oauth/authorize?${query()}`)
  const body = { grant_type: 'authorization_code', code }
  const first = await token(sandbox, '/oauth/token', body)
  expect(first.status).toBe(200)
  const second = await token(sandbox, '/oauth/token', body)
  expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  const connected = sandbox.client(String(first.body.access_token))
  expect((await refusal(connected.accounts.retrieveCurrent())).statusCode).toBe(401)
})

test('a code ends after five minutes, belongs to its own door and needs a key', async () => {
  const sandbox = await startSandbox()
  const code = await codeFrom(sandbox, `/oauth/authorize?${query()}`)
  const body = { grant_type: 'authorization_code', code }
  expect((await token(sandbox, '/v1/oauth/token', body)).body.error).toBe('invalid_grant')
  expect(await token(sandbox, '/oauth/token', body, '')).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  })
  expect((await token(sandbox, '/oauth/token', { grant_type: 'password' })).body.error).toBe(
    'unsupported_grant_type',
  )
  expect((await token(sandbox, '/oauth/token', {})).body.error).toBe('invalid_request')
  sandbox.advance(301)
  expect((await token(sandbox, '/oauth/token', body)).body.error).toBe('invalid_grant')
})

test('a read-only token reads only', async () => {
  const sandbox = await startSandbox()
  const code = await codeFrom(sandbox, `/oauth/authorize?${query({ scope: 'read_only' })}`)
  const { body } = await token(sandbox, '/oauth/token', { grant_type: 'authorization_code', code })
  const connected = sandbox.client(String(body.access_token))
  expect((await connected.customers.list()).data).toEqual([])
  expect(await refusal(connected.customers.create())).toBeInstanceOf(Stripe.errors.StripePermissionError)
})

test("an app's tokens end after an hour and rotate, each refresh token once", async () => {
  const sandbox = await startSandbox()
  const code = await codeFrom(sandbox, `/oauth/v2/authorize?${query()}`)
  const first = await token(sandbox, '/v1/oauth/token', { grant_type: 'authorization_code', code })
  expect(first.body).toMatchObject({ scope: 'stripe_apps' })
  const app = sandbox.client(String(first.body.access_token))
  expect((await app.customers.create({ name: 'Jane' })).name).toBe('Jane')
  sandbox.advance(3600)
  expect(await refusal(app.customers.list().then((list) => list))).toMatchObject({
    statusCode: 401,
    code: 'api_key_expired',
  })
  const refresh = { grant_type: 'refresh_token', refresh_token: String(first.body.refresh_token) }
  expect((await token(sandbox, '/v1/oauth/token', refresh, 'sk_test_other')).body.error).toBe('invalid_grant')
  const second = await token(sandbox, '/v1/oauth/token', refresh)
  expect(second.status).toBe(200)
  const renewed = sandbox.client(String(second.body.access_token))
  expect((await renewed.customers.list()).data).toHaveLength(1)
  expect((await token(sandbox, '/v1/oauth/token', refresh)).body.error).toBe('invalid_grant')
})

test('a refusal goes back as one, and a question that makes no sense goes nowhere', async () => {
  const sandbox = await startSandbox()
  const page = await openPage(`${sandbox.url}/oauth/authorize?${query()}`)
  const denied = await sendForm(page, { decision: 'deny' })
  expect(new URL(denied.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied')
  const forged = { ...page, text: '' }
  expect((await sendForm(forged, { decision: 'connect' })).status).toBe(403)
  for (const wrong of [
    { client_id: 'evil' },
    { redirect_uri: 'javascript:alert(1)' },
    { scope: 'everything' },
    { response_type: 'token' },
  ]) {
    expect((await openPage(`${sandbox.url}/oauth/authorize?${query(wrong)}`)).status).toBe(400)
  }
})
