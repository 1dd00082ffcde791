import {
  findOperation,
  type Definitions,
  type JsonSchema,
  type Operation,
} from '@clawlink/stripe-definitions'
import type { Params, WireRequest } from '../../define.ts'
import { invalid } from '../check-params.ts'
import { isObject } from '../json.ts'
import { decodeForm, encodeForm } from './form.ts'

/** POSTs that change nothing: they calculate, and what they answer is kept nowhere. */
export const READ_ONLY_POSTS: ReadonlySet<string> = new Set(['invoices.createPreview'])

export function isRead(operation: Operation): boolean {
  return operation.method === 'GET' || READ_ONLY_POSTS.has(operation.id)
}

/** One operation's exact bytes: path params filled in, the rest in the query or the body. */
export function encodeRequest(operation: Operation, params: Params): WireRequest {
  const rest = { ...params }
  let path = operation.path
  for (const name of operation.pathParams) {
    const id = rest[name]
    // An id with a slash or a dot could reach another path.
    if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,255}$/.test(id)) {
      throw invalid(`"${name}" is not an id.`, [
        { path: name, rule: 'type', message: 'ids hold letters, digits, _ and -' },
      ])
    }
    path = path.replace(`{${name}}`, id)
    delete rest[name]
  }
  if (operation.method === 'POST') return { method: 'POST', path, body: bodyOf(path, rest) }
  const query = encodeForm(rest)
  return { method: operation.method, path: query === '' ? path : `${path}?${query}`, body: '' }
}

/** Reads the bytes back: which operation they are, and what its params say, by the operation's own names. */
export function decodeRequest(
  definitions: Definitions,
  request: WireRequest,
  schemaOf: (operation: Operation) => JsonSchema,
): { operation: Operation; params: Params } {
  const [pathname = '', query = ''] = request.path.split('?')
  const found = findOperation(definitions, request.method, pathname)
  if (found === undefined) throw new Error(`${request.method} ${pathname} is no operation`)
  const { operation, pathParams } = found
  const params =
    request.method === 'POST' && speaksJson(pathname)
      ? objectOf(request.body)
      : decodeForm(request.method === 'POST' ? request.body : query, schemaOf(operation))
  return { operation, params: { ...pathParams, ...params } }
}

/** The second version of Stripe's API takes JSON where the first takes forms. */
export function speaksJson(path: string): boolean {
  return path.startsWith('/v2/')
}

function bodyOf(path: string, params: Params): string {
  return speaksJson(path) ? JSON.stringify(params) : encodeForm(params)
}

function objectOf(body: string): Params {
  const value: unknown = JSON.parse(body)
  if (!isObject(value)) throw new Error('the body is not an object')
  return value
}
