import type { DeviceId, PersonId, WorkspaceId } from './ids.ts'

export type Role = 'owner' | 'approver' | 'viewer'

/**
 * Who acts. `system` is the hub itself (first start, recovery) or the operator at the terminal of the hub's
 * machine, who could read the master key anyway; no surface of the network ever makes one.
 */
export type Actor =
  | {
      type: 'device'
      workspace: WorkspaceId
      deviceId: DeviceId
      label: string
      scope: DeviceScope
      /** Of the key that signed this request (RFC 7638); absent where the token is bound to none. */
      keyThumbprint?: string
    }
  | { type: 'person'; workspace: WorkspaceId; personId: PersonId; name: string; role: Role }
  | { type: 'system'; workspace: WorkspaceId; part: 'hub' | 'terminal' }

export type DeviceActor = Extract<Actor, { type: 'device' }>
export type PersonActor = Extract<Actor, { type: 'person' }>

/** What a device may reach. `connections` are ids or `*`; `tools` are globs with `*` alone. */
export interface DeviceScope {
  connections: string[]
  tools: string[]
  readOnly: boolean
  /** Whether it may pass on what a person answered in a chat; see confirmations/attest-decision.ts. */
  chatApprovals: boolean
}

/** The actor as the audit log spells it: enough to name it, nothing secret. */
export function actorName(actor: Actor): string {
  switch (actor.type) {
    case 'device':
      return `device:${actor.deviceId}`
    case 'person':
      return `person:${actor.personId}`
    case 'system':
      return `system:${actor.part}`
  }
}
