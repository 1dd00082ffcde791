import { createHash } from 'node:crypto'
import type { Answer, Body } from '../answer.ts'

/** More calls than wait at any time; what is forgotten is asked about again. */
const MAX_REMEMBERED = 500

/**
 * What the hook knows and the call that follows it needs. OpenClaw registers a plugin more than once, so it is apart
 * from what one registration makes. None of it opens anything: the hub alone decides what is sent.
 */
export interface Memory {
  /** What a call is answered without being made, by call. */
  answers: Bounded<Answer>
  /** Until when a person is being asked, in milliseconds since the epoch, by confirmation. */
  asked: Bounded<number>
  /** Settled once the hub has been told what the person said, or could not be, by confirmation. */
  told: Bounded<Promise<void>>
  /** What a person said in a chat, by confirmation. */
  said: Bounded<'yes' | 'no'>
  /** The confirmation that waits for the same write of the same session. */
  waiting: Bounded<string>
  /** Confirmations whose link was given to the model. */
  handedOut: Bounded<true>
  /** Until when a session is known to have nobody who can be asked, in milliseconds since the epoch. */
  unaskable: Bounded<number>
  /** Tools that only read: they need no preview. */
  reads: Bounded<true>
  /** The owner of the hub may have kept chat approvals from this device. */
  mayAttest: boolean
}

export function createMemory(): Memory {
  return {
    answers: new Bounded(),
    asked: new Bounded(),
    told: new Bounded(),
    said: new Bounded(),
    waiting: new Bounded(),
    handedOut: new Bounded(),
    unaskable: new Bounded(),
    reads: new Bounded(),
    mayAttest: true,
  }
}

export class Bounded<Value> {
  readonly #entries = new Map<string, Value>()

  get(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > MAX_REMEMBERED && oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  take(key: string): Value | undefined {
    const value = this.#entries.get(key)
    this.#entries.delete(key)
    return value
  }
}

/** One call of the model. Ids of calls need not be unique, so what is called is part of it. */
export function callKey(callId: string | undefined, params: Body): string {
  return hash([callId ?? '', params])
}

/** The same write of the same session, however often it is called. */
export function writeKey(
  session: string | undefined,
  { tool, params, arguments: alias, connection }: Body,
): string {
  return hash([session ?? '', tool, params ?? alias ?? {}, connection ?? null])
}

function hash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('base64url')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
