import { canonicalJson, sha256 } from '../contract/canonical.ts'
import type { Assurance, Effect, Mode } from '../contract/effects.ts'
import type { ConfirmationId, ConnectionId, DeviceId, WorkspaceId } from '../contract/ids.ts'
import type { Description, Params, PlannedWrite, Stakes, WireRequest } from '../integrations/define.ts'
import type { Progress } from './reducer.ts'

/** The exact write that a person approves: stored at preview, never changed. */
export interface Intent {
  id: ConfirmationId
  workspace: WorkspaceId
  device: DeviceId
  deviceLabel: string
  connection: ConnectionId
  connectionAlias: string
  account: string
  accountName: string
  mode: Mode
  integration: string
  tool: string
  catalogHash: string
  apiVersion: string
  /** What the agent asked for, after the checks; a call that repeats its params must ask for the same. */
  params: Params
  paramsHash: string
  request: WireRequest
  requestHash: string
  facts: PlannedWrite['facts']
  description: Description
  effect: Effect
  /** Absent in what an older hub stored: nothing is known then. */
  stakes?: Stakes
  needed: Assurance
  /** The rules that ask for more than the policy's table, and why. */
  raisedBy: Array<{ rule: string; why: string }>
  /** The allowance without which more would be needed. */
  allowance?: string | null
  policyVersion: number
  /** The last time that the same write ran, if it did lately. */
  repeats?: { id: string; at: string; state: string } | null
  /** The agent's own words; shown apart, and never part of what is approved. */
  agentNote: string | null
  createdAt: string
  idempotencyKey: string
}

export interface Confirmation {
  intent: Intent
  progress: Progress
  /** For compare-and-set. */
  version: number
}

export function hashIntent(intent: Intent): string {
  return sha256(canonicalJson(intent))
}

export function hashRequest(request: WireRequest): string {
  return sha256(canonicalJson([request.method, request.path, request.body]))
}

/** The same for two writes that would do the same to the same account. */
export function repeatHash(intent: Pick<Intent, 'account' | 'mode' | 'tool' | 'requestHash'>): string {
  return sha256(canonicalJson([intent.account, intent.mode, intent.tool, intent.requestHash]))
}
