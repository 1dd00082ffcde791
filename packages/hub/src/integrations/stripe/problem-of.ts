import { Problem } from '../../contract/problem.ts'
import type { Params, WireAnswer } from '../define.ts'
import { isObject, objectAt, textAt } from './json.ts'
import { ACCOUNT_ERRORS } from './problems/account-errors.ts'
import { meaningOfDecline } from './problems/declines.ts'
import { meaningOfText, meaningOfTextAlone } from './problems/error-texts.ts'
import { meaningsByName, type Meaning } from './problems/meaning.ts'
import { meaningOfMissing } from './problems/not-found.ts'
import { OBJECT_ERRORS } from './problems/object-errors.ts'
import { PAYMENT_ERRORS } from './problems/payment-errors.ts'
import { publicMessage, stripeDetails } from './problems/stripe-details.ts'

/** By Stripe's `code`, and for errors that have none (and those of /v2) by their `type`. */
export const errorMeanings = meaningsByName([...PAYMENT_ERRORS, ...OBJECT_ERRORS, ...ACCOUNT_ERRORS])

const CALL_AGAIN = 'Call again in a moment, a write after asking clawlink_get_confirmation what became of it.'

const UNAVAILABLE: Meaning = { code: 'provider_unavailable', nextStep: CALL_AGAIN }
const REJECTED: Meaning = {
  code: 'provider_rejected',
  nextStep: 'Read the message, correct the params as clawlink_describe_tool shows them, and try again.',
}

/** What is left to go by when neither code nor type is known. */
const BY_STATUS: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [403, 'more_permissions_required'],
  [404, 'not_found'],
  [409, 'idempotency_key_in_use'],
  [429, 'rate_limit'],
])

/** Stripe's refusal as ours: a stable code and a next step, with Stripe's own words kept beside them. */
export function problemOf(answer: WireAnswer): Problem {
  if (answer.kind === 'no_answer') {
    return new Problem(UNAVAILABLE.code, 'Stripe did not answer.', {
      nextStep: UNAVAILABLE.nextStep,
      internal: answer.reason,
    })
  }
  const error = isObject(answer.body) ? objectAt(answer.body, 'error') : undefined
  if (error === undefined) {
    return new Problem(UNAVAILABLE.code, `Stripe answered ${answer.status} without a readable error.`, {
      nextStep: UNAVAILABLE.nextStep,
      details: { stripe: { status: answer.status, request_id: answer.requestId } },
    })
  }
  const message = textAt(error, 'message') ?? ''
  const { code, nextStep } = meaningOf(answer.status, error, message)
  const words = publicMessage(message)
  return new Problem(code, words === '' ? `Stripe refused this (${answer.status}).` : words, {
    nextStep,
    details: { stripe: stripeDetails(answer.status, error, answer.requestId) },
  })
}

/** From what says most to what says least. */
function meaningOf(status: number, error: Params, message: string): Meaning {
  // Whatever the body says, nobody knows what became of the request.
  if (status >= 500) return UNAVAILABLE
  const [code, type] = [textAt(error, 'code') ?? '', textAt(error, 'type') ?? '']
  return (
    meaningOfText(message) ??
    meaningOfDecline({
      code,
      declineCode: textAt(error, 'decline_code') ?? '',
      adviceCode: textAt(error, 'advice_code') ?? '',
    }) ??
    (code === 'resource_missing' ? meaningOfMissing(message, textAt(error, 'param') ?? '') : undefined) ??
    meaningOfPermission(status, code, message) ??
    errorMeanings.get(code) ??
    (code.startsWith('parameter_') ? errorMeanings.get('parameter_unknown') : undefined) ??
    errorMeanings.get(type) ??
    errorMeanings.get(BY_STATUS.get(status) ?? '') ??
    (code === '' ? meaningOfTextAlone(message) : undefined) ??
    REJECTED
  )
}

/** The permissions that Stripe says would do, by name: the owner finds them so in the Dashboard. */
function meaningOfPermission(status: number, code: string, message: string): Meaning | undefined {
  if (status !== 403 && !code.startsWith('more_permissions_required')) return undefined
  const names = new Set(
    [...message.matchAll(/'(?:rak_)?([a-z][a-z_]{0,60}_(?:read|write))'/g)].map(([, name]) => name),
  )
  if (names.size === 0) return undefined
  return {
    code: 'permission_missing',
    nextStep: `The owner has to give the restricted key the permission ${[...names].slice(0, 5).join(' or ')} in the Stripe Dashboard.`,
  }
}
