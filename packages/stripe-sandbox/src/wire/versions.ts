import type { JsonSchema, Operation } from '@clawlink/stripe-definitions'
import { invalidRequest } from './errors.ts'

/** The version whose shapes the sandbox answers in. */
export const API_VERSION = '2026-10-28.endive'

/** A date and, since 2024, a release name. */
const VERSION = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/

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
