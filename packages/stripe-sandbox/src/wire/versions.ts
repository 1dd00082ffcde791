import type { JsonSchema, Operation } from '@clawlink/stripe-definitions'
import type { Json } from '../store/json.ts'
import { invalidRequest, missingParam } from './errors.ts'
import type { HeaderReader } from './exchange.ts'

/** The version whose shapes the sandbox answers in. */
export const API_VERSION = '2026-10-28.endive'

/** A date, since 2024 a release name, and the betas that a client takes part in. */
const VERSION = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?(; ?[a-z0-9_]+=v\d+)*$/

interface OlderParam {
  /** The first version that does not take it any more. */
  before: string
  name: string
  /** From the present one, where only a part of it was different. */
  schema: JsonSchema | ((present: JsonSchema | undefined) => JsonSchema)
  /** What stands for it today; absent where the operation understands it itself. */
  becomes?: { name: string; value: (given: Json) => Json }
}

/** Parameters that an older version still takes, by operation; everything else comes from the pinned version. */
const olderParams: Record<string, OlderParam[]> = {
  'creditNotes.create': [text('2025-03-31', 'refund', 'refunds', (refund) => [{ refund }])],
  'invoiceItems.create': [text('2025-03-31', 'price', 'pricing', (price) => ({ price }))],
  'invoiceItems.update': [text('2025-03-31', 'price', 'pricing', (price) => ({ price }))],
  'promotionCodes.create': [
    text('2025-09-30', 'coupon', 'promotion', (coupon) => ({ type: 'coupon', coupon })),
  ],
  'customers.create': [customerCoupon()],
  'customers.update': [customerCoupon()],
  'paymentIntents.create': [methodTypes()],
  'paymentIntents.update': [methodTypes()],
  'paymentIntents.confirm': [methodTypes()],
  'checkout.sessions.create': [methodTypes()],
  'setupIntents.create': [methodTypes()],
  'setupIntents.update': [methodTypes()],
  'setupIntents.confirm': [methodTypes()],
  'subscriptionSchedules.create': [iterations()],
  'subscriptionSchedules.update': [iterations()],
}

/** What a parameter that is not given meant, by operation, until the version. */
const olderDefaults: Record<string, { before: string; name: string; value: Json }[]> = {
  'paymentIntents.create': [cardsOnly()],
  'setupIntents.create': [cardsOnly()],
}

/** Methods that redirect were only offered to those who asked. */
function cardsOnly() {
  return { before: '2023-08-16', name: 'automatic_payment_methods', value: { enabled: false } }
}

function customerCoupon(): OlderParam {
  return { before: '2025-03-31', name: 'coupon', schema: { type: 'string' } }
}

/** Phases lasted a number of the price's cycles; since clover they have a duration. */
function iterations(): OlderParam {
  const schema = (present: JsonSchema | undefined): JsonSchema => ({
    ...present,
    items: {
      ...present?.items,
      properties: { ...present?.items?.properties, iterations: { type: 'integer' } },
    },
  })
  return { before: '2025-09-30', name: 'phases', schema }
}

function methodTypes() {
  const schema: JsonSchema = { type: 'array', items: { type: 'string' } }
  return { before: '2026-09-30', name: 'payment_method_types', schema }
}

function text(before: string, name: string, today: string, value: (given: Json) => Json): OlderParam {
  return { before, name, schema: { type: 'string' }, becomes: { name: today, value } }
}

/** The version that the fixtures of `stripe trigger` were written for: the CLI sends none, and counts on an account's. */
const CLI_VERSION = '2022-11-15'

/** At Stripe the account has a default version; here it is the newest, but for the CLI. */
function defaultVersion(headers: HeaderReader): string {
  return headers.get('user-agent')?.includes('stripe-cli/') === true ? CLI_VERSION : API_VERSION
}

/** @throws StripeError 400 when the header is not a version */
export function requestedVersion(headers: HeaderReader): string {
  const version = headers.get('stripe-version')
  if (version === null) return defaultVersion(headers)
  if (!VERSION.test(version))
    throw invalidRequest(`Invalid Stripe API version: ${version}`, { stored: false })
  return version
}

/** What the answer's own header says: the requested version, or the one that stands in for it. */
export function versionToEcho(headers: HeaderReader): string {
  const version = headers.get('stripe-version')
  return version !== null && VERSION.test(version) ? version : defaultVersion(headers)
}

/** The operation's parameters as they were in the requested version. */
export function paramsInVersion(operation: Operation, version: string): JsonSchema {
  const added = olderParamsOf(operation, version)
  if (added.length === 0) return operation.params
  const properties = { ...operation.params.properties }
  for (const { name, schema } of added)
    properties[name] = typeof schema === 'function' ? schema(properties[name]) : schema
  // Either of the two names will do; `inPresentNames` sees that one was given.
  const required = operation.params.required?.filter(
    (name) => !added.some(({ becomes }) => becomes?.name === name),
  )
  return { ...operation.params, properties, ...(required ? { required } : {}) }
}

/**
 * The given parameters under the names of today.
 *
 * @throws StripeError 400 where neither the older nor the present name of a required parameter was given
 */
export function inPresentNames(
  operation: Operation,
  version: string,
  given: Record<string, Json>,
): Record<string, Json> {
  const params = { ...given }
  for (const { name, becomes } of olderParamsOf(operation, version)) {
    if (!becomes) continue
    const value = params[name]
    delete params[name]
    if (value !== undefined) params[becomes.name] = becomes.value(value)
    else if (params[becomes.name] === undefined && operation.params.required?.includes(becomes.name) === true)
      throw missingParam(name)
  }
  for (const { before, name, value } of olderDefaults[operation.id] ?? []) {
    if (version < before) params[name] ??= value
  }
  return params
}

function olderParamsOf(operation: Operation, version: string): OlderParam[] {
  return olderParams[operation.id]?.filter((param) => version < param.before) ?? []
}
