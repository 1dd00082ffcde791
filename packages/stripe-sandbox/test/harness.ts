import { findOperation, loadDefinitions, validate } from '@clawlink/stripe-definitions'
import type { Definitions, JsonSchema, OperationResult } from '@clawlink/stripe-definitions'
import { Stripe } from 'stripe'
import { afterEach, expect } from 'vitest'
import { createSandbox } from '../src/index.ts'
import type { Sandbox, SandboxOptions } from '../src/index.ts'
import { DROPPED } from '../src/wire/exchange.ts'
import type { Handler } from '../src/wire/exchange.ts'
import { withUndocumented } from '../src/wire/operations.ts'
import { listen } from '../src/server.ts'

/** Where the tests' clock starts: 2026-11-01T12:00:00Z. */
export const START_SECONDS = 1_793_534_400

export const RETURN_URL = 'https://example.com/done'

export interface TestSandbox {
  sandbox: Sandbox
  /** The official SDK with the key `sk_test_alice`, without retries of its own. */
  stripe: Stripe
  client: (key: string, options?: Stripe.StripeConfig) => Stripe
  url: string
  /** Moves the sandbox's clock. */
  advance: (seconds: number) => void
  /** A request as curl would send it. */
  request: (
    method: string,
    path: string,
    init?: { body?: string; key?: string; headers?: Record<string, string> },
  ) => Promise<Answer>
}

export interface Answer {
  status: number
  headers: Headers
  /** Parsed JSON; tests look into it freely. */
  body: { [name: string]: unknown; error?: Record<string, unknown> }
  text: string
}

const opened: (() => Promise<void>)[] = []
const violations: string[] = []

afterEach(async () => {
  for (const close of opened.splice(0)) await close()
  const found = violations.splice(0)
  expect(found, 'answers that do not conform to the object types').toEqual([])
})

/** A sandbox behind a real socket, each answer checked against the definitions; closed after the test. */
export async function startSandbox(options: SandboxOptions = {}): Promise<TestSandbox> {
  const definitions = withUndocumented(await loadDefinitions())
  let seconds = START_SECONDS
  const sandbox = await createSandbox({ seed: 7, now: () => seconds * 1000, ...options })
  const server = await listen(
    conforming(definitions, (request) => sandbox.handle(request)),
    0,
    '127.0.0.1',
  )
  opened.push(async () => {
    await server.close()
    await sandbox.close()
  })
  const client = (key: string, config: Stripe.StripeConfig = {}) => sdk(server.port, key, config)
  return {
    sandbox,
    stripe: client('sk_test_alice'),
    client,
    url: server.url,
    advance: (by) => {
      seconds += by
    },
    async request(method, path, { body, key = 'sk_test_alice', headers = {} } = {}) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: JSON.parse(text) as Answer['body'],
      }
    },
  }
}

export function sdk(port: number, key: string, config: Stripe.StripeConfig = {}): Stripe {
  return new Stripe(key, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    ...config,
  })
}

/** The StripeError that a call must fail with. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof Stripe.errors.StripeError) return outcome
  throw new Error(`expected a refusal, got ${String(outcome)}`)
}

/** The id of a member that may have been expanded. */
export function idOf(member: string | { id: string } | null | undefined): string {
  return typeof member === 'string' ? member : (member?.id ?? '')
}

/** A payment that has succeeded, with its charge. */
export async function pay(stripe: Stripe, params: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  const intent = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: RETURN_URL,
    expand: ['latest_charge'],
    ...params,
  })
  const charge = intent.latest_charge
  if (charge === null || typeof charge === 'string') throw new Error('the payment has no charge')
  return { intent, charge }
}

function conforming(definitions: Definitions, answer: Handler): Handler {
  return async (request) => {
    const { pathname } = request.url
    const answered = await answer(request)
    // What a fault has cut off is no answer, the sandbox's own calls are none of Stripe's, and OAuth has
    // a shape of its own.
    if (answered === DROPPED || answered.truncated || /^\/(_sandbox|(v1\/)?oauth)\//.test(pathname))
      return answered
    const { status, headers } = answered
    // Pages are for people.
    if (headers['content-type']?.startsWith('application/json') !== true) return answered
    const body: unknown = JSON.parse(String(answered.body))
    const operation = findOperation(definitions, request.method, pathname)?.operation
    // An older version answers with members that the present types no longer have.
    const strictObjects = headers['stripe-version'] === definitions.apiVersion
    const schema = status < 300 && operation ? schemaOf(operation.result) : errorSchema
    for (const { path, message } of validate(definitions, schema, body, { strictObjects })) {
      violations.push(`${request.method} ${pathname}: ${path} ${message}`)
    }
    for (const header of ['request-id', 'stripe-version']) {
      if (!(header in headers)) violations.push(`${request.method} ${pathname}: no ${header}`)
    }
    return answered
  }
}

function schemaOf(result: OperationResult): JsonSchema {
  const types = [result.type, ...(result.alternatives ?? [])].map((type) => ({ $ref: `#/objects/${type}` }))
  const one: JsonSchema = types.length === 1 && types[0] ? types[0] : { anyOf: types }
  if (result.kind === 'object') return one
  if (result.kind === 'search') {
    return {
      type: 'object',
      properties: {
        object: { type: 'string', const: 'search_result' },
        data: { type: 'array', items: one },
        has_more: { type: 'boolean' },
        next_page: { type: ['string', 'null'] },
        total_count: { type: 'integer' },
        url: { type: 'string' },
      },
      required: ['object', 'data', 'has_more', 'next_page', 'url'],
      additionalProperties: false,
    }
  }
  return {
    type: 'object',
    properties: {
      object: { type: 'string', const: 'list' },
      data: { type: 'array', items: one },
      has_more: { type: 'boolean' },
      url: { type: 'string' },
    },
    required: ['object', 'data', 'has_more', 'url'],
    additionalProperties: false,
  }
}

const errorSchema: JsonSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        type: {
          type: 'string',
          enum: ['api_error', 'card_error', 'idempotency_error', 'invalid_request_error'],
        },
        message: { type: 'string' },
      },
      required: ['type', 'message'],
      additionalProperties: {},
    },
  },
  required: ['error'],
  additionalProperties: false,
}
