import type { Actor } from '../contract/actor.ts'
import type { Connection } from '../connections/connection.ts'
import type { CheckedParams, Integration, PlannedWrite, ToolCard } from '../integrations/define.ts'
import { auditedReader } from './audited-read.ts'
import type { Calls } from './calls.ts'

/** Plans a write from the live state of the account, each read audited. */
export async function planWrite(
  calls: Calls,
  actor: Actor,
  integration: Integration,
  card: ToolCard,
  connection: Connection,
  checked: CheckedParams,
): Promise<PlannedWrite> {
  const read = auditedReader(calls, actor, integration, connection, { tool: card.name, purpose: 'preview' })
  return integration.planWrite(card, checked, read)
}
