export type JsonType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

/** The subset of JSON Schema 2020-12 that the definitions use, plus two `x-` keywords. */
export interface JsonSchema {
  /** A list means "one of these"; `['string', 'null']` is a nullable string. */
  type?: JsonType | JsonType[]
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  /** `false` on params; a schema on maps such as metadata; absent on objects that Stripe returns. */
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  enum?: (string | number | boolean | null)[]
  const?: string | number | boolean | null
  anyOf?: JsonSchema[]
  /** `#/objects/Customer` */
  $ref?: string
  /** The object type that this id becomes when a request expands it. */
  'x-expandable'?: string
  /** `enum` lists what was known when the package was released; other strings are fine. */
  'x-open-enum'?: boolean
}

export interface Operation {
  /** Unique and stable: the accessor path on the Stripe client and the method, `customers.create`. */
  id: string
  method: 'GET' | 'POST' | 'DELETE'
  /** `/v1/customers/{id}` */
  path: string
  /** In the order in which they stand in the path. */
  pathParams: string[]
  description: string
  /** Query or body; never holds path params. */
  params: JsonSchema
  result: OperationResult
  /** Present where the request does not go to api.stripe.com. */
  host?: 'files' | 'meter_events'
}

export interface OperationResult {
  kind: 'object' | 'list' | 'search'
  /** A name in `Definitions.objects`; of the elements, for lists and searches. */
  type: string
  /** What else may come back: a deleted customer where a customer was asked for. */
  alternatives?: string[]
}

export interface Definitions {
  stripeVersion: string
  apiVersion: string
  /** Sorted by id. */
  operations: Operation[]
  /** By name as the package spells it: `Customer`, `Charge.PaymentMethodDetails`, `Checkout.Session`. */
  objects: Record<string, JsonSchema>
}
