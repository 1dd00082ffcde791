import { expect, test } from 'vitest'
import type { Verdict, WireAnswer, WireRequest } from '../../define.ts'
import { judge } from './judge.ts'

const POST: WireRequest = { method: 'POST', path: '/v1/refunds', body: 'charge=ch_1' }
const DELETE: WireRequest = { method: 'DELETE', path: '/v1/customers/cus_1', body: '' }

function answer(
  status: number,
  body: unknown,
  more: Partial<Extract<WireAnswer, { kind: 'answer' }>> = {},
): WireAnswer {
  return {
    kind: 'answer',
    status,
    body,
    requestId: 'req_1',
    replayed: false,
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
    ...more,
  }
}

const error = (type: string, code?: string) => ({ error: { type, code, message: 'No.' } })
const invalid = error('invalid_request_error')
const silence: WireAnswer = { kind: 'no_answer', reason: 'UND_ERR_SOCKET' }

/** What came back, and what it means for a POST and for a DELETE. */
const table: [string, WireAnswer, Verdict, Verdict][] = [
  ['an object of the mode', answer(200, { id: 're_1', livemode: true }), 'accepted', 'accepted'],
  ['an object without a mode', answer(200, { id: 're_1' }), 'accepted', 'accepted'],
  ['201', answer(201, { id: 're_1' }), 'accepted', 'accepted'],
  ['an object of the other mode', answer(200, { livemode: false }), 'foreign', 'foreign'],
  ['2xx with a list', answer(200, []), 'uncertain', 'uncertain'],
  ['2xx with a text', answer(200, 'ok'), 'uncertain', 'uncertain'],
  ['2xx with null', answer(200, null), 'uncertain', 'uncertain'],
  ['a redirect', answer(302, {}), 'uncertain', 'uncertain'],
  ['a redirect with an error', answer(302, invalid), 'uncertain', 'uncertain'],
  ['400', answer(400, invalid), 'rejected', 'rejected'],
  ['401', answer(401, invalid), 'rejected', 'rejected'],
  ['402 of a card', answer(402, error('card_error', 'card_declined')), 'rejected', 'rejected'],
  ['403', answer(403, invalid), 'rejected', 'rejected'],
  ['404', answer(404, error('invalid_request_error', 'resource_missing')), 'rejected', 'uncertain'],
  ['4xx of something else than Stripe', answer(403, { message: 'proxy' }), 'uncertain', 'uncertain'],
  ['4xx with a list', answer(400, [invalid]), 'uncertain', 'uncertain'],
  ['the key with other bytes', answer(400, error('idempotency_error')), 'key_reused', 'key_reused'],
  [
    'the key in use right now',
    answer(409, error('idempotency_error', 'idempotency_key_in_use')),
    'busy',
    'uncertain',
  ],
  ['409 without a body', answer(409, null), 'busy', 'uncertain'],
  ['a rate limit', answer(429, error('invalid_request_error', 'rate_limit')), 'busy', 'uncertain'],
  ['a lock', answer(429, error('invalid_request_error', 'lock_timeout')), 'busy', 'uncertain'],
  ['409, to be tried again', answer(409, error('api_error'), { shouldRetry: true }), 'busy', 'uncertain'],
  [
    '409, not to be tried again',
    answer(409, error('api_error'), { shouldRetry: false }),
    'uncertain',
    'uncertain',
  ],
  ['429, not to be tried again', answer(429, invalid, { shouldRetry: false }), 'uncertain', 'uncertain'],
  ['the stored answer is 409', answer(409, invalid, { replayed: true }), 'rejected', 'rejected'],
  ['500', answer(500, error('api_error')), 'uncertain', 'uncertain'],
  [
    '500, to be tried again',
    answer(500, error('api_error'), { shouldRetry: true }),
    'uncertain',
    'uncertain',
  ],
  ['503 of a proxy', answer(503, 'busy'), 'uncertain', 'uncertain'],
  ['no answer', silence, 'lost', 'uncertain'],
]

test.each(table)('%s', (_what, given, forPost, forDelete) => {
  expect(judge(POST, given, { mode: 'live' })).toBe(forPost)
  expect(judge(DELETE, given, { mode: 'live' })).toBe(forDelete)
})

test('a test connection never takes a live object for its own, and the other way round', () => {
  for (const mode of ['test', 'live'] as const) {
    for (const livemode of [true, false]) {
      const verdict = judge(POST, answer(200, { livemode }), { mode })
      expect(verdict).toBe(livemode === (mode === 'live') ? 'accepted' : 'foreign')
    }
  }
})

test('a replayed answer is judged like the first one', () => {
  expect(judge(POST, answer(200, { id: 're_1' }, { replayed: true }), { mode: 'test' })).toBe('accepted')
  expect(judge(POST, answer(402, error('card_error'), { replayed: true }), { mode: 'test' })).toBe('rejected')
})

test('a DELETE is never sent a second time by itself, whatever came back', () => {
  for (const [, given] of table)
    expect(['busy', 'lost']).not.toContain(judge(DELETE, given, { mode: 'live' }))
})

test('only a 2xx with an object counts as done', () => {
  for (let status = 100; status < 600; status += 1) {
    for (const body of [{ id: 'x' }, invalid, [], null, 'text', 5]) {
      const verdict = judge(POST, answer(status, body), { mode: 'test' })
      const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
      expect(verdict === 'accepted').toBe(status >= 200 && status < 300 && isObject)
    }
  }
})
