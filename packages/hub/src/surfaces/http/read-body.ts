import type { Context } from 'hono'
import { refuseCardNumbers } from '../../contract/card-numbers.ts'
import { Problem } from '../../contract/problem.ts'

/** Larger than any call of Stripe; small enough that a thousand of them do no harm. */
export const MAX_BODY_BYTES = 256 * 1024

export const MAX_JSON_DEPTH = 16

/** The body of a write as a JSON object, or a problem that says what is wrong with it. An empty body is `{}`. */
export async function readJsonBody(c: Context): Promise<Record<string, unknown>> {
  const body = await readJson(c)
  if (body === undefined) return {}
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('invalid_json', 'The body must be a JSON object.')
  }
  return body as Record<string, unknown>
}

/** Whatever JSON the body holds, within the bounds; `undefined` if there is none. */
export async function readJson(c: Context): Promise<unknown> {
  const text = await readText(c, MAX_BODY_BYTES)
  if (text === '') return undefined
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new Problem('unsupported_media_type', 'The body must be application/json.')
  }
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Problem('invalid_json', 'The body is not JSON.')
  }
  if (isDeeperThan(body, MAX_JSON_DEPTH)) {
    throw new Problem('invalid_json', `The body is nested more than ${MAX_JSON_DEPTH} deep.`)
  }
  return body
}

async function readText(c: Context, limit: number): Promise<string> {
  const tooLarge = new Problem('body_too_large', `A body may have ${limit} bytes here.`)
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge
  const chunks: Uint8Array[] = []
  let size = 0
  // Counted while it comes in: the length in the header is only what the sender says.
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > limit) throw tooLarge
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new Problem('invalid_json', 'The body is not UTF-8.')
  }
}

function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []))
  }
  return false
}

/** Far more than any form here holds. */
const MAX_FORM_BYTES = 16 * 1024

/** The text of a form's fields; a missing field, a file or a repeated field is empty. */
export async function readForm(c: Context): Promise<(name: string) => string> {
  const type = c.req.header('content-type') ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw new Problem('unsupported_media_type', 'Send this as a form.')
  }
  const form = new URLSearchParams(await readText(c, MAX_FORM_BYTES))
  refuseCardNumbers(Object.fromEntries(form))
  return (name) => {
    const values = form.getAll(name)
    return values.length === 1 ? (values[0] ?? '') : ''
  }
}
