import type { Json, JsonObject } from '../store/json.ts'

export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'

export interface ErrorDetails {
  status?: number
  code?: string
  param?: string
  /** False where Stripe had not begun to execute: the same idempotency key may then be used again. */
  stored?: boolean
  /** What else the error object carries: `decline_code`, `payment_intent` … */
  more?: JsonObject
}

/** An answer in Stripe's error shape. Thrown, it undoes everything the request did. */
export class StripeError extends Error {
  readonly status: number
  readonly stored: boolean
  readonly error: { readonly [name: string]: Json }

  constructor(type: ErrorType, message: string, details: ErrorDetails = {}) {
    super(message)
    this.name = 'StripeError'
    this.status = details.status ?? 400
    this.stored = details.stored ?? true
    this.error = {
      ...(details.code === undefined ? {} : { code: details.code, doc_url: documentationOf(details.code) }),
      message,
      ...(details.param === undefined ? {} : { param: details.param }),
      ...details.more,
      type,
    }
  }
}

function documentationOf(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`
}

export function invalidRequest(message: string, details: ErrorDetails = {}): StripeError {
  return new StripeError('invalid_request_error', message, details)
}

/** A parameter that is wrong by itself, whatever the state: refused before execution, so never stored. */
export function invalidParam(param: string, message: string, code?: string): StripeError {
  return invalidRequest(message, { param, stored: false, ...(code === undefined ? {} : { code }) })
}

export function missingParam(param: string): StripeError {
  return invalidParam(param, `Missing required param: ${param}.`, 'parameter_missing')
}

export function emptyParam(param: string): StripeError {
  return invalidParam(
    param,
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
      `however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
    'parameter_invalid_empty',
  )
}

/** An operation or a parameter that Stripe has and the sandbox does not (yet): said, never silently ignored. */
export function notInSandbox(what: string, param?: string): StripeError {
  return new StripeError('api_error', `The sandbox does not support ${what} yet.`, {
    status: 501,
    stored: false,
    // Not a code of Stripe's, so there is no page about it.
    more: { code: 'sandbox_not_supported' },
    ...(param === undefined ? {} : { param }),
  })
}
