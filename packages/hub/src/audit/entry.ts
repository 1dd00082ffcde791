import type { Actor } from '../contract/actor.ts'
import type { Tx } from '../storage/storage.ts'

export interface AuditEntry {
  actor: Actor
  /** What happened, as `noun.verb`: `confirmation.approved`, `wire.sent`. */
  action: string
  /** What it is about: an id of ours, or a tool's name. */
  subject: string
  /** Facts worth proving later. Never a secret: the caller passes ids, amounts, hashes, states. */
  detail?: Record<string, unknown>
}

export type Append = (tx: Tx, entry: AuditEntry) => Promise<void>
