import type { Actor, DeviceScope } from '../contract/actor.ts'
import type { DeviceId, WorkspaceId } from '../contract/ids.ts'
import { decidePolicy, type Decision } from './decide.ts'
import { DEFAULT_POLICY, policyDocument, type PolicyDocument } from './document.ts'
import type { Usage } from './limits.ts'
import { NOTHING_AT_STAKE, type PolicyQuestion } from './question.ts'

/** What the tests of decisions work with. For tests alone. */
export const NOW = Date.UTC(2026, 10, 1, 12)
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

export function device(scope: Partial<DeviceScope> = {}): Actor {
  return {
    type: 'device',
    workspace: 'ws_default' as WorkspaceId,
    deviceId: 'device_1' as DeviceId,
    label: 'Mac',
    scope: { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false, ...scope },
  }
}

/** A live refund, unless something else is asked. */
export function question(changes: Partial<PolicyQuestion> = {}): PolicyQuestion {
  return {
    actor: device(),
    tool: 'stripe_create_refund',
    toolMode: 'write',
    effect: 'money',
    connectionId: 'conn_1',
    mode: 'live',
    stakes: NOTHING_AT_STAKE,
    raisedBy: [],
    usage: [],
    now: NOW,
    ...changes,
  }
}

export function ask(
  changes: Partial<PolicyQuestion> = {},
  policy: PolicyDocument = DEFAULT_POLICY,
): Decision {
  return decidePolicy(policy, question(changes))
}

/** The default policy with changes, as it would be stored. */
export function policyWith(changes: { rules?: unknown[]; allowances?: unknown[] }): PolicyDocument {
  return policyDocument.parse({ ...DEFAULT_POLICY, ...changes })
}

/** A refund that ran a minute ago. */
export function ran(changes: Partial<Usage> = {}): Usage {
  return {
    at: NOW - MINUTE_MS,
    tool: 'stripe_create_refund',
    device: 'device_1',
    connection: 'conn_1',
    mode: 'live',
    effect: 'money',
    customer: 'cus_1',
    money: [{ amount: 100, currency: 'usd' }],
    allowance: null,
    isRefused: false,
    ...changes,
  }
}

export const usd = (amount: number, customer: string | null = 'cus_1') => ({
  money: [{ amount, currency: 'usd' }],
  customer,
  redirects: [],
})
