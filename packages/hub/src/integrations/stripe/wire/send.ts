import { Pool } from 'undici'
import type { SendOptions, WireAnswer, WireRequest } from '../../define.ts'
import { speaksJson } from './request.ts'

/** The version whose shapes the catalog was written for. */
export const STRIPE_VERSION = '2026-10-28.endive'

export const STRIPE_ORIGIN = 'https://api.stripe.com'

/**
 * Stripe's own SDK waits as long: a card network may take a minute to answer. From the wait for a socket to the
 * last byte: nothing of an attempt leaves the hub later, however slowly its answer drips.
 */
export const ATTEMPT_TIMEOUT_MS = 80_000

const CONNECTIONS_PER_ORIGIN = 32

const MAX_ANSWER_BYTES = 16 * 1024 * 1024

export interface Sender {
  send(request: WireRequest, options: SendOptions): Promise<WireAnswer>
  close(): Promise<void>
}

/**
 * Sends one attempt of one request, and never a second by itself: whoever calls decides, after writing the
 * audit row. Anything but a whole, well-formed answer is `no_answer`.
 */
export function createSender(origins: readonly string[], attemptTimeoutMs = ATTEMPT_TIMEOUT_MS): Sender {
  const allowed = new Set(origins)
  const pools = new Map<string, Pool>()

  const poolOf = (origin: string): Pool => {
    // The one place where bytes leave the hub, so the one place that knows where they may go.
    if (!allowed.has(origin))
      throw new Error(`refusing to send to ${origin}: it is not a configured provider`)
    let pool = pools.get(origin)
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: CONNECTIONS_PER_ORIGIN,
        pipelining: 1,
        headersTimeout: attemptTimeoutMs,
        bodyTimeout: attemptTimeoutMs,
        maxResponseSize: MAX_ANSWER_BYTES,
      })
      pools.set(origin, pool)
    }
    return pool
  }

  return {
    async send(request, options) {
      const pool = poolOf(options.origin)
      try {
        const response = await pool.request({
          method: request.method,
          path: request.path,
          signal: AbortSignal.timeout(attemptTimeoutMs),
          headers: {
            authorization: `Bearer ${options.key.reveal()}`,
            'stripe-version': STRIPE_VERSION,
            'user-agent': 'ClawLink/0.1 (self-hosted)',
            ...(request.method === 'POST' ? { 'content-type': contentType(request.path) } : {}),
            ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
          },
          ...(request.method === 'POST' ? { body: request.body } : {}),
        })
        const text = await response.body.text()
        const header = (name: string): string | undefined => {
          const value = response.headers[name]
          return Array.isArray(value) ? value[0] : value
        }
        const shouldRetry = header('stripe-should-retry')
        const retryAfter = Number(header('retry-after'))
        return {
          kind: 'answer',
          status: response.statusCode,
          body: JSON.parse(text) as unknown,
          requestId: header('request-id'),
          replayed: header('idempotent-replayed') === 'true',
          shouldRetry: shouldRetry === undefined ? undefined : shouldRetry === 'true',
          retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
        }
      } catch (error) {
        return { kind: 'no_answer', reason: reasonOf(error) }
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

function contentType(path: string): string {
  return speaksJson(path) ? 'application/json' : 'application/x-www-form-urlencoded'
}

/** A name for the log; the message itself could quote bytes of the request. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'the answer was not whole JSON'
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no whole answer in time'
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : 'the connection failed'
}
