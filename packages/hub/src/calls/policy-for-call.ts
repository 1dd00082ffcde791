import type { DeviceActor } from '../contract/actor.ts'
import { isoTime } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Context } from '../audit/context.ts'
import type { Intent } from '../confirmations/confirmation.ts'
import { findRepeat } from '../confirmations/store.ts'
import type { Connection } from '../connections/connection.ts'
import type { ToolCard } from '../integrations/define.ts'
import type { Db } from '../storage/storage.ts'
import { decidePolicy, type Decision } from '../policy/decide.ts'
import { usageSince } from '../policy/document.ts'
import { readPolicy, type StoredPolicy } from '../policy/policies.ts'
import { NOTHING_AT_STAKE, type Raise } from '../policy/question.ts'
import { readUsage } from '../policy/usage.ts'

type Allowed = Extract<Decision, { ok: true }>

/** Stripe keeps idempotency keys for a day, and people repeat themselves within one. */
export const REPEAT_WINDOW_MS = 24 * 60 * 60 * 1000

/** The least that a call of a tool will need, whatever is at stake: that shows in its preview. */
export function leastForCall(
  { document }: StoredPolicy,
  actor: DeviceActor,
  card: ToolCard,
  connection: Connection,
  now: number,
): Decision {
  return decidePolicy(document, {
    actor,
    tool: card.name,
    toolMode: card.mode,
    effect: card.effect,
    connectionId: connection.id,
    mode: connection.mode,
    stakes: NOTHING_AT_STAKE,
    raisedBy: [],
    usage: [],
    now,
  })
}

/** The same before anything is read: throws `tool_blocked` for what the policy denies. */
export function policyForCall(...call: Parameters<typeof leastForCall>): Allowed {
  return orBlocked(leastForCall(...call))
}

type WriteInQuestion = Pick<
  Intent,
  | 'workspace'
  | 'account'
  | 'mode'
  | 'tool'
  | 'requestHash'
  | 'connection'
  | 'effect'
  | 'stakes'
  | 'description'
>

/**
 * The decision about a write that is planned, at preview and once more inside the transaction that takes it, so that
 * nothing of what it hangs on (the policy, what ran meanwhile) can change under it.
 */
export async function policyForWrite(
  context: Context,
  db: Db,
  actor: DeviceActor,
  write: WriteInQuestion,
): Promise<{ version: number; decision: Decision; repeat: Awaited<ReturnType<typeof findRepeat>> }> {
  const now = context.now()
  const policy = await readPolicy(db, actor.workspace)
  const repeat = await findRepeat(db, write, isoTime(now - REPEAT_WINDOW_MS))
  const since = usageSince(policy.document, now)
  const raisedBy: Raise[] = []
  if (write.description.uninterpreted.length > 0) raisedBy.push('uninterpreted')
  if (repeat !== undefined) raisedBy.push('repeat')
  const decision = decidePolicy(policy.document, {
    actor,
    tool: write.tool,
    toolMode: 'write',
    effect: write.effect,
    connectionId: write.connection,
    mode: write.mode,
    stakes: write.stakes,
    raisedBy,
    usage: since === undefined ? [] : await readUsage(db, actor.workspace, since),
    now,
  })
  return { version: policy.version, decision, repeat }
}

export function orBlocked(decision: Decision): Allowed {
  if (decision.ok) return decision
  throw new Problem('tool_blocked', `Blocked by ${decision.rule}: ${decision.why}`, {
    nextStep: 'Tell the user; an owner can change what this device may do.',
    details: { rule: decision.rule, why: decision.why },
  })
}
