import type { JsonSchema } from '@clawlink/stripe-definitions'
import type { Page } from './pages/page.ts'
import type { JsonObject } from './store/json.ts'
import type { Kind } from './store/kind.ts'
import type { Transaction } from './store/transaction.ts'
import type { KeyIdentity } from './wire/auth.ts'
import type { StripeError } from './wire/errors.ts'
import type { Upload } from './wire/upload.ts'

/** One request to one operation; `params` have been read by the operation's own schema. */
export interface Call<P> {
  tx: Transaction
  /** The path's own parameter; empty where the path has none. */
  id: string
  /** All parameters of the path by name. */
  path: Readonly<Record<string, string>>
  params: P
  /** `/v1/customers`, for lists to repeat. */
  url: string
  key: KeyIdentity
  /** What came with a multipart body. */
  upload?: Upload
}

/** A refusal that has an effect all the same: a declined card leaves a failed charge behind. */
export interface Refusal {
  refused: StripeError
}

export type Answer = JsonObject | Refusal

export interface Route<P = never> {
  /** Operation id of the definitions: method, path and parameters come from there. */
  operation: string
  /** The parameters that do something here. Others that Stripe has are refused with 501, not ignored. */
  supports: readonly string[]
  /** What is taken here besides what the definitions know. */
  widen?(params: JsonSchema): JsonSchema
  /** Runs to its end synchronously. What it throws undoes all its changes. */
  handle(call: Call<P>): Answer
}

/** What one folder adds to the sandbox. */
export interface Family {
  kinds: readonly Kind<never>[]
  routes: readonly Route[]
  /** What people open in a browser. */
  pages?: readonly Page[]
}

/** Writes a route with its parameters typed; the schema has checked that they are of these types. */
export function route<P>(
  operation: string,
  supports: readonly (keyof P & string)[],
  handle: (call: Call<P>) => Answer,
): Route {
  return { operation, supports, handle }
}

export function isRefusal(answer: Answer): answer is Refusal {
  return 'refused' in answer
}
