import { expect, test } from 'vitest'
import { publicMessage, stripeDetails } from './stripe-details.ts'

test('of an object that Stripe sends along, its id and status are passed on and nothing else', () => {
  const error = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    network_decline_code: '01',
    message: 'Your card was declined.',
    param: '',
    charge: 'ch_1',
    payment_intent: { id: 'pi_1', status: 'requires_payment_method', client_secret: 'pi_1_secret_abc' },
    setup_intent: { id: 'seti_1_secret_abc', status: 'Ask <b>me</b>' },
    payment_method: { id: 'pm_1', card: { number: '4242424242424242' } },
    source: { id: 'card_1' },
  }
  expect(stripeDetails(402, error, 'req_1')).toEqual({
    status: 402,
    request_id: 'req_1',
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    network_decline_code: '01',
    param: '',
    charge: 'ch_1',
    payment_intent: 'pi_1',
    payment_intent_status: 'requires_payment_method',
    payment_method: 'pm_1',
  })
})

test.each([
  'pi_3Mtw_secret_YrKJUKribcBjcG8HVhfZluoGH',
  'rk_test_51P7J7J3APDi9Qa',
  'sk_live_*********************1234',
  'whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH',
  'https://billing.stripe.com/p/session/test_YWNjdF8x',
  '4242 4242 4242 4242',
])('a secret inside what Stripe says (%s) is not passed on', (secret) => {
  const error = {
    type: 'invalid_request_error',
    code: secret,
    message: `${'x '.repeat(220)}Do not use '${secret}' here.`,
    param: secret,
    doc_url: `https://stripe.com/docs/${encodeURIComponent(secret)}?q=${encodeURIComponent(secret)}`,
  }
  const passed = JSON.stringify([publicMessage(error.message), stripeDetails(400, error, undefined)])
  for (const part of [secret, secret.slice(0, -4), encodeURIComponent(secret)])
    expect(passed).not.toContain(part)
})

test.each([
  [
    'https://stripe.com/docs/error-codes/resource-missing',
    'https://stripe.com/docs/error-codes/resource-missing',
  ],
  ['https://docs.stripe.com/error-codes#missing', 'https://docs.stripe.com/error-codes#missing'],
  ['https://stripe.com.evil.example/docs', undefined],
  ['http://stripe.com/docs', undefined],
  ['https://user@stripe.com:444/docs', undefined],
  ['javascript:alert(1)', undefined],
  ['docs', undefined],
])('the address %s of a document is passed on as %s', (doc_url, passed) => {
  const error = { type: 'invalid_request_error', message: 'No.', doc_url }
  expect(stripeDetails(400, error, 'req_1')).toEqual({
    status: 400,
    request_id: 'req_1',
    type: 'invalid_request_error',
    ...(passed && { doc_url: passed }),
  })
})
