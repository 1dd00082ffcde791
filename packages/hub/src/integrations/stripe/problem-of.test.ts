import { expect, test } from 'vitest'
import type { ProblemCode } from '../../contract/problem.ts'
import type { WireAnswer } from '../define.ts'
import { problemOf } from './problem-of.ts'

function answer(status: number, body: unknown): WireAnswer {
  return {
    kind: 'answer',
    status,
    body,
    requestId: 'req_1',
    replayed: false,
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
  }
}

const missing = (message: string, param = 'id') => ({
  type: 'invalid_request_error',
  code: 'resource_missing',
  message,
  param,
})
const declined = (decline_code: string) => ({
  type: 'card_error',
  code: 'card_declined',
  decline_code,
  advice_code: 'try_again_later',
  network_decline_code: '01',
  message: 'Your card was declined.',
  param: '',
})

/** Errors as Stripe really words them. */
const recorded: [number, Record<string, unknown>, ProblemCode, boolean][] = [
  [404, missing("No such customer: 'x'"), 'customer_not_found', false],
  [400, missing("No such customer: 'x'", 'customer'), 'customer_not_found', false],
  [404, missing("No such payment_intent: 'pi_x'", 'intent'), 'payment_intent_not_found', false],
  [404, missing("No such charge: 'ch_x'", 'charge'), 'charge_not_found', false],
  [404, missing("No such refund: 're_x'"), 'refund_not_found', false],
  [
    400,
    missing("No such PaymentMethod: 'abcd'; It's possible this belongs to a customer.", 'payment_method'),
    'payment_method_not_found',
    false,
  ],
  [404, missing("No such payment_method: 'pm_x'"), 'payment_method_not_found', false],
  [400, missing("No such price: 'invalid'", 'items[0][price]'), 'object_not_found', false],
  [
    404,
    missing(
      "No such customer: 'cus_1'; a similar object exists in live mode, but a test mode key was used to make this request.",
    ),
    'customer_not_found',
    false,
  ],
  [
    400,
    {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: 'This customer has no attached payment source or default payment method.',
    },
    'provider_rejected',
    false,
  ],
  [
    400,
    {
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: 'Charge ch_1 has already been refunded.',
    },
    'already_refunded',
    false,
  ],
  [402, declined('generic_decline'), 'card_declined', false],
  [402, declined('insufficient_funds'), 'insufficient_funds', false],
  [402, { type: 'card_error', code: 'expired_card', message: 'Expired.' }, 'card_declined', false],
  [402, { type: 'card_error', code: 'incorrect_cvc', message: 'Wrong.' }, 'card_declined', false],
  [
    400,
    { type: 'invalid_request_error', code: 'balance_insufficient', message: 'Not enough.' },
    'insufficient_funds',
    false,
  ],
  [
    400,
    {
      type: 'idempotency_error',
      message:
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'x' if you meant to execute a different request.",
    },
    'idempotency_conflict',
    false,
  ],
  [
    409,
    { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'In use.' },
    'idempotency_conflict',
    false,
  ],
  [
    429,
    { type: 'invalid_request_error', code: 'rate_limit', message: 'Slow.' },
    'provider_rate_limited',
    true,
  ],
  [
    429,
    { type: 'invalid_request_error', code: 'lock_timeout', message: 'Locked.' },
    'provider_rate_limited',
    true,
  ],
  [401, { type: 'invalid_request_error', message: 'Invalid API Key.' }, 'credential_rejected', false],
  [403, { type: 'invalid_request_error', message: 'No permission.' }, 'permission_missing', false],
  [
    400,
    {
      type: 'invalid_request_error',
      code: 'parameter_unknown',
      param: 'foo',
      message: 'Received unknown parameter: foo',
    },
    'provider_rejected',
    false,
  ],
  [500, { type: 'api_error', message: 'Sorry.' }, 'provider_unavailable', true],
  [503, { type: 'api_error', message: 'Sorry.' }, 'provider_unavailable', true],
]

test.each(recorded)('%i %j is %s', (status, error, code, retryable) => {
  const problem = problemOf(answer(status, { error }))
  expect(problem.code).toBe(code)
  expect(problem.message).toBe(error['message'])
  expect(problem.nextStep).toMatch(/\w{3}.*\.$/)
  expect(problem.toWire().error.retryable).toBe(retryable)
  const { message: _message, ...own } = error
  expect(problem.details).toEqual({ stripe: { status, request_id: 'req_1', ...own } })
})

test('silence is worth another try, and its cause stays inside', () => {
  const problem = problemOf({ kind: 'no_answer', reason: 'UND_ERR_SOCKET' })
  expect(problem.toWire().error).toMatchObject({ code: 'provider_unavailable', retryable: true })
  expect(JSON.stringify(problem.toWire())).not.toContain('UND_ERR')
  expect(problem.internal).toBe('UND_ERR_SOCKET')
})

test.each([null, 'Bad gateway', [], {}, { error: 'no' }, { error: null }])(
  'an answer without a readable error (%j) says so',
  (body) => {
    expect(problemOf(answer(502, body)).code).toBe('provider_unavailable')
  },
)

test('a message of Stripe cannot draw on a terminal or forge a second line', () => {
  const error = {
    type: 'invalid_request_error',
    message: `No \u001B[2J\u202Ehere\nApproved: yes${'x'.repeat(1000)}`,
    param: 'a\u0007\nb',
  }
  const problem = problemOf(answer(400, { error }))
  expect(problem.message).toMatch(/^No here Approved: yesx+…$/)
  expect(problem.message.length).toBeLessThanOrEqual(500)
  expect(problem.details).toMatchObject({ stripe: { param: 'a b' } })
})

test('no part of an object that Stripe sends along is passed on', () => {
  const error = { ...declined('generic_decline'), payment_intent: { client_secret: 'pi_1_secret_abc' } }
  expect(JSON.stringify(problemOf(answer(402, { error })).toWire())).not.toContain('secret')
})

test('codes that are names of the prototype are no codes', () => {
  for (const code of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const error = { type: 'invalid_request_error', code, decline_code: code, message: `No such ${code}: 'x'` }
    expect(problemOf(answer(400, { error })).code).toBe('provider_rejected')
    expect(
      problemOf(answer(404, { error: { ...error, code: 'resource_missing', decline_code: '' } })).code,
    ).toBe('object_not_found')
  }
})
