import { StripeError, invalidRequest } from './errors.ts'
import type { WireRequest } from './exchange.ts'

/** No call to Stripe needs more. */
export const MAX_BODY_BYTES = 256 * 1024

/**
 * The body, read no further than the limit.
 *
 * @throws StripeError 413 beyond the limit, 400 for a body that ends early
 */
export async function readBody(request: WireRequest, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    // Counted all the same: not every body says how long it is.
    await request.read((chunk) => {
      size += chunk.byteLength
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    })
  } catch (error) {
    if (error instanceof StripeError) throw error
    // A client that goes away in the middle of its body is no fault of ours.
    throw invalidRequest('Invalid request: the body ended early.', { stored: false })
  }
  return Buffer.concat(chunks, size)
}

/**
 * The body as the text of a form.
 *
 * @throws StripeError 413 beyond the limit, 400 for another content type than a form
 */
export async function readForm(request: WireRequest): Promise<string> {
  const text = (await readBody(request, MAX_BODY_BYTES)).toString('utf8')
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

function tooLarge(maxBytes: number) {
  return invalidRequest(`Request too large: a body may have at most ${maxBytes} bytes.`, {
    status: 413,
    stored: false,
  })
}
