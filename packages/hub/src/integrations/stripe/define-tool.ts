import type { JsonSchema } from '@clawlink/stripe-definitions'
import type { Effect } from '../../contract/effects.ts'
import type { Change, Guidance, Params, PlannedWrite, Read, Stakes } from '../define.ts'
import type { Rule } from './rules.ts'

interface ToolBase {
  name: string
  group: string
  description: string
  /** The operation of stripe-definitions that it sends, and whose parameters it takes. */
  operation: string
  /** Other operations that it may send instead, where Stripe has several for what this tool means. */
  alternatives?: string[]
  /** The name agents give the id in the path by, first, then the aliases; absent where the path has no id. */
  pathParam?: { name: string; aliases: string[]; description: string }
  /** Parameters that a short description shows; `full` shows every one. */
  usual: string[]
  /** Parameters for other uses of the operation, which this tool is not for. */
  without?: string[]
  /** Where the derived schema is laxer than Stripe: parameters that are needed, and better schemas. */
  required?: string[]
  properties?: Record<string, JsonSchema>
  /** What holds between parameters and for their values, checked before anything is read or sent. */
  rules?: Rule[]
  guidance: Guidance
}

export interface ReadTool extends ToolBase {
  mode: 'read'
  effect: 'read'
  /** Refuses what Stripe would silently misunderstand. */
  check?: (params: Params) => void
  /** What the agent should know about how its params were understood; comes with the answer. */
  advise?: (params: Params) => string[]
  /** Chooses an alternative operation and words the params for it, by the names of that operation. */
  route?: (params: Params) => { operation: string; params: Params } | undefined
}

export interface WriteTool extends ToolBase {
  mode: 'write'
  effect: Exclude<Effect, 'read'>
  /** For tools whose effect hangs on a parameter; never lower than `effect`. */
  effectOf?: (params: Params) => Effect
  prepare: (params: Params, read: Read) => Promise<Prepared>
}

export type StripeTool = ReadTool | WriteTool

export interface Prepared {
  /** The operation to send, if not the tool's first. */
  operation?: string
  /** The params to send, with every default resolved, by the names agents use. */
  params: Params
  facts: PlannedWrite['facts']
  /** What this very write can do, where only the account shows it; counts where it is higher than the tool's. */
  effect?: Exclude<Effect, 'read'>
  /** The currency of each amount parameter that has no currency parameter beside it. */
  currencies?: Record<string, string>
  /** What the params do not tell: the amount of an invoice that is paid, the customer of a charge. The rest is derived. */
  stakes?: Partial<Omit<Stakes, 'redirects'>>
  /** Tells the write from the bytes: `sent` is what they decode to. */
  describe: (sent: Params) => Told
}

export interface Told {
  summary: string
  changes: Change[]
  warnings: string[]
  irreversible: string
  /** The parameters that the text above tells in full. */
  told: string[]
  /** Parameters without consequences beyond themselves: shown literally, and no reason to raise the assurance. */
  literal: string[]
}

/** Fixes the type of a tool where it is declared, so that a missing part is an error there. */
export function defineTool<T extends StripeTool>(tool: T): T {
  return tool
}
