import { DROPPED } from '../wire/exchange.ts'
import type { Answered, WireRequest } from '../wire/exchange.ts'

/** What is remembered of a request: neither its body nor its key, nor what its query asked. */
export interface LoggedRequest {
  /** Milliseconds since the epoch, of the sandbox's clock. */
  time: number
  method: string
  path: string
  /** Null where the client got no answer. */
  status: number | null
  request_id: string | null
}

/** Older ones are forgotten. */
const KEPT_REQUESTS = 1_000
const MAX_PATH_CHARACTERS = 500

export interface RequestLog {
  record(request: WireRequest, answered: Answered, time: number): void
  list(): readonly LoggedRequest[]
}

export function createRequestLog(): RequestLog {
  let kept: LoggedRequest[] = []
  return {
    record({ method, url }, answered, time) {
      kept.push({
        time,
        method,
        path: url.pathname.slice(0, MAX_PATH_CHARACTERS),
        status: answered === DROPPED ? null : answered.status,
        request_id: answered === DROPPED ? null : (answered.headers['request-id'] ?? null),
      })
      if (kept.length > 2 * KEPT_REQUESTS) kept = kept.slice(-KEPT_REQUESTS)
    },
    list: () => kept.slice(-KEPT_REQUESTS),
  }
}
