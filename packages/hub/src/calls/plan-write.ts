import type { Actor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import type { Connection } from '../connections/connection.ts'
import type { CheckedParams, Integration, Params, PlannedWrite, ToolCard } from '../integrations/define.ts'
import { auditedRead } from './audited-read.ts'
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
  return integration.planWrite(card, checked, async (operation, params) => {
    const request = integration.encodeRead(operation, params)
    const { body } = await auditedRead(calls, actor, integration, connection, request, {
      tool: card.name,
      purpose: 'preview',
    })
    if (typeof body !== 'object' || body === null) {
      throw new Problem('provider_unavailable', 'Stripe answered with something else than an object.')
    }
    return body as Params
  })
}
