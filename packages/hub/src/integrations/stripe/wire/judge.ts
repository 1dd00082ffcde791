import type { Mode } from '../../../contract/effects.ts'
import type { Verdict, WireAnswer, WireRequest } from '../../define.ts'
import { isObject, objectAt, textAt } from '../json.ts'

/** What an answer to a write means; pure. 409 is Stripe's "the same key is in use right now". */
export function judge(request: WireRequest, answer: WireAnswer, expected: { mode: Mode }): Verdict {
  // Stripe keeps no idempotency keys for DELETE: sending it again cannot tell whether the first one arrived.
  const mayResend = request.method !== 'DELETE'
  if (answer.kind === 'no_answer') return mayResend ? 'lost' : 'uncertain'
  const { status, body } = answer
  if (status >= 200 && status < 300) {
    if (!isObject(body)) return 'uncertain'
    const livemode = body['livemode']
    return typeof livemode === 'boolean' && livemode !== (expected.mode === 'live') ? 'foreign' : 'accepted'
  }
  const error = isObject(body) ? objectAt(body, 'error') : undefined
  // A stored answer stays what it is: asking once more would replay it once more.
  if ((status === 409 || status === 429) && !answer.replayed)
    return mayResend && answer.shouldRetry !== false ? 'busy' : 'uncertain'
  if (error !== undefined && textAt(error, 'type') === 'idempotency_error') return 'key_reused'
  // Gone: perhaps by this very request, if something on the way sent it twice.
  if (status === 404 && !mayResend) return 'uncertain'
  if (status >= 400 && status < 500 && error !== undefined) return 'rejected'
  return 'uncertain'
}
