import { Secret } from '../../contract/secret.ts'
import { describe, expect, test } from 'vitest'
import type { WireAnswer, WireRequest } from '../define.ts'
import { identify, readKey } from './identify.ts'

const KEY = 'rk_test_12345678'

function ask(status: number, body: unknown) {
  const sent: WireRequest[] = []
  const answer: WireAnswer = {
    kind: 'answer',
    status,
    body,
    requestId: 'req_1',
    replayed: false,
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
  }
  const send = (request: WireRequest) => {
    sent.push(request)
    return Promise.resolve(answer)
  }
  return { sent, facts: identify(send, new Secret(KEY)) }
}

describe('a key says what it is by its spelling', () => {
  test.each([
    ['sk_test_12345678', 'secret_key', 'test'],
    ['sk_live_12345678', 'secret_key', 'live'],
    ['rk_test_12345678', 'restricted_key', 'test'],
    ['rk_live_51AbC_dEf', 'restricted_key', 'live'],
  ])('%s', (key, kind, mode) => {
    expect(readKey(new Secret(key))).toEqual({ kind, mode })
  })

  test.each([
    '',
    'pk_live_12345678',
    'sk_12345678',
    'rk_test_short',
    ' sk_test_12345678',
    'sk_test_12345678\n',
    'sk_test_1234 5678',
    'sk_test_12345678\r\nX-Evil: 1',
    `sk_test_${'a'.repeat(300)}`,
    'whsec_12345678',
  ])('%j is refused without being repeated', (key) => {
    expect(() => readKey(new Secret(key))).toThrow(expect.objectContaining({ code: 'connection_rejected' }))
    if (key.length > 0) expect(() => readKey(new Secret(key))).not.toThrow(key.trim())
  })
})

test('the account and its name are what Stripe says', async () => {
  const { sent, facts } = ask(200, {
    id: 'acct_123456',
    settings: { dashboard: { display_name: 'Jane’s \u202EShop\nLtd' } },
    business_profile: { name: 'Other' },
  })
  expect(await facts).toEqual({ account: 'acct_123456', displayName: 'Jane’s Shop Ltd', mode: 'test' })
  expect(sent).toEqual([{ method: 'GET', path: '/v1/account', body: '' }])
})

test('an account without a name is named by its id', async () => {
  expect(await ask(200, { id: 'acct_123456' }).facts).toMatchObject({ displayName: 'acct_123456' })
  const unnamed = { id: 'acct_123456', settings: { dashboard: { display_name: '' } } }
  expect(await ask(200, unnamed).facts).toMatchObject({ displayName: 'acct_123456' })
})

test.each([{}, { id: 5 }, { id: 'cus_123456' }, { id: 'acct_1/../2' }, [], null, 'x'])(
  '%j is no account, and nothing is connected',
  async (body) => {
    await expect(ask(200, body).facts).rejects.toMatchObject({ code: 'connection_rejected' })
  },
)

test('a key that Stripe refuses is refused, with what to do', async () => {
  const error = { type: 'invalid_request_error', message: 'Invalid API Key provided: rk_test_****5678' }
  await expect(ask(401, { error }).facts).rejects.toMatchObject({
    code: 'connection_rejected',
    message: expect.stringContaining('Invalid API Key'),
  })
  await expect(ask(403, { error }).facts).rejects.toMatchObject({
    nextStep: expect.stringContaining('permission to read the account'),
  })
})
