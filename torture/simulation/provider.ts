import type { Params, WireAnswer, WireRequest } from '../../packages/hub/src/integrations/define.ts'

/** A write that was carried out: the ledger is what really happened. */
export interface Effect {
  at: number
  method: string
  path: string
  body: string
  /** Absent for what others did, and for DELETE. */
  key: string | undefined
  /** Done by others than the hub: by hand, say. */
  byOthers: boolean
}

/** How a request is carried out, once it has arrived. */
export type Execution =
  | 'normal'
  /** It fails inside, and that answer is stored: before it did anything, or after it did all. */
  | 'stored_500_before'
  | 'stored_500_after'
  /** Somebody has used this key before, for something else. */
  | 'key_taken'
  /** The answer says that it happened in the other mode. */
  | 'foreign'

interface Stored {
  request: string
  answer: WireAnswer
  at: number
}

interface Customer {
  id: string
  name: string
}

interface Charge {
  id: string
  amount: number
  refunded: number
}

const KEPT_MS = 24 * 60 * 60 * 1000

/** An account at a small Stripe: its objects, events, idempotency keys, and a ledger of everything that happened. */
export class Provider {
  readonly ledger: Effect[] = []
  readonly #customers = new Map<string, Customer>()
  readonly #charges = new Map<string, Charge>()
  readonly #refunds = new Map<string, Params>()
  readonly #events: Params[] = []
  readonly #stored = new Map<string, Stored>()
  readonly #inProgress = new Set<string>()
  #count = 0

  addCustomer(id: string, name: string): void {
    this.#customers.set(id, { id, name })
  }

  addCharge(id: string, amount: number): void {
    this.#charges.set(id, { id, amount, refunded: 0 })
  }

  hasCustomer(id: string): boolean {
    return this.#customers.has(id)
  }

  /** The first half of a write: an answer that is known at once, or the right to go on. */
  begin(request: WireRequest, key: string | undefined, now: number): WireAnswer | 'goes_on' {
    if (key === undefined) return 'goes_on'
    if (this.#inProgress.has(key)) return refusal(409, 'idempotency_error', 'idempotency_key_in_use')
    const stored = this.#stored.get(key)
    if (stored !== undefined && now - stored.at < KEPT_MS) {
      return stored.request === bytesOf(request)
        ? { ...stored.answer, ...(stored.answer.kind === 'answer' ? { replayed: true } : {}) }
        : refusal(400, 'idempotency_error', undefined)
    }
    this.#inProgress.add(key)
    return 'goes_on'
  }

  /** The second half: what happens, and the answer. */
  finish(request: WireRequest, key: string | undefined, now: number, how: Execution): WireAnswer {
    if (key !== undefined) this.#inProgress.delete(key)
    if (how === 'key_taken' && key !== undefined) {
      this.#stored.set(key, { request: 'something else', answer: ok({}), at: now })
      return refusal(400, 'idempotency_error', undefined)
    }
    if (how === 'stored_500_before') return this.#store(request, key, now, broken())
    const answer = this.#execute(request, key, now)
    if (how === 'stored_500_after') return this.#store(request, key, now, broken())
    if (how === 'foreign' && answer.kind === 'answer' && answer.status === 200)
      return this.#store(request, key, now, ok({ ...(answer.body as Params), livemode: true }))
    return this.#store(request, key, now, answer)
  }

  read(request: WireRequest): WireAnswer {
    const [path = '', query = ''] = request.path.split('?')
    const [, , kind = '', id = ''] = path.split('/')
    if (kind === 'events') return this.#listEvents(new URLSearchParams(query))
    const found = this.#object(kind, id)
    if (found !== undefined) return ok(found)
    return refusal(404, 'invalid_request_error', 'resource_missing', `No such ${kind.slice(0, -1)}: '${id}'`)
  }

  /** Somebody does something by hand. */
  actByOthers(request: WireRequest, now: number): void {
    this.#execute(request, undefined, now, true)
  }

  #store(request: WireRequest, key: string | undefined, now: number, answer: WireAnswer): WireAnswer {
    if (key !== undefined) this.#stored.set(key, { request: bytesOf(request), answer, at: now })
    return answer
  }

  #execute(request: WireRequest, key: string | undefined, now: number, byOthers = false): WireAnswer {
    const [, , kind = '', id = ''] = request.path.split('/')
    const params = new URLSearchParams(request.body)
    const happened = (type: string, object: Params): WireAnswer => {
      this.ledger.push({ at: now, ...request, key, byOthers })
      this.#emit(type, object, key, now)
      return ok(object)
    }
    if (kind === 'refunds') {
      const charge = this.#charges.get(params.get('charge') ?? '')
      const amount = Number(params.get('amount'))
      if (charge === undefined) return refusal(404, 'invalid_request_error', 'resource_missing')
      if (amount > charge.amount - charge.refunded)
        return refusal(400, 'invalid_request_error', 'charge_already_refunded')
      charge.refunded += amount
      const refund = { object: 'refund', id: this.#newId('re'), amount, charge: charge.id, livemode: false }
      this.#refunds.set(refund.id, refund)
      return happened('refund.created', refund)
    }
    const customer = this.#customers.get(id)
    if (customer === undefined) return refusal(404, 'invalid_request_error', 'resource_missing')
    if (request.method === 'DELETE') {
      this.#customers.delete(id)
      return happened('customer.deleted', { object: 'customer', id, deleted: true })
    }
    const name = params.get('name') ?? ''
    const isChange = customer.name !== name
    customer.name = name
    const object = customerObject(customer)
    if (isChange) return happened('customer.updated', object)
    this.ledger.push({ at: now, ...request, key, byOthers })
    return ok(object)
  }

  #object(kind: string, id: string): Params | undefined {
    if (kind === 'refunds') return this.#refunds.get(id)
    if (kind === 'charges') {
      const charge = this.#charges.get(id)
      return charge && { object: 'charge', id, amount: charge.amount, amount_refunded: charge.refunded }
    }
    const customer = this.#customers.get(id)
    return customer && customerObject(customer)
  }

  #emit(type: string, object: Params, key: string | undefined, now: number): void {
    this.#events.unshift({
      object: 'event',
      id: this.#newId('evt'),
      type,
      created: Math.floor(now / 1000),
      request: { id: this.#newId('req'), idempotency_key: key ?? null },
      data: { object: { ...object } },
    })
  }

  #listEvents(query: URLSearchParams): WireAnswer {
    const types = [...query].filter(([name]) => name.startsWith('types')).map(([, type]) => type)
    const from = Number(query.get('created[gte]') ?? 0)
    const all = this.#events.filter(
      (event) =>
        Number(event['created']) >= from && (types.length === 0 || types.includes(String(event['type']))),
    )
    return ok({ object: 'list', data: all, has_more: false })
  }

  #newId(prefix: string): string {
    this.#count += 1
    return `${prefix}_${this.#count}`
  }
}

function customerObject({ id, name }: Customer): Params {
  return { object: 'customer', id, name, livemode: false }
}

function bytesOf({ method, path, body }: WireRequest): string {
  return `${method} ${path}\n${body}`
}

export function ok(body: Params): WireAnswer {
  return answerOf(200, body)
}

export function refusal(status: number, type: string, code: string | undefined, message = 'No.'): WireAnswer {
  return answerOf(status, { error: { type, message, ...(code === undefined ? {} : { code }) } })
}

function broken(): WireAnswer {
  return answerOf(500, { error: { type: 'api_error', message: 'An unknown error occurred' } })
}

export function answerOf(
  status: number,
  body: unknown,
  more: { shouldRetry?: boolean; retryAfterSeconds?: number } = {},
): WireAnswer {
  return {
    kind: 'answer',
    status,
    body,
    requestId: 'req_0',
    replayed: false,
    shouldRetry: more.shouldRetry,
    retryAfterSeconds: more.retryAfterSeconds,
  }
}
