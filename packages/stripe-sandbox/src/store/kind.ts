import type { Json, JsonObject } from './json.ts'
import type { Row, Stored } from './table.ts'

/** What a formatter may look at besides the entity itself. */
export interface View {
  /** The sandbox's clock, in seconds since the epoch. */
  readonly now: number
  readonly livemode: boolean
  readonly accountId: string
  /** Where the request reached the sandbox, for the addresses of its pages: `http://127.0.0.1:12111`. */
  readonly baseUrl: string
  get<E extends Stored>(kind: Kind<E>, id: string): E | undefined
  /** Oldest first; with `field`, the entities whose indexed field has this value. */
  rows<E extends Stored>(kind: Kind<E>, field?: keyof E & string, value?: string): readonly Row<E>[]
}

/** One sort of object that the sandbox keeps: its table, its ids and its shape on the wire. */
export interface Kind<E extends Stored> {
  /** The table's name, in memory and in the journal. */
  table: string
  /** The name of the object's type in the definitions: `Customer`. */
  type: string
  /** `cus_`; absent where the ids are not of Stripe's making (idempotency keys). */
  prefix?: string
  idLength?: number
  /** The member that refers to it by ids that clients may choose, which have no prefix to go by: `coupon`. */
  customIdsIn?: string
  /** As in "No such customer: 'cus_1'". */
  noun?: string
  /** Added to "No such …" where Stripe says more. */
  missingHint?: string
  /** Fields that lists filter by. */
  indexes: readonly (keyof E & string)[]
  format(entity: E, view: View): JsonObject
  /** Deleted objects stay readable by id and leave the lists. */
  isDeleted?(entity: E): boolean
  /** Members that are absent until a request expands them. */
  includes?: Record<string, (entity: E, view: View) => Json>
}
