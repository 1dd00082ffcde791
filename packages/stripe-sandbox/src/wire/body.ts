import { StripeError, invalidRequest } from './errors.ts'

/** No call to Stripe needs more. */
export const MAX_BODY_BYTES = 256 * 1024

/**
 * The body as text, read no further than the limit.
 *
 * @throws StripeError 413 beyond the limit, 400 for another content type than a form
 */
export async function readForm(request: Request): Promise<string> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (length > MAX_BODY_BYTES) throw tooLarge()
  const text = await (Number.isNaN(length) ? readBounded(request) : request.text()).catch(explain)
  const type = request.headers.get('content-type')
  if (text !== '' && type !== null && !/^(application\/x-www-form-urlencoded|text\/plain)\b/i.test(type)) {
    throw invalidRequest(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any ' +
        'questions, we can help at https://support.stripe.com/.',
      { stored: false },
    )
  }
  return text
}

/** A client that goes away in the middle of its body is no fault of ours. */
function explain(error: unknown): never {
  if (error instanceof StripeError) throw error
  throw invalidRequest('Invalid request: the body ended early.', { stored: false })
}

/** A body without a length is counted while it arrives. */
async function readBounded(request: Request): Promise<string> {
  if (!request.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) throw tooLarge()
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function tooLarge() {
  return invalidRequest(`Request too large: a body may have at most ${MAX_BODY_BYTES} bytes.`, {
    status: 413,
    stored: false,
  })
}
