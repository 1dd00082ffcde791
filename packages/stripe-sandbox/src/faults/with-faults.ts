import { setTimeout as sleep } from 'node:timers/promises'
import { hashKey } from '../store/store.ts'
import { readBody } from '../wire/body.ts'
import { StripeError, invalidRequest } from '../wire/errors.ts'
import { DROPPED } from '../wire/exchange.ts'
import type { Answered, Handler, WireAnswer, WireRequest } from '../wire/exchange.ts'
import { errorReply, respond } from '../wire/reply.ts'
import type { Reply } from '../wire/reply.ts'
import { MAX_UPLOAD_BYTES } from '../wire/upload.ts'
import { faultsForbidden, parseFaults } from './fault.ts'
import type { Fault } from './fault.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { RateLimit } from './rate-limit.ts'

export interface FaultOptions {
  /** Without, asking for a fault is refused: silence would look like a client that copes. */
  allowed: boolean
  plan: FaultPlan
  limit: RateLimit
  now: () => number
  newRequestId: () => string
}

type Refusal = Extract<Fault, { kind: 'refuse' }>
type Execute = (request: WireRequest) => Promise<WireAnswer>

/** The handler behind a network and in front of limits, both of which fail when told to. */
export function withFaults(handle: Execute, options: FaultOptions): Handler {
  const refuse = (request: WireRequest, reply: Reply) => respond(request, options.newRequestId(), reply)

  return async (request) => {
    const asked = request.headers.get('sandbox-fault')
    if (asked !== null && !options.allowed) return refuse(request, errorReply(faultsForbidden()))
    const faults =
      asked === null ? options.plan.take(request.method, request.url.pathname) : parseOrRefuse(asked)
    if (faults instanceof StripeError) return refuse(request, errorReply(faults))
    if (!options.limit.admits(() => callerOf(request), options.now())) return refuse(request, overLimit)
    return faults.length === 0 ? handle(request) : fail(handle, refuse, request, faults)
  }
}

function parseOrRefuse(text: string): readonly Fault[] | StripeError {
  try {
    return parseFaults(text)
  } catch (error) {
    if (error instanceof StripeError) return error
    throw error
  }
}

/** What the network does with one request. */
async function fail(
  handle: Execute,
  refuse: (request: WireRequest, reply: Reply) => WireAnswer,
  request: WireRequest,
  faults: readonly Fault[],
): Promise<Answered> {
  const has = (kind: Fault['kind']) => faults.some((fault) => fault.kind === kind)
  for (const fault of faults) {
    if (fault.kind === 'delay') await sleep(fault.milliseconds)
  }
  if (has('drop-before')) return DROPPED
  const refusal = faults.find((fault) => fault.kind === 'refuse')
  if (refusal) return refuse(request, replyOf(refusal))
  const answer = has('duplicate') ? await twice(handle, request) : await handle(request)
  if (has('drop-after')) return DROPPED
  return has('truncate') ? truncated(answer) : answer
}

/** Both with the same headers and body, one after the other: the second answer is the one that arrives. */
async function twice(handle: Execute, request: WireRequest): Promise<WireAnswer> {
  const chunks: Uint8Array[] = []
  if (request.method !== 'GET') chunks.push(await readBody(request, MAX_UPLOAD_BYTES))
  const copy: WireRequest = {
    ...request,
    async read(take) {
      for (const chunk of chunks) take(chunk)
    },
  }
  await handle(copy)
  return handle(copy)
}

/** The header promises all of it; the connection ends after half. */
function truncated(answer: WireAnswer): WireAnswer {
  const headers = { ...answer.headers, connection: 'close', 'sandbox-fault': 'truncate' }
  return { ...answer, headers, truncated: true }
}

function replyOf(fault: Refusal): Reply {
  const { reason = 'global-rate', retryAfterSeconds, shouldRetry } = fault
  const headers: Record<string, string> = {
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...(shouldRetry === undefined ? {} : { 'stripe-should-retry': String(shouldRetry) }),
  }
  switch (fault.status) {
    case 409:
      return { ...errorReply(keyInUse), headers }
    case 429:
      return reason === 'lock-timeout'
        ? { ...errorReply(lockTimeout), headers: { 'stripe-should-retry': 'true', ...headers } }
        : { ...errorReply(rateLimited), headers: { ...headers, 'stripe-rate-limited-reason': reason } }
    case 500:
      return { ...errorReply(unknownError), headers }
    case 502:
      // What stands in front of Stripe does not speak its language.
      return {
        status: 502,
        body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n',
        headers: { ...headers, 'content-type': 'text/html' },
      }
  }
}

const keyInUse = new StripeError(
  'idempotency_error',
  'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, ' +
    'and the other request is still going through). Please try again later.',
  { status: 409, code: 'idempotency_key_in_use' },
)
const lockTimeout = invalidRequest(
  'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. ' +
    'If you see this error intermittently, retry the request.',
  { status: 429, code: 'lock_timeout' },
)
const unknownError = new StripeError('api_error', 'An unknown error occurred', { status: 500 })

const rateLimited = invalidRequest(
  'Testmode request rate limit exceeded. You can learn more about rate limits here: ' +
    'https://stripe.com/docs/rate-limits.',
  { status: 429, code: 'rate_limit' },
)
const overLimit = replyOf({ kind: 'refuse', status: 429, retryAfterSeconds: 1 })

/** Who is limited: the key, of which only a hash is kept. */
function callerOf(request: WireRequest): string {
  return hashKey(request.headers.get('authorization') ?? '')
}
