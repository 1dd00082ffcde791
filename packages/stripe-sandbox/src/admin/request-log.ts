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
  record(request: Request, response: Response, time: number): void
  list(): readonly LoggedRequest[]
}

export function createRequestLog(): RequestLog {
  let kept: LoggedRequest[] = []
  return {
    record({ method, url }, response, time) {
      kept.push({
        time,
        method,
        path: new URL(url).pathname.slice(0, MAX_PATH_CHARACTERS),
        status: response.type === 'error' ? null : response.status,
        request_id: response.headers.get('request-id'),
      })
      if (kept.length > 2 * KEPT_REQUESTS) kept = kept.slice(-KEPT_REQUESTS)
    },
    list: () => kept.slice(-KEPT_REQUESTS),
  }
}
