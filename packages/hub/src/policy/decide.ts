import { assuranceAtLeast, higherAssurance, type Assurance } from '../contract/effects.ts'
import { cellOf, type Allowance, type PolicyDocument } from './document.ts'
import { judgeRule } from './judge-rule.ts'
import { overLimits } from './limits.ts'
import { matches, matchesGlob, type Matched } from './match.ts'
import type { PolicyQuestion, Raise, Reason } from './question.ts'

export type Decision =
  | {
      ok: true
      assurance: Assurance
      /** What asks for more than the table, or the allowance, does. */
      reasons: Reason[]
      /** The allowance without which more would be needed. */
      allowance: string | null
    }
  | ({ ok: false } & Reason)

/** What a raise asks for at least: a person who looks at the page. */
const RAISED: Record<Raise, { to: Assurance; why: string }> = {
  uninterpreted: { to: 'dashboard', why: 'the hub cannot judge every parameter' },
  repeat: { to: 'dashboard', why: 'the same write already ran within a day' },
}

/**
 * Allow, need an assurance, or deny. Pure: the same question under the same policy has the same answer. Each rule can
 * only add to what is needed; an allowance lowers what the table asks for, and nothing else.
 */
export function decidePolicy(policy: PolicyDocument, question: PolicyQuestion): Decision {
  const { actor, toolMode, mode, effect } = question
  if (actor.type !== 'device') return deny('not_a_device', 'Only a paired device calls tools.')
  const { scope } = actor
  if (!scope.connections.some((id) => id === '*' || id === question.connectionId))
    return deny('device_connection', 'This device may not use this connection.')
  if (!scope.tools.some((glob) => matchesGlob(question.tool, glob)))
    return deny('device_tool', 'This device may not use this tool.')
  if (scope.readOnly && toolMode !== 'read') return deny('device_read_only', 'This device may only read.')

  const cell = cellOf(policy, mode, effect)
  // A write that calls itself a read would slip under every rule about writes.
  if (cell === undefined || (toolMode !== 'read' && effect === 'read'))
    return deny('unknown_effect', 'The policy does not know what this tool can do.')

  const what: Matched = {
    tool: question.tool,
    device: actor.deviceId,
    connection: question.connectionId,
    mode,
    effect,
  }
  const verdicts = policy.rules
    .filter((rule) => matches(rule.match, what))
    .flatMap((rule) => judgeRule(rule, question) ?? [])
  const denied = verdicts.find(({ needs }) => needs === 'deny')
  if (denied !== undefined) return deny(denied.rule, denied.why)

  if (toolMode === 'read') {
    return cell === 'none'
      ? { ok: true, assurance: cell, reasons: [], allowance: null }
      : deny(
          'read_assurance',
          'The policy asks for a person before this is read, and reads are not approved.',
        )
  }

  const raises = [
    ...question.raisedBy.map((raise) => ({ rule: raise, why: RAISED[raise].why, needs: RAISED[raise].to })),
    ...verdicts.flatMap(({ needs, ...reason }) => (needs === 'deny' ? [] : [{ ...reason, needs }])),
  ]
  const raisedFrom = (from: Assurance): Assurance =>
    raises.reduce<Assurance>((sum, { needs }) => higherAssurance(sum, needs), from)
  // A write is never let through unseen, whatever a cell says: a preview stands before it.
  const table = higherAssurance(cell, 'agent')
  const allowance = lowest(policy.allowances.filter((one) => applies(one, what, question)))
  const lowered =
    allowance === undefined || assuranceAtLeast(allowance.lower_to, table) ? table : allowance.lower_to
  const needed = raisedFrom(lowered)
  return {
    ok: true,
    assurance: needed,
    reasons: raises
      .filter(({ needs }) => !assuranceAtLeast(lowered, needs))
      .map(({ rule, why }) => ({ rule, why })),
    // One that changed nothing is not used up by it.
    allowance: needed === raisedFrom(table) ? null : (allowance?.id ?? null),
  }
}

function deny(rule: string, why: string): Decision {
  return { ok: false, rule, why }
}

function applies(allowance: Allowance, what: Matched, { stakes, usage, now }: PolicyQuestion): boolean {
  if (now < Date.parse(allowance.made_at) || now >= Date.parse(allowance.expires_at)) return false
  if (stakes === undefined || !matches(allowance.match, what)) return false
  const used = usage.filter((one) => one.allowance === allowance.id && !one.isRefused).map((one) => one.money)
  return (
    overLimits(allowance.per_call, [stakes.money]) === undefined &&
    overLimits(allowance.total, [...used, stakes.money]) === undefined
  )
}

function lowest(allowances: Allowance[]): Allowance | undefined {
  return allowances.reduce<Allowance | undefined>(
    (best, one) => (best === undefined || !assuranceAtLeast(one.lower_to, best.lower_to) ? one : best),
    undefined,
  )
}
