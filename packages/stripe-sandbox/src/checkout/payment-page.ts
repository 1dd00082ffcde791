import type { Operation } from '@clawlink/stripe-definitions'
import { notInSandbox, invalidParam } from '../wire/errors.ts'
import { inPath } from '../wire/lookup.ts'
import { route } from '../route.ts'
import type { Answer, Route } from '../route.ts'
import { resolvePaymentMethod } from '../payment-methods/create-payment-method.ts'
import { paySession } from './pay-session.ts'
import { checkoutSessions } from './session.ts'

interface ConfirmPage {
  expected_amount?: number
  payment_method: string
}

const result: Operation['result'] = { kind: 'object', type: 'Checkout.Session' }

/**
 * What Stripe's own checkout page asks its server. No client library knows it and Stripe does not document it, but
 * `stripe trigger` completes its checkouts this way, so as much is here as that needs.
 */
export const paymentPageOperations: readonly Operation[] = [
  {
    id: 'paymentPages.retrieve',
    method: 'GET',
    path: '/v1/payment_pages/{id}',
    pathParams: ['id'],
    description: 'Undocumented: the checkout session behind a payment page.',
    params: { type: 'object', properties: {}, additionalProperties: false },
    result,
  },
  {
    id: 'paymentPages.confirm',
    method: 'POST',
    path: '/v1/payment_pages/{id}/confirm',
    pathParams: ['id'],
    description: 'Undocumented: pays a checkout session as its page would.',
    params: {
      type: 'object',
      properties: { expected_amount: { type: 'integer' }, payment_method: { type: 'string' } },
      required: ['payment_method'],
      additionalProperties: false,
    },
    result,
  },
]

export const paymentPageRoutes: readonly Route[] = [
  route('paymentPages.retrieve', [], ({ tx, id }) =>
    checkoutSessions.format(inPath(tx, checkoutSessions, id, 'session'), tx),
  ),
  route<ConfirmPage>(
    'paymentPages.confirm',
    ['expected_amount', 'payment_method'],
    ({ tx, id, params }): Answer => {
      const session = inPath(tx, checkoutSessions, id, 'session')
      const expected = params.expected_amount
      if (expected !== undefined && expected !== (session.amount_total ?? 0)) {
        throw invalidParam('expected_amount', 'The amount of this Checkout Session is another one.')
      }
      const method = resolvePaymentMethod(tx, params.payment_method, 'payment_method')
      const { address, email, name, phone } = method.billing_details
      const attempt = paySession(tx, session, method.id, { address, email, name, phone })
      switch (attempt.outcome) {
        case 'complete':
          return checkoutSessions.format(attempt.session, tx)
        case 'declined':
          return attempt.refusal
        case 'action':
          throw notInSandbox('authentication away from the page of a Checkout Session', 'payment_method')
      }
    },
  ),
]
