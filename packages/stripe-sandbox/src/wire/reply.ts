import type { StripeError } from './errors.ts'
import type { WireAnswer, WireRequest } from './exchange.ts'
import { versionToEcho } from './versions.ts'

/** An answer before it is one of HTTP's. */
export interface Reply {
  status: number
  body: string
  /** The request that this answer was first given to. */
  original?: string
  replayed?: true
  headers?: Record<string, string>
}

export function errorReply(error: StripeError): Reply {
  return { status: error.status, body: JSON.stringify({ error: error.error }) }
}

export function respond(request: WireRequest, requestId: string, reply: Reply): WireAnswer {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'cache-control': 'no-cache, no-store',
    'request-id': requestId,
    'stripe-version': versionToEcho(request.headers),
  }
  const idempotencyKey = request.headers.get('idempotency-key')
  if (idempotencyKey !== null && request.method === 'POST') headers['idempotency-key'] = idempotencyKey
  if (reply.original !== undefined) headers['original-request'] = reply.original
  if (reply.replayed) headers['idempotent-replayed'] = 'true'
  if (reply.status === 401) headers['www-authenticate'] = 'Bearer realm="Stripe"'
  // Trying again does not teach the sandbox anything; clients retry a 5xx unless told.
  if (reply.status === 501) headers['stripe-should-retry'] = 'false'
  // What is left of a refused body is not worth reading.
  if (reply.status === 413) headers.connection = 'close'
  return { status: reply.status, headers: Object.assign(headers, reply.headers), body: reply.body }
}
