import type { JsonSchema, Operation } from '@clawlink/stripe-definitions'
import { isJsonObject } from '../store/json.ts'
import type { Json, JsonObject } from '../store/json.ts'
import { invalidRequest } from './errors.ts'

/** The version whose shapes the sandbox answers in. */
export const API_VERSION = '2026-10-28.endive'

/** A date, since 2024 a release name, and the betas that a client takes part in. */
const VERSION = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?(; ?[a-z0-9_]+=v\d+)*$/

/** Parameters that an older version still takes, by operation; everything else comes from the pinned version. */
const olderParams: Record<string, { before: string; name: string; schema: JsonSchema }[]> = {
  'paymentIntents.create': [methodTypes()],
  'paymentIntents.update': [methodTypes()],
  'paymentIntents.confirm': [methodTypes()],
}

function methodTypes() {
  const schema: JsonSchema = { type: 'array', items: { type: 'string' } }
  return { before: '2026-09-30', name: 'payment_method_types', schema }
}

/** @throws StripeError 400 when the header is not a version */
export function requestedVersion(headers: Headers): string {
  const version = headers.get('stripe-version')
  if (version === null) return API_VERSION
  if (!VERSION.test(version))
    throw invalidRequest(`Invalid Stripe API version: ${version}`, { stored: false })
  return version
}

/** What the answer's own header says: the requested version, or ours where that was none. */
export function versionToEcho(headers: Headers): string {
  const version = headers.get('stripe-version')
  return version !== null && VERSION.test(version) ? version : API_VERSION
}

/** The operation's parameters as they were in the requested version. */
export function paramsInVersion(operation: Operation, version: string): JsonSchema {
  const added = olderParams[operation.id]?.filter((param) => version < param.before) ?? []
  if (added.length === 0) return operation.params
  const properties = { ...operation.params.properties }
  for (const { name, schema } of added) properties[name] = schema
  return { ...operation.params, properties }
}

/** Until then payments and charges named their invoice themselves. */
const INVOICE_UNTIL = '2025-03-31'

/** The answer as a client of the requested version expects it. */
export function inVersion(version: string, answer: JsonObject): JsonObject {
  return version < INVOICE_UNTIL ? (withInvoice(answer) as JsonObject) : answer
}

function withInvoice(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withInvoice)
  if (!isJsonObject(value)) return value
  const members = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withInvoice(member)]),
  )
  return value.object === 'charge' || value.object === 'payment_intent'
    ? { ...members, invoice: null }
    : members
}
