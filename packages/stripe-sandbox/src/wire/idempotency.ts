import { hash } from 'node:crypto'
import type { Kind } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import { StripeError, invalidRequest } from './errors.ts'
import type { HeaderReader } from './exchange.ts'
import type { FormObject, FormValue } from './form.ts'

/** The stored answer to the first request with a key. Journalled in the same line as what the request did. */
export interface IdempotencyRecord {
  /** The key as the client sent it. */
  id: string
  path: string
  paramsHash: string
  status: number
  body: string
  /** Seconds since the epoch. */
  created: number
  requestId: string
}

export const idempotencyRecords: Kind<IdempotencyRecord> = {
  table: 'idempotency',
  type: 'IdempotencyRecord',
  indexes: [],
  format: () => ({}),
}

/** Stripe keeps keys for at least 24 hours. */
const KEPT_SECONDS = 24 * 60 * 60
const MAX_KEY_CHARACTERS = 255

export function isKept(record: IdempotencyRecord, nowSeconds: number): boolean {
  return nowSeconds - record.created < KEPT_SECONDS
}

/** GET and DELETE are idempotent by themselves: Stripe ignores their keys. */
export function readIdempotencyKey(method: string, headers: HeaderReader): string | undefined {
  const key = headers.get('idempotency-key')
  if (method !== 'POST' || key === null || key === '') return undefined
  if (key.length > MAX_KEY_CHARACTERS) {
    throw invalidRequest(
      `Idempotency keys can be at most ${MAX_KEY_CHARACTERS} characters long; yours has ${key.length}.`,
      { stored: false },
    )
  }
  return key
}

/** Requests that are being executed now, by account and key. */
export interface InFlight {
  /** @throws StripeError 409 while another request with this key is being executed */
  claim(keyHash: string, idempotencyKey: string): { release(): void }
}

export function createInFlight(): InFlight {
  const claimed = new Set<string>()
  return {
    claim(keyHash, idempotencyKey) {
      const name = `${keyHash} ${idempotencyKey}`
      if (claimed.has(name)) throw inUse(idempotencyKey)
      claimed.add(name)
      return { release: () => claimed.delete(name) }
    },
  }
}

/**
 * The stored answer for this key, if there is one.
 *
 * @throws StripeError 400 `idempotency_error` when the key was first used for another endpoint or other parameters
 */
export function storedAnswer(
  tx: Transaction,
  request: { key: string; path: string; paramsHash: string },
): IdempotencyRecord | undefined {
  const { key } = request
  const record = tx.get(idempotencyRecords, key)
  if (!record || !isKept(record, tx.now)) return undefined
  if (record.path !== request.path) {
    throw idempotencyError(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ` +
        `('${request.path}' vs '${record.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    )
  }
  if (record.paramsHash !== request.paramsHash) {
    throw idempotencyError(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ` +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    )
  }
  return record
}

/** The order of the fields does not matter: the same parameters hash equal. */
export function hashParams(form: FormObject): string {
  return hash('sha256', JSON.stringify(sorted(form)))
}

function sorted(value: FormValue): unknown {
  if (typeof value === 'string') return value
  return Object.keys(value)
    .sort()
    .map((name) => [name, sorted(value[name] ?? '')])
}

function idempotencyError(message: string): StripeError {
  return new StripeError('idempotency_error', message, { stored: false })
}

function inUse(key: string): StripeError {
  return new StripeError(
    'idempotency_error',
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted ` +
      `twice, and the other request is still going through): ${key}. Please try again later.`,
    { status: 409, code: 'idempotency_key_in_use', stored: false },
  )
}
