import type { ConnectionId, WorkspaceId } from '../contract/ids.ts'
import { MODES, type Mode } from '../contract/effects.ts'
import type { ConnectionsTable } from '../storage/schema.ts'

export type ConnectionKind = 'sandbox' | 'restricted_key' | 'secret_key'
export type ConnectionState = 'active' | 'frozen' | 'removed'

/** One credential for one account in one mode, without the credential. */
export interface Connection {
  id: ConnectionId
  workspace: WorkspaceId
  integration: string
  account: string
  mode: Mode
  alias: string
  state: ConnectionState
  stateReason: string | null
  kind: ConnectionKind
  displayName: string
  isDefault: boolean
  createdAt: string
}

const KINDS = ['sandbox', 'restricted_key', 'secret_key'] as const
const STATES = ['active', 'frozen', 'removed'] as const

/** The row as a connection; a mode, kind or state that we do not know is an error, never a guess. */
export function connectionOf(row: Omit<ConnectionsTable, 'wrapped_key' | 'sealed_credential'>): Connection {
  return {
    id: row.id as ConnectionId,
    workspace: row.workspace as WorkspaceId,
    integration: row.integration,
    account: row.account,
    mode: oneOf(MODES, row.mode),
    alias: row.alias,
    state: oneOf(STATES, row.state),
    stateReason: row.state_reason,
    kind: oneOf(KINDS, row.kind),
    displayName: row.display_name,
    isDefault: row.is_default === 1,
    createdAt: row.created_at,
  }
}

function oneOf<T extends string>(known: readonly T[], value: string): T {
  const found = known.find((item) => item === value)
  if (found === undefined) throw new Error(`"${value}" is none of ${known.join(', ')}`)
  return found
}
