import type { Actor } from '../contract/actor.ts'
import type { Effect, Mode } from '../contract/effects.ts'
import type { Stakes } from '../integrations/define.ts'
import type { RAISES } from './document.ts'
import type { Usage } from './limits.ts'

/** A call, as the policy is asked about it. */
export interface PolicyQuestion {
  actor: Actor
  tool: string
  toolMode: 'read' | 'write'
  effect: Effect
  connectionId: string
  mode: Mode
  /** Undefined when nothing is known of them: every cap and list of places that matches is then exceeded. */
  stakes: Stakes | undefined
  /** Reasons to ask for more than the table says. */
  raisedBy: Raise[]
  /** What left in the last 24 hours, in the whole workspace. */
  usage: readonly Usage[]
  /** Milliseconds since the epoch. */
  now: number
}

/** For a question that is asked before the write is planned: the answer is then the least that it will need. */
export const NOTHING_AT_STAKE: Stakes = { money: [], customer: null, redirects: [] }

/** `uninterpreted`: the hub cannot judge a parameter. `repeat`: the same write ran a short while ago. */
export type Raise = (typeof RAISES)[number]

/** What decided (the id of a rule, a `Raise`, or a check of the hub's own), and why, in words for a person. */
export interface Reason {
  rule: string
  why: string
}
