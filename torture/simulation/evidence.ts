import type { Params } from '../../packages/hub/src/integrations/define.ts'
import type { TappedRow } from './database.ts'
import type { WriteTool } from './integration.ts'
import type { Attempt } from './network.ts'
import type { PolicyName } from './policies.ts'
import type { Effect } from './provider.ts'

/** What an agent asked to be previewed, and which confirmation it was answered with. */
export interface Asked {
  confirmation: string
  tool: WriteTool
  params: Params
  device: string
}

/** What somebody decided, or tried to; `who` is a person, or a device that has no business to. */
export interface Decided {
  confirmation: string
  who: string
  what: 'approve' | 'deny'
  assurance: 'dashboard' | 'passkey' | null
  /** Committed audit rows before it was asked for, and after it was answered. */
  from: number
  to: number
  outcome: 'done' | 'refused' | 'failed'
}

/** What an agent called, and what it heard. */
export interface Called {
  confirmation: string
  device: string
  /** Its params, tool or connection are not what was previewed, or the confirmation is another device's. */
  isOther: boolean
  from: number
  to: number
  /** `result`, or the code of the problem. */
  answer: string
  attemptsBefore: number
}

export interface StoredConfirmation {
  id: string
  state: string
  key: string
  bytes: string
  createdAt: string
}

/** Everything about a history that can be seen from outside of the gate, and what the gate wrote down. */
export interface Evidence {
  startedAt: number
  /** Only one process lives at a time. */
  isAlone: boolean
  endedAt: number
  audit: readonly TappedRow[]
  confirmations: StoredConfirmation[]
  ledger: readonly Effect[]
  attempts: readonly Attempt[]
  asked: Asked[]
  decided: Decided[]
  called: Called[]
  /** Which policy each version is. */
  policies: Map<number, PolicyName>
  /** A confirmation that changed although it had ended. */
  changedAfterEnd: string[]
  chain: { ok: boolean; reason?: string }
}
