import { z } from 'zod'
import {
  ASSURANCES,
  assuranceAtLeast,
  higherAssurance,
  type Assurance,
  type Effect,
  type Mode,
} from '../contract/effects.ts'
import type { Actor } from '../contract/actor.ts'

const assurance = z.enum(ASSURANCES)
const cells = z.strictObject({ read: assurance, draft: assurance, change: assurance, money: assurance })

/** How sure the hub must be that a person said yes, by mode and effect. Unknown keys are refused. */
export const policyDocument = z.strictObject({
  format: z.literal(1),
  assurance: z.strictObject({ test: cells, live: cells }),
})
export type PolicyDocument = z.infer<typeof policyDocument>

export const DEFAULT_POLICY: PolicyDocument = {
  format: 1,
  assurance: {
    test: { read: 'none', draft: 'agent', change: 'agent', money: 'dashboard' },
    live: { read: 'none', draft: 'chat', change: 'dashboard', money: 'passkey' },
  },
}

export interface PolicyQuestion {
  actor: Actor
  tool: string
  toolMode: 'read' | 'write'
  effect: Effect
  connectionId: string
  mode: Mode
  /** Reasons to ask for more than the table says. */
  raisedBy: Raise[]
}

/** `uninterpreted`: the hub cannot judge a parameter. `repeat`: the same write ran a short while ago. */
export type Raise = 'uninterpreted' | 'repeat'

export type Decision =
  | { ok: true; assurance: Assurance; reasons: string[] }
  | { ok: false; rule: 'device_connection' | 'device_tool' | 'device_read_only' | 'not_a_device' }

/** What a raise asks for at least: a person who looks at the page. */
const RAISED: Record<Raise, Assurance> = { uninterpreted: 'dashboard', repeat: 'dashboard' }

/** Allow, need an assurance, or deny. Pure: the same question under the same policy has the same answer. */
export function decidePolicy(policy: PolicyDocument, question: PolicyQuestion): Decision {
  if (question.actor.type !== 'device') return { ok: false, rule: 'not_a_device' }
  const { scope } = question.actor
  if (!scope.connections.some((id) => id === '*' || id === question.connectionId)) {
    return { ok: false, rule: 'device_connection' }
  }
  if (!scope.tools.some((glob) => matchesGlob(question.tool, glob))) return { ok: false, rule: 'device_tool' }
  if (scope.readOnly && question.toolMode === 'write') return { ok: false, rule: 'device_read_only' }

  const cell = policy.assurance[question.mode][question.effect]
  if (question.toolMode === 'read') return { ok: true, assurance: cell, reasons: [] }
  // A write is never let through unseen, whatever a cell says: a preview stands before it.
  const base = higherAssurance(cell, 'agent')
  const raised = question.raisedBy.reduce<Assurance>(
    (sum, raise) => higherAssurance(sum, RAISED[raise]),
    base,
  )
  return {
    ok: true,
    assurance: raised,
    reasons: question.raisedBy.filter((raise) => !assuranceAtLeast(base, RAISED[raise])),
  }
}

/** `*` stands for any run of characters; nothing else is special, so that no pattern can take long. */
export function matchesGlob(name: string, glob: string): boolean {
  const parts = glob.split('*')
  const [first = ''] = parts
  if (parts.length === 1) return name === glob
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  const last = parts.at(-1) ?? ''
  return name.length - last.length >= at && name.endsWith(last)
}
