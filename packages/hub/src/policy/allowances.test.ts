import { expect, test } from 'vitest'
import type { Assurance } from '../contract/effects.ts'
import { isoTime } from '../contract/ids.ts'
import type { Usage } from './limits.ts'
import type { PolicyQuestion } from './question.ts'
import { ask, HOUR_MS, NOW, policyWith, ran, usd } from './test-policy.ts'

const ALLOWANCE = {
  id: 'allow_1',
  match: { tools: ['stripe_create_refund'] },
  lower_to: 'agent',
  per_call: { usd: 2000 },
  total: { usd: 5000 },
  made_at: isoTime(NOW - HOUR_MS),
  expires_at: isoTime(NOW + HOUR_MS),
}

function decide(
  changes: Partial<PolicyQuestion>,
  allowance: Record<string, unknown> = {},
  rules: unknown[] = [],
) {
  const policy = policyWith({ allowances: [{ ...ALLOWANCE, ...allowance }], rules })
  const decision = ask({ stakes: usd(2000), ...changes }, policy)
  if (!decision.ok) throw new Error(decision.rule)
  return decision
}

test('an allowance lowers what live money needs, and says so', () => {
  expect(decide({})).toEqual({ ok: true, assurance: 'agent', reasons: [], allowance: 'allow_1' })
  expect(decide({}, { lower_to: 'chat' })).toMatchObject({ assurance: 'chat', allowance: 'allow_1' })
})

test.each<[string, Partial<PolicyQuestion>, Record<string, unknown>]>([
  ['for another tool', { tool: 'stripe_create_payout' }, {}],
  ['for another device', {}, { match: { devices: ['device_2'] } }],
  ['before it is made', { now: NOW - HOUR_MS - 1 }, {}],
  ['when it ends', { now: NOW + HOUR_MS }, {}],
  ['over its cap per call', { stakes: usd(2001) }, {}],
  ['in a currency without a cap', { stakes: { ...usd(0), money: [{ amount: 1, currency: 'eur' }] } }, {}],
  ['for an unknown amount', { stakes: { ...usd(0), money: 'unknown' } }, {}],
  ['for unknown stakes', { stakes: undefined }, {}],
])('%s, it does not apply', (_what, changes, allowance) => {
  expect(decide(changes, allowance)).toMatchObject({ assurance: 'passkey', allowance: null })
})

test.each<[string, Array<Partial<Usage>>, Assurance]>([
  ['nothing was used', [], 'agent'],
  ['room is left', [{ allowance: 'allow_1', money: [{ amount: 3000, currency: 'usd' }] }], 'agent'],
  ['too little is left', [{ allowance: 'allow_1', money: [{ amount: 3001, currency: 'usd' }] }], 'passkey'],
  [
    'what was refused gives its part back',
    [{ allowance: 'allow_1', money: [{ amount: 3001, currency: 'usd' }], isRefused: true }],
    'agent',
  ],
  ['others, whom a person approved, do not count', [{ money: [{ amount: 9000, currency: 'usd' }] }], 'agent'],
])('its total: %s', (_what, all, needed) => {
  expect(decide({ usage: all.map(ran) }).assurance).toBe(needed)
})

test('it never lowers what a raise or a rule asks for', () => {
  expect(decide({ raisedBy: ['repeat'] })).toMatchObject({
    assurance: 'dashboard',
    reasons: [{ rule: 'repeat' }],
  })
  expect(decide({ raisedBy: ['uninterpreted'] }).assurance).toBe('dashboard')
  const cap = { id: 'cap', action: 'cap', per: 'call', limits: { usd: 1000 }, over: 'passkey' }
  // Nothing was gained by it, so nothing of it is used up.
  expect(decide({}, {}, [cap])).toMatchObject({
    assurance: 'passkey',
    reasons: [{ rule: 'cap' }],
    allowance: null,
  })
})

test('it never makes more necessary, and the lowest of several counts', () => {
  expect(decide({ mode: 'test', effect: 'draft' }, { lower_to: 'dashboard' })).toMatchObject({
    assurance: 'agent',
    allowance: null,
  })
  const policy = policyWith({
    allowances: [
      { ...ALLOWANCE, id: 'a', lower_to: 'dashboard' },
      { ...ALLOWANCE, id: 'b', lower_to: 'agent' },
      { ...ALLOWANCE, id: 'c', lower_to: 'chat' },
    ],
  })
  expect(ask({ stakes: usd(1) }, policy)).toMatchObject({ assurance: 'agent', allowance: 'b' })
})
