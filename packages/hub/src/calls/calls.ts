import type { Context } from '../audit/context.ts'
import type { ConfirmationId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Connection } from '../connections/connection.ts'
import type { Connections } from '../connections/connections.ts'
import type { Integration, ToolCard } from '../integrations/define.ts'
import type { Sent } from './send-confirmation.ts'

/** What previewing, running and recovering calls work with. */
export interface Calls {
  context: Context
  integrations: Integration[]
  connections: Connections
  /** Where each kind of connection is reached. */
  originOf: (connection: Connection) => string
  publicUrl: string
  /** This process, as the holder of leases. */
  node: string
  /** Resolves early when the hub shuts down. */
  sleep(milliseconds: number): Promise<void>
  isShuttingDown(): boolean
  /** What this process is sending right now. */
  inFlight: Map<ConfirmationId, Promise<Sent>>
  /** Whose outcome this process is asking for right now. */
  reconciling: Map<ConfirmationId, Promise<void>>
  log: (event: string, detail: Record<string, unknown>) => void
}

export function findTool(calls: Calls, name: string): { integration: Integration; card: ToolCard } {
  // Tools carry the id of their integration in front.
  const integration = calls.integrations.find(({ id }) => name.startsWith(`${id}_`)) ?? calls.integrations[0]
  if (integration === undefined) throw new Problem('tool_not_found', 'This hub has no integrations.')
  return { integration, card: integration.tool(name) }
}

export function integrationOf(calls: Calls, id: string): Integration {
  const integration = calls.integrations.find((candidate) => candidate.id === id)
  if (integration === undefined) {
    throw new Problem('integration_not_found', 'There is no such integration.', {
      nextStep: 'Call clawlink_list_integrations.',
      details: { integrations: calls.integrations.map((candidate) => candidate.id) },
    })
  }
  return integration
}
