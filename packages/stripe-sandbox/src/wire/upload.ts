import { hash } from 'node:crypto'
import { readBody } from './body.ts'
import { invalidRequest } from './errors.ts'
import type { WireRequest } from './exchange.ts'
import { decodeForm } from './form.ts'
import type { FormObject } from './form.ts'

/** A file as it arrived; its contents are looked at and not kept. */
export interface Upload {
  name: string
  /** As its first bytes say: `png`; undefined for anything unknown. */
  type: string | undefined
  size: number
}

/** The most that evidence may have. */
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024

/**
 * Reads a multipart body: its fields go into the form, its file is described. Undefined for another kind of body.
 *
 * @throws StripeError 413 beyond the limit, 400 for a body that is not what it says
 */
export async function readUpload(request: WireRequest, form: FormObject): Promise<Upload | undefined> {
  const type = request.headers.get('content-type') ?? ''
  if (request.method !== 'POST' || !/^multipart\/form-data\b/i.test(type)) return undefined
  const body = await readBody(request, MAX_UPLOAD_BYTES)
  const parts = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch(() => undefined)
  if (!parts) throw invalidRequest('Invalid request: the multipart body is malformed.', { stored: false })
  const fields = new URLSearchParams()
  let upload: Upload | undefined
  for (const [name, value] of parts) {
    if (typeof value === 'string') {
      fields.append(name, value)
    } else if (name === 'file') {
      const bytes = Buffer.from(await value.arrayBuffer())
      upload = { name: value.name, type: typeOf(bytes), size: bytes.length }
      // Enough to tell two uploads with one idempotency key apart.
      fields.append('file', hash('sha256', bytes))
    }
  }
  decodeForm(fields.toString(), form)
  if (!upload)
    throw invalidRequest('Missing required param: file.', { code: 'parameter_missing', param: 'file' })
  return upload
}

const SIGNATURES: readonly [type: string, starts: string][] = [
  ['pdf', '25504446'],
  ['png', '89504e47'],
  ['jpg', 'ffd8ff'],
  ['gif', '47494638'],
]

function typeOf(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, 4).toString('hex')
  return SIGNATURES.find(([, signature]) => start.startsWith(signature))?.[0]
}
