import { events } from '../events/event.ts'
import type { EventEntity } from '../events/event.ts'
import { previousAttributes } from '../events/previous-attributes.ts'
import { deliveries, deliveriesFor } from '../webhooks/delivery.ts'
import { tableOf } from './account.ts'
import type { AccountState } from './account.ts'
import { idOf } from './ids.ts'
import type { IdSource } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { Kind, View } from './kind.ts'
import type { Row, Stored } from './table.ts'

/** Who caused a change; events carry it. */
export interface Origin {
  requestId: string | null
  idempotencyKey: string | null
  /** The sandbox's own address, as this request saw it. */
  baseUrl?: string
}

/** For work that no request caused. */
const DEFAULT_BASE_URL = 'http://127.0.0.1:12111'

/** What a transaction changed, ready for the journal. */
export interface Changes {
  account: string
  sequence: number
  writes: [table: string, entity: Stored][]
}

/**
 * One synchronous piece of work on one account: reads, writes, new ids and events. Writes are visible at once
 * and are undone by `rollback`, so that an error leaves nothing changed.
 */
export class Transaction implements View {
  readonly account: AccountState
  now: number
  readonly #newId: IdSource
  readonly #origin: Origin
  readonly #undo: (() => void)[] = []
  readonly #written = new Map<string, [table: string, entity: Stored]>()
  readonly #sequenceBefore: number

  constructor(account: AccountState, now: number, newId: IdSource, origin: Origin) {
    this.account = account
    this.now = now
    this.#newId = newId
    this.#origin = origin
    this.#sequenceBefore = account.sequence
  }

  get livemode(): boolean {
    return this.account.livemode
  }

  get accountId(): string {
    return this.account.id
  }

  get baseUrl(): string {
    return this.#origin.baseUrl ?? DEFAULT_BASE_URL
  }

  get<E extends Stored>(kind: Kind<E>, id: string): E | undefined {
    return tableOf(this.account, kind).get(id)?.entity
  }

  row<E extends Stored>(kind: Kind<E>, id: string): Row<E> | undefined {
    return tableOf(this.account, kind).get(id)
  }

  rows<E extends Stored>(kind: Kind<E>, field?: keyof E & string, value?: string): readonly Row<E>[] {
    const table = tableOf(this.account, kind)
    return field === undefined ? table.all() : table.where(field, value)
  }

  put<E extends Stored>(kind: Kind<E>, entity: E): E {
    const table = tableOf(this.account, kind)
    const previous = table.get(entity.id)
    table.put(entity)
    this.#undo.push(() => (previous ? table.put(previous.entity) : table.remove(entity.id)))
    this.#written.set(`${kind.table} ${entity.id}`, [kind.table, entity])
    return entity
  }

  newId(kind: Kind<never>): string {
    return `${kind.prefix ?? ''}${this.token(kind.idLength ?? 24)}`
  }

  /** Letters and digits, for client secrets and fingerprints. */
  token(length: number): string {
    return this.#newId(`${this.account.id} ${++this.account.sequence}`, length)
  }

  /** The same for the same card in one account, also after a restart, and of no use to find the number. */
  fingerprint(of: string): string {
    return idOf(`${this.account.keyHash} ${this.account.id} fingerprint ${of}`, 16)
  }

  /** Records that something happened to an object; the snapshot is the object as it is now. */
  emit<E extends Stored>(type: string, kind: Kind<E>, entity: E): void {
    this.#record(type, kind.format(entity, this), undefined)
  }

  /**
   * Stores a changed entity and records the event with what the members were before.
   *
   * @param was how it looked, where parts that are kept elsewhere have changed already
   */
  update<E extends Stored>(type: string, kind: Kind<E>, entity: E, was?: JsonObject): E {
    const before = this.get(kind, entity.id)
    const old = was ?? (before && kind.format(before, this))
    this.put(kind, entity)
    const now = kind.format(entity, this)
    const previous = old && previousAttributes(old, now)
    // A change that changes nothing is no event.
    if (!previous || Object.keys(previous).length > 0) this.#record(type, now, previous)
    return entity
  }

  #record(type: string, object: JsonObject, previous: JsonObject | undefined): void {
    const event: EventEntity = {
      id: this.newId(events),
      type,
      created: this.now,
      data: previous === undefined ? { object } : { object, previous_attributes: previous },
      request: { id: this.#origin.requestId, idempotency_key: this.#origin.idempotencyKey },
    }
    this.put(events, event)
    for (const delivery of deliveriesFor(this, event)) this.put(deliveries, delivery)
  }

  /** Everything written since the start, each entity once, or nothing. */
  changes(): Changes | undefined {
    if (this.#written.size === 0 && this.account.sequence === this.#sequenceBefore) return undefined
    return { account: this.account.id, sequence: this.account.sequence, writes: [...this.#written.values()] }
  }

  rollback(): void {
    for (const undo of this.#undo.reverse()) undo()
    this.#undo.length = 0
    this.#written.clear()
    this.account.sequence = this.#sequenceBefore
  }
}
