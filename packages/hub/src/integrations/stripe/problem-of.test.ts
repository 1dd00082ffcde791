import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PROBLEMS, type ProblemCode } from '../../contract/problem.ts'
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
  [400, missing("No such price: 'invalid'", 'items[0][price]'), 'price_not_found', false],
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
    'missing_payment_method',
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
  [
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message:
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    },
    'missing_payment_method',
    false,
  ],
  [
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message:
        'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    },
    'invalid_state',
    false,
  ],
  [
    400,
    {
      type: 'invalid_request_error',
      code: 'invoice_not_editable',
      message: "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
    },
    'invalid_state',
    false,
  ],
  [
    400,
    { type: 'invalid_request_error', message: 'This dispute is already closed.' },
    'invalid_state',
    false,
  ],
  [
    400,
    {
      type: 'invalid_request_error',
      code: 'amount_too_small',
      message: 'Amount must be at least $0.50 usd',
      param: 'amount',
    },
    'amount_too_small',
    false,
  ],
  [
    400,
    { type: 'invalid_request_error', code: 'resource_already_exists', message: 'Coupon already exists.' },
    'resource_already_exists',
    false,
  ],
  [
    402,
    {
      type: 'invalid_request_error',
      message: 'Sending credit card numbers directly to the Stripe API is generally unsafe.',
    },
    'card_number_refused',
    false,
  ],
  [
    400,
    {
      type: 'invalid_request_error',
      message:
        'No configuration provided and your test mode default configuration has not been created. Provide a configuration or create your default.',
    },
    'invalid_state',
    false,
  ],
  [
    400,
    { type: 'invalid_request_error', code: 'parameter_invalid_next_year', message: 'No.', param: 'a[b]' },
    'provider_rejected',
    false,
  ],
  [
    400,
    { type: 'invalid_request_error', code: 'one_of_next_year', message: 'No.' },
    'provider_rejected',
    false,
  ],
  [409, { type: 'invalid_request_error', message: 'Conflict.' }, 'idempotency_conflict', false],
  [
    403,
    {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: "The key does not have access to account 'acct_1' (or that account does not exist).",
    },
    'credential_rejected',
    false,
  ],
  [404, { type: 'already_canceled', code: 'x', message: 'It is canceled.' }, 'invalid_state', false],
  [402, { type: 'card_error', code: 'processing_error', message: 'Try again.' }, 'processing_error', true],
  [
    402,
    { type: 'card_error', code: 'authentication_required', message: 'It needs authentication.' },
    'authentication_required',
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

test('a missing permission is named, so that the owner finds it', () => {
  const message =
    "The provided key 'rk_test_*****qs8Kgd' does not have the required permissions for this endpoint on account 'acct_1'. Having the 'rak_subscription_read' or 'rak_invoice_read' permission would allow this request to continue."
  const problem = problemOf(answer(403, { error: { type: 'invalid_request_error', message } }))
  expect(problem.code).toBe('permission_missing')
  expect(problem.nextStep).toBe(
    'The owner has to give the restricted key the permission subscription_read or invoice_read in the Stripe Dashboard.',
  )
  expect(problem.message).not.toContain('qs8Kgd')
})

test('whatever a 5xx says, nobody knows what became of the request', () => {
  const error = { type: 'card_error', code: 'card_declined', decline_code: 'lost_card', message: 'No.' }
  expect(problemOf(answer(500, { error })).code).toBe('provider_unavailable')
})

/** Bodies that look like an error in their outline and hold anything. */
const anyBody = fc.oneof(
  fc.jsonValue(),
  fc.record({
    error: fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(
          'type',
          'code',
          'decline_code',
          'advice_code',
          'param',
          'message',
          'doc_url',
          'charge',
          'payment_intent',
        ),
        fc.oneof(
          fc.jsonValue(),
          fc.string({ unit: 'binary' }),
          fc.constantFrom(
            'resource_missing',
            'card_declined',
            'processing_error',
            'card_error',
            "No such price: '",
          ),
        ),
      ),
    ),
  }),
)

test('any body of any status becomes a problem with a code, a message and a next step', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), anyBody, (status, body) => {
      const { error } = problemOf(answer(status, body)).toWire()
      expect(Object.keys(PROBLEMS)).toContain(error.code)
      expect(error.message).not.toBe('')
      expect(error.next_step).toMatch(/^[A-Z].*\.$/)
      expect(error['stripe']).toMatchObject({ status, request_id: 'req_1' })
    }),
    { numRuns: 1000 },
  )
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
