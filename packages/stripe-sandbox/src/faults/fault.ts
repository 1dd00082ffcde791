import { invalidParam, invalidRequest } from '../wire/errors.ts'

/** What can go wrong between a client and Stripe. */
export type Fault =
  /** The connection ends, and nothing has happened. */
  | { kind: 'drop-before' }
  /** The connection ends, and it has happened. */
  | { kind: 'drop-after' }
  | { kind: 'delay'; milliseconds: number }
  /** A proxy sends the request twice; the second answer arrives. */
  | { kind: 'duplicate' }
  /** Half of the answer arrives. */
  | { kind: 'truncate' }
  | {
      kind: 'refuse'
      status: RefusedStatus
      reason?: string
      retryAfterSeconds?: number
      shouldRetry?: boolean
    }

const refusedStatuses = [409, 429, 500, 502] as const
export type RefusedStatus = (typeof refusedStatuses)[number]

export const LIMIT_REASONS: readonly string[] = [
  'global-rate',
  'global-concurrency',
  'endpoint-rate',
  'endpoint-concurrency',
  'resource-specific',
  // Not a limit: another request holds the object.
  'lock-timeout',
]

/** Longer than any client waits. */
const MAX_DELAY_MS = 120_000
const MAX_RETRY_AFTER_SECONDS = 3_600
/** One request can go wrong in more than one way, but not in many. */
const MAX_FAULTS = 4

const USAGE =
  'drop-before, drop-after, delay=MS, duplicate, truncate, 409, 429[;reason=…][;retry-after=SECONDS], 500 or 502'

/**
 * Reads `delay=200, 429;reason=global-rate;retry-after=2`.
 *
 * @throws StripeError 400 for anything else
 */
export function parseFaults(text: string): Fault[] {
  const parts = text.split(',').map((part) => part.trim())
  if (parts.length > MAX_FAULTS) throw badFault(text)
  return parts.map((part) => {
    const [head = '', ...options] = part.split(';').map((piece) => piece.trim())
    const fault = faultNamed(head, options)
    if (!fault) throw badFault(part)
    return fault
  })
}

function faultNamed(head: string, options: readonly string[]): Fault | undefined {
  const status = refusedStatuses.find((known) => String(known) === head)
  if (status !== undefined) return refusal(status, options)
  if (options.length > 0) return undefined
  const delay = /^delay=(\d{1,6})$/.exec(head)?.[1]
  if (delay !== undefined) {
    const milliseconds = Number(delay)
    return milliseconds <= MAX_DELAY_MS ? { kind: 'delay', milliseconds } : undefined
  }
  switch (head) {
    case 'drop-before':
    case 'drop-after':
    case 'duplicate':
    case 'truncate':
      return { kind: head }
    default:
      return undefined
  }
}

function refusal(status: RefusedStatus, options: readonly string[]): Fault | undefined {
  const fault: Extract<Fault, { kind: 'refuse' }> = { kind: 'refuse', status }
  for (const option of options) {
    const [, name = '', value = ''] = /^([a-z-]+)=([a-z0-9-]+)$/.exec(option) ?? []
    if (name === 'reason' && status === 429 && LIMIT_REASONS.includes(value)) fault.reason = value
    else if (name === 'retry-after' && /^\d{1,4}$/.test(value) && Number(value) <= MAX_RETRY_AFTER_SECONDS)
      fault.retryAfterSeconds = Number(value)
    else if (name === 'should-retry' && /^(true|false)$/.test(value)) fault.shouldRetry = value === 'true'
    else return undefined
  }
  return fault
}

function badFault(text: string) {
  return invalidParam('Sandbox-Fault', `Unknown fault '${text.slice(0, 80)}': the sandbox knows ${USAGE}.`)
}

export function faultsForbidden() {
  return invalidRequest(
    'This sandbox was started without faults: start it with --faults (or `faults: true`).',
    {
      stored: false,
    },
  )
}
