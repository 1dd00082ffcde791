import type { Actor } from '../../contract/actor.ts'
import { ASSURANCES } from '../../contract/effects.ts'
import { isoTime } from '../../contract/ids.ts'
import { repeatHash, type Confirmation, type Intent } from '../../confirmations/confirmation.ts'
import type { State } from '../../confirmations/reducer.ts'
import { decidePolicy, type Decision } from '../../policy/decide.ts'
import { USAGE_WINDOW_MS, type PolicyDocument } from '../../policy/document.ts'
import type { Usage } from '../../policy/limits.ts'
import type { Raise, Reason } from '../../policy/question.ts'
import { REPEAT_WINDOW_MS } from '../policy-for-call.ts'

/** Of a stored confirmation, what a replay needs. */
export interface Replayed {
  intent: Pick<
    Intent,
    | 'id'
    | 'workspace'
    | 'device'
    | 'connection'
    | 'connectionAlias'
    | 'mode'
    | 'tool'
    | 'effect'
    | 'stakes'
    | 'needed'
  >
  summary: string
  state: State
  repeatHash: string
  isUninterpreted: boolean
  /** When it was sent; else when it was previewed. */
  at: number
  /** It left the hub. */
  isSent: boolean
}

export type Verdict = 'same' | 'asks_more' | 'asks_less' | 'denies'

export interface ReplayedDecision {
  confirmation: string
  at: string
  tool: string
  connection: string
  summary: string
  state: State
  /** What it needed under the policy of its time. */
  needed: string
  /** What it would have needed, or `denied`. */
  would_need: string
  verdict: Verdict
  because: Reason[]
}

export function replayedOf({ intent, progress }: Confirmation): Replayed {
  const { firstSentAt, state } = progress
  return {
    intent,
    summary: intent.description.summary,
    state,
    repeatHash: repeatHash(intent),
    isUninterpreted: intent.description.uninterpreted.length > 0,
    at: firstSentAt ?? Date.parse(intent.createdAt),
    isSent: firstSentAt !== null,
  }
}

/**
 * Asks the policy about each in the order in which they were sent, each against what it would have let out before. What
 * would have needed a higher approval counts as sent all the same: the person would have been asked, and may have agreed.
 */
export function* replayPolicy(document: PolicyDocument, all: Replayed[]): Generator<ReplayedDecision> {
  const usage: Usage[] = []
  const lastRun = new Map<string, number>()
  for (const one of all.toSorted((a, b) => a.at - b.at)) {
    while (usage[0] !== undefined && usage[0].at <= one.at - USAGE_WINDOW_MS) usage.shift()
    const ran = lastRun.get(one.repeatHash)
    const raisedBy: Raise[] = []
    if (one.isUninterpreted) raisedBy.push('uninterpreted')
    if (ran !== undefined && ran >= one.at - REPEAT_WINDOW_MS) raisedBy.push('repeat')
    const decision = decide(document, one, raisedBy, usage)
    if (decision.ok && one.isSent) {
      const { intent, at } = one
      const { tool, device, connection, mode, effect, stakes } = intent
      const isRefused = one.state === 'failed'
      if (!isRefused) lastRun.set(one.repeatHash, at)
      usage.push({
        at,
        tool,
        device,
        connection,
        mode,
        effect,
        customer: stakes?.customer ?? null,
        money: stakes?.money ?? 'unknown',
        allowance: decision.allowance,
        isRefused,
      })
    }
    yield told(one, decision)
  }
}

function decide(
  document: PolicyDocument,
  { intent, at }: Replayed,
  raisedBy: Raise[],
  usage: Usage[],
): Decision {
  const { workspace, device, connection, mode, tool, effect, stakes } = intent
  const actor: Actor = {
    type: 'device',
    workspace,
    deviceId: device,
    label: '',
    // What the device may reach was asked then; here it is about the policy alone.
    scope: { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false },
  }
  return decidePolicy(document, {
    actor,
    tool,
    toolMode: 'write',
    effect,
    connectionId: connection,
    mode,
    stakes,
    raisedBy,
    usage,
    now: at,
  })
}

function told({ intent, summary, state, at }: Replayed, decision: Decision): ReplayedDecision {
  const more = decision.ok ? ASSURANCES.indexOf(decision.assurance) - ASSURANCES.indexOf(intent.needed) : 0
  return {
    confirmation: intent.id,
    at: isoTime(at),
    tool: intent.tool,
    connection: intent.connectionAlias,
    summary,
    state,
    needed: intent.needed,
    would_need: decision.ok ? decision.assurance : 'denied',
    verdict: !decision.ok ? 'denies' : more === 0 ? 'same' : more > 0 ? 'asks_more' : 'asks_less',
    because: decision.ok ? decision.reasons : [{ rule: decision.rule, why: decision.why }],
  }
}
