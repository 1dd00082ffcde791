import type { Actor } from '../contract/actor.ts'
import type { Effect } from '../contract/effects.ts'
import { Problem } from '../contract/problem.ts'
import type { Connection } from '../connections/connection.ts'
import type { ToolCard } from '../integrations/define.ts'
import { decidePolicy, type Decision, type Raise } from '../policy/decide.ts'
import type { StoredPolicy } from '../policy/policies.ts'

type Allowed = Extract<Decision, { ok: true }>

/** The policy's decision about a call; a denial is thrown as `tool_blocked`, with the rule that denied. */
export function policyForCall(
  policy: StoredPolicy,
  actor: Actor,
  card: ToolCard,
  connection: Connection,
  effect: Effect,
  raisedBy: Raise[],
): Allowed {
  const decision = decidePolicy(policy.document, {
    actor,
    tool: card.name,
    toolMode: card.mode,
    effect,
    connectionId: connection.id,
    mode: connection.mode,
    raisedBy,
  })
  if (decision.ok) return decision
  throw new Problem('tool_blocked', BLOCKED[decision.rule], {
    nextStep: 'Tell the user; an owner can change what this device may do.',
    details: { rule: decision.rule },
  })
}

const BLOCKED: Record<Extract<Decision, { ok: false }>['rule'], string> = {
  device_connection: 'This device may not use this connection.',
  device_tool: 'This device may not use this tool.',
  device_read_only: 'This device may only read.',
  not_a_device: 'Only a paired device calls tools.',
}
