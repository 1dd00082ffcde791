import type { JsonSchema } from '@clawlink/stripe-definitions'
import type { Effect, Mode } from '../contract/effects.ts'
import type { Money } from '../contract/money.ts'
import type { Problem } from '../contract/problem.ts'
import type { Secret } from '../contract/secret.ts'

export type Params = Record<string, unknown>

/** What a tool teaches the agent that is about to use it. */
export interface Guidance {
  whenToUse: string
  /** Questions to have answered by the user before calling. */
  askBefore: string[]
  safeDefaults: string[]
  examples: Array<{ title: string; params: Params }>
  followups: string[]
}

/** An operation agents can call, as every surface lists and describes it. */
export interface ToolCard {
  name: string
  integration: string
  group: string
  /** One line. */
  description: string
  mode: 'read' | 'write'
  effect: Effect
  guidance: Guidance
  /** One of the tools that this hub explains and lists; the others are found by search. */
  curated: boolean
  /** What holds between parameters, in sentences: "Exactly one of charge and payment_intent." */
  rules: string[]
  /** JSON Schema of the params. `full` has every parameter of the operation, else the ones most calls need. */
  schema(options: { full: boolean }): JsonSchema
}

/** The exact bytes of one request. `path` holds the query. */
export interface WireRequest {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  body: string
}

/** What came back from one wire attempt. */
export type WireAnswer =
  | {
      kind: 'answer'
      status: number
      body: unknown
      requestId: string | undefined
      /** The provider replayed the stored answer of an earlier attempt. */
      replayed: boolean
      shouldRetry: boolean | undefined
      retryAfterSeconds: number | undefined
    }
  | { kind: 'no_answer'; reason: string }

/** What an answer to a write means for its confirmation; the table is in docs/architecture.md. */
export type Verdict =
  | 'accepted' // it happened
  | 'rejected' // refused by the provider
  | 'busy' // not executed now: the same key and bytes again, later
  | 'lost' // nobody knows: the same key and bytes again
  | 'uncertain' // nobody knows, and sending again cannot tell
  | 'key_reused' // the key was used for other bytes: an integrity fault
  | 'foreign' // it happened in another account or mode than was approved: an integrity fault

/** Reads from the provider while a preview is made. Each read goes through the audit log. */
export type Read = (operation: string, params: Params) => Promise<Params>

/** One line of "before → after". `before` is null for what does not exist yet. */
export interface Change {
  what: string
  before: string | null
  after: string
  /** How to see afterwards that it came true; absent where nothing answers it, such as an e-mail. */
  check?: Check
}

/** A place in the answer of the write, or of the read that is named, and what stands there if the preview told the truth. */
export interface Check {
  read?: { operation: string; params: Params }
  /** `status`, `items.data.0.quantity`; an expanded object counts as its id. */
  path: string
  value: string | number | boolean | null
}

/** A write that was sent, and of which nobody knows whether it happened. */
export interface SentWrite {
  tool: string
  params: Params
  request: WireRequest
  facts: PlannedWrite['facts']
  changes: Change[]
  idempotencyKey: string
  /** Milliseconds since the epoch, like all that follow. */
  firstSentAt: number
  /** No byte of it left the hub after this. */
  quietSince: number
  now: number
}

/** What became of a sent write, as far as reading can tell. The texts are for the audit log and the person. */
export type Finding =
  | { kind: 'happened'; because: string; object: unknown; requestId?: string }
  /** `problem`: how the provider refused it, if that is known. */
  | { kind: 'did_not_happen'; because: string; problem?: Problem }
  /** It could still happen, or show: ask again later. */
  | { kind: 'too_early'; because: string }
  /** Asking again will not tell more. */
  | { kind: 'unprovable'; because: string }

/** What a write will do, told from the bytes that will be sent. */
export interface Description {
  /** One or two sentences that a person can judge. */
  summary: string
  changes: Change[]
  warnings: string[]
  /** What cannot be undone afterwards; empty when everything can. */
  irreversible: string
  /** Parameters that the summary and the changes do not already tell; shown literally. */
  alsoSends: Array<{ param: string; value: string }>
  /** Parameters that this hub does not know how to judge: they raise the needed assurance. */
  uninterpreted: string[]
}

/** What a write puts at stake, for the policy's caps and its list of places that people may be sent to. */
export interface Stakes {
  /** What moves or is given up; empty when no money does, `unknown` when the hub cannot tell how much. */
  money: Money[] | 'unknown'
  /** Whose money, or who is concerned; null when it is nobody, or the hub cannot tell. */
  customer: string | null
  /** Web addresses that people are sent to, as they are written in the request. */
  redirects: string[]
}

/** A write that is ready to be shown and approved. */
export interface PlannedWrite {
  request: WireRequest
  description: Description
  effect: Effect
  stakes: Stakes
  /** What the plan was made from: if it differs at the call, the preview was stale. */
  facts: Record<string, string | number | boolean | null>
}

/** The account behind a credential. */
export interface AccountFacts {
  account: string
  displayName: string
  mode: Mode
}

export interface CheckedParams {
  params: Params
  /** Amounts given with a currency: where, and which; the plan compares them with the object's own currency. */
  statedCurrencies: Record<string, string>
  /** What is allowed but unusual, such as a value that the provider's documentation does not list. */
  advice: string[]
}

export type View = 'compact' | 'full'

export interface Shape {
  view: View
  fields: string[] | undefined
}

/** A result for the agent, and the places of the secrets in it: client secrets, links that let their bearer in. */
export interface ShapedResult {
  result: unknown
  secrets: string[]
}

/** A provider the hub can work with: one folder that exports one of these, and one line in the registry. */
export interface Integration {
  id: string
  name: string
  apiVersion: string
  /** Changes whenever the meaning of a tool changes; travels with each intent. */
  catalogHash: string
  /** The curated tools, in the order in which they are listed. */
  tools: ToolCard[]
  /** Over all tools, curated ones first. */
  search(query: string, limit: number): ToolCard[]
  /** The card of any tool, curated or not; else a `tool_not_found` problem that suggests the nearest names. */
  tool(name: string): ToolCard
  /** Strict check: throws `invalid_params` or `card_number_refused` before anything is sent or logged. */
  checkParams(tool: ToolCard, params: Params): CheckedParams
  /** The one request of a read tool. */
  planRead(tool: ToolCard, params: Params): WireRequest
  planWrite(tool: ToolCard, checked: CheckedParams, read: Read): Promise<PlannedWrite>
  /** The request of a read that a plan makes. */
  encodeRead(operation: string, params: Params): WireRequest
  send(request: WireRequest, options: SendOptions): Promise<WireAnswer>
  /** No attempt takes longer: what has not come by then is no answer. */
  attemptTimeoutMs: number
  judge(request: WireRequest, answer: WireAnswer, expected: { mode: Mode }): Verdict
  /** Looks for what became of a write, by reads alone; rejects where the provider cannot be asked. */
  findEffect(sent: SentWrite, read: Read): Promise<Finding>
  /** The provider's refusal as our problem, with its own type, code, message and request id kept. */
  problemOf(answer: WireAnswer): Problem
  shape(body: unknown, shape: Shape): ShapedResult
  /** The whole answer without what may be delivered only once: what the hub keeps of a write. */
  storable(body: unknown): unknown
  /** The ids of the provider's objects anywhere in params or an answer. */
  objectIdsIn(value: unknown): string[]
  /** Whose key this is; throws `connection_rejected` with what the provider said. */
  identify(send: (request: WireRequest) => Promise<WireAnswer>, key: Secret): Promise<AccountFacts>
  /** What kind of key it looks like; throws `connection_rejected` for what is none. */
  readKey(key: Secret): { kind: 'restricted_key' | 'secret_key'; mode: Mode }
}

export interface SendOptions {
  origin: string
  key: Secret
  idempotencyKey: string | undefined
}
