import { DEFAULT_POLICY, type PolicyDocument } from '../../packages/hub/src/policy/document.ts'
import { isoTime } from '../../packages/hub/src/contract/ids.ts'

export type PolicyName = 'careful' | 'capped' | 'raised' | 'passkey' | 'no_deletions' | 'allowance'

export const CAP = 1_000
export const ALLOWED = { perCall: 300, total: 500, hours: 1 }

const { test: table, live } = DEFAULT_POLICY.assurance

/** Policies that histories run under, each with one trait. */
export const POLICIES: Record<PolicyName, (now: number) => PolicyDocument> = {
  careful: () => DEFAULT_POLICY,
  capped: () => ({
    ...DEFAULT_POLICY,
    rules: [{ id: 'cap', action: 'cap', per: 'day', limits: { usd: CAP }, over: 'deny', match: {} }],
  }),
  raised: () => ({
    ...DEFAULT_POLICY,
    rules: [{ id: 'raise', action: 'raise', to: 'dashboard', match: { tools: ['sim_rename'] } }],
  }),
  passkey: () => ({ ...DEFAULT_POLICY, assurance: { live, test: { ...table, money: 'passkey' } } }),
  no_deletions: () => ({
    ...DEFAULT_POLICY,
    rules: [{ id: 'no-deletions', action: 'deny', match: { tools: ['sim_delete'] } }],
  }),
  allowance: (now) => ({
    ...DEFAULT_POLICY,
    allowances: [
      {
        id: 'allow_1',
        match: { tools: ['sim_refund'] },
        lower_to: 'agent',
        per_call: { usd: ALLOWED.perCall },
        total: { usd: ALLOWED.total },
        made_at: isoTime(now),
        expires_at: isoTime(now + ALLOWED.hours * 60 * 60 * 1000),
      },
    ],
  }),
}
