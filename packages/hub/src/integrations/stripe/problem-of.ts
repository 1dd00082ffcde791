import { Problem, type ProblemCode } from '../../contract/problem.ts'
import { cleanLine } from '../../contract/clean-text.ts'
import type { Params, WireAnswer } from '../define.ts'
import { isObject, objectAt, textAt } from './json.ts'

interface Meaning {
  code: ProblemCode
  nextStep: string
}

const NOT_FOUND: Record<string, Meaning> = {
  customer: {
    code: 'customer_not_found',
    nextStep:
      'Find the id with stripe_list_customers, and check that the connection is the right account and mode.',
  },
  payment_intent: {
    code: 'payment_intent_not_found',
    nextStep: 'Check the id and that the connection is the right account and mode.',
  },
  payment_method: {
    code: 'payment_method_not_found',
    nextStep: 'Use a payment method that is attached to this customer.',
  },
  charge: {
    code: 'charge_not_found',
    nextStep: 'Read the payment with stripe_get_payment_intent: its latest_charge is the charge id.',
  },
  refund: { code: 'refund_not_found', nextStep: 'Check the refund id.' },
}

/** By Stripe's error code, whatever the status. */
const BY_CODE: Record<string, Meaning> = {
  charge_already_refunded: {
    code: 'already_refunded',
    nextStep: 'Nothing is left to refund. Tell the user; read the charge to show what was refunded.',
  },
  insufficient_funds: {
    code: 'insufficient_funds',
    nextStep: 'Ask the customer for another payment method.',
  },
  balance_insufficient: {
    code: 'insufficient_funds',
    nextStep: 'Read stripe_get_balance and choose an amount that is available.',
  },
  card_declined: {
    code: 'card_declined',
    nextStep: 'Tell the user that the bank declined, with the decline code; ask for another payment method.',
  },
  idempotency_key_in_use: {
    code: 'idempotency_conflict',
    nextStep: 'Wait: the same request is running right now.',
  },
  rate_limit: { code: 'provider_rate_limited', nextStep: 'Wait a few seconds and call again.' },
}

/** Stripe's refusal as ours: a stable code and a next step, with Stripe's own words kept beside them. */
export function problemOf(answer: WireAnswer): Problem {
  if (answer.kind === 'no_answer') {
    return new Problem('provider_unavailable', 'Stripe did not answer.', {
      nextStep: 'Call again in a moment.',
      internal: answer.reason,
    })
  }
  const error = isObject(answer.body) ? objectAt(answer.body, 'error') : undefined
  if (error === undefined) {
    return new Problem('provider_unavailable', `Stripe answered ${answer.status} without a readable error.`, {
      nextStep: 'Call again in a moment.',
      details: { stripe: { status: answer.status, request_id: answer.requestId } },
    })
  }
  const { code, nextStep } = meaningOf(answer.status, error)
  const message = textAt(error, 'message')
  return new Problem(
    code,
    message === undefined ? `Stripe refused this (${answer.status}).` : cleanLine(message, 500),
    {
      nextStep,
      details: { stripe: stripeDetails(answer.status, error, answer.requestId) },
    },
  )
}

function meaningOf(status: number, error: Params): Meaning {
  const code = textAt(error, 'code') ?? ''
  const byCode = meaningIn(BY_CODE, textAt(error, 'decline_code') ?? '') ?? meaningIn(BY_CODE, code)
  if (byCode !== undefined) return byCode
  // Stripe uses the code for other lacks as well, such as a customer without a payment method.
  const named = /^No such ([A-Za-z_ ]+):/.exec(textAt(error, 'message') ?? '')?.[1]
  if (code === 'resource_missing' && named !== undefined) {
    const kind = named === 'PaymentMethod' ? 'payment_method' : named.toLowerCase().replaceAll(' ', '_')
    return (
      meaningIn(NOT_FOUND, kind) ?? {
        code: 'object_not_found',
        nextStep: 'Check the id, the connection and its mode.',
      }
    )
  }
  if (textAt(error, 'type') === 'idempotency_error') {
    return { code: 'idempotency_conflict', nextStep: 'Preview the write again to get a new confirmation.' }
  }
  if (textAt(error, 'type') === 'card_error') {
    return {
      code: 'card_declined',
      nextStep: 'Tell the user what the bank said; ask for another payment method.',
    }
  }
  switch (status) {
    case 401:
      return { code: 'credential_rejected', nextStep: 'The owner has to reconnect Stripe with a valid key.' }
    case 403:
      return {
        code: 'permission_missing',
        nextStep: 'The owner has to give the restricted key this permission.',
      }
    case 429:
      return { code: 'provider_rate_limited', nextStep: 'Wait a few seconds and call again.' }
    default:
      return status >= 500
        ? { code: 'provider_unavailable', nextStep: 'Call again in a moment.' }
        : { code: 'provider_rejected', nextStep: 'Read the message, correct the params and preview again.' }
  }
}

function meaningIn(table: Record<string, Meaning>, name: string): Meaning | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function stripeDetails(status: number, error: Params, requestId: string | undefined): Params {
  const kept = ['type', 'code', 'decline_code', 'advice_code', 'network_decline_code', 'param']
  const details: Params = { status, request_id: requestId }
  for (const key of kept) {
    const value = textAt(error, key)
    if (value !== undefined) details[key] = cleanLine(value)
  }
  return details
}
