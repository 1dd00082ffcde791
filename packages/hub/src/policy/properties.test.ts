import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ASSURANCES, EFFECTS, MODES } from '../contract/effects.ts'
import { isoTime } from '../contract/ids.ts'
import { decidePolicy } from './decide.ts'
import { policyDocument, RAISES, type PolicyDocument } from './document.ts'
import type { Usage } from './limits.ts'
import type { PolicyQuestion } from './question.ts'
import { device, HOUR_MS, NOW, question, ran } from './test-policy.ts'

const RUNS = { numRuns: 1_500 }

const TOOLS = ['stripe_create_refund', 'stripe_create_customer', 'stripe_get_balance']
const GLOBS = ['*', 'stripe_*', '*_refund', 'stripe_get_*', 'x', '']
const few = <T>(...all: T[]) => fc.subarray(all, { minLength: 1 })
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const given = (value: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined))

const match = (effects: readonly string[]) =>
  fc
    .record({
      tools: maybe(few(...GLOBS.slice(0, 5))),
      devices: maybe(few('device_1', 'device_2')),
      connections: maybe(few('conn_1', 'conn_2')),
      modes: maybe(few(...MODES)),
      effects: maybe(few(...effects)),
    })
    .map(given)
const writes = match(['draft', 'change', 'money'])
const over = fc.constantFrom('deny', 'agent', 'chat', 'dashboard', 'passkey')
const limits = fc.record({ usd: fc.nat(2000), eur: maybe(fc.nat(2000)) }).map(given)

const rule = fc.oneof(
  fc.record({ action: fc.constant('deny'), match: match(EFFECTS) }),
  fc.record({
    action: fc.constant('raise'),
    match: writes,
    to: fc.constantFrom('agent', 'chat', 'dashboard', 'passkey'),
  }),
  fc.record({
    action: fc.constant('cap'),
    match: writes,
    per: fc.constantFrom('call', 'day', 'customer_day'),
    limits,
    over,
  }),
  fc.record({
    action: fc.constant('velocity'),
    match: writes,
    writes: fc.nat(3),
    minutes: fc.integer({ min: 1, max: 1440 }),
    over,
  }),
  fc.record({
    action: fc.constant('origins'),
    match: writes,
    allowed: fc.constantFrom([], ['https://a.example']),
    others: over,
  }),
)

const allowance = fc.record({
  match: writes,
  lower_to: fc.constantFrom('agent', 'chat', 'dashboard'),
  per_call: limits,
  total: limits,
  made_at: fc.constantFrom(isoTime(NOW - HOUR_MS), isoTime(NOW + HOUR_MS)),
  expires_at: fc.constant(isoTime(NOW + 2 * HOUR_MS)),
})

const cells = fc.record(Object.fromEntries(EFFECTS.map((effect) => [effect, fc.constantFrom(...ASSURANCES)])))
const numbered = (all: object[], name: string) => all.map((one, index) => ({ ...one, id: `${name}${index}` }))
const document: fc.Arbitrary<PolicyDocument> = fc
  .record({
    assurance: fc.record({ test: cells, live: cells }),
    rules: fc.array(rule, { maxLength: 4 }),
    allowances: fc.array(allowance, { maxLength: 3 }),
  })
  .map(({ assurance, rules, allowances }) =>
    policyDocument.parse({
      format: 1,
      assurance,
      rules: numbered(rules, 'r'),
      allowances: numbered(allowances, 'a'),
    }),
  )

const money = fc.oneof(
  fc.constant('unknown' as const),
  fc.array(
    fc.record({ amount: fc.integer({ min: -1, max: 3000 }), currency: fc.constantFrom('usd', 'eur', 'xyz') }),
    {
      maxLength: 2,
    },
  ),
)
const usage: fc.Arbitrary<Usage> = fc
  .record({
    at: fc.integer({ min: NOW - 30 * HOUR_MS, max: NOW }),
    tool: fc.constantFrom(...TOOLS),
    device: fc.constantFrom('device_1', 'device_2'),
    effect: fc.constantFrom('draft', 'money'),
    customer: fc.constantFrom('cus_1', 'cus_2', null),
    money,
    allowance: fc.constantFrom('a0', 'a1', null),
    isRefused: fc.boolean(),
  })
  .map(ran)

const anyQuestion: fc.Arbitrary<PolicyQuestion> = fc
  .record({
    tool: fc.constantFrom(...TOOLS),
    toolMode: fc.constantFrom('read', 'write'),
    effect: fc.constantFrom(...EFFECTS),
    connectionId: fc.constantFrom('conn_1', 'conn_2'),
    mode: fc.constantFrom(...MODES),
    stakes: maybe(
      fc.record({
        money,
        customer: fc.constantFrom('cus_1', null),
        redirects: fc.subarray(['https://a.example/x', 'https://b.example/', 'nowhere']),
      }),
    ),
    raisedBy: fc.subarray([...RAISES]),
    usage: fc.array(usage, { maxLength: 5 }),
  })
  .map(question)

/** How much is asked for; a denial is more than anything. */
function height(policy: PolicyDocument, asked: PolicyQuestion): number {
  const decision = decidePolicy(policy, asked)
  return decision.ok ? ASSURANCES.indexOf(decision.assurance) : Infinity
}

test('a rule more never makes less necessary, whatever the policy and the question', () => {
  fc.assert(
    fc.property(document, rule, fc.nat(4), anyQuestion, (policy, extra, where, asked) => {
      const rules = [...policy.rules]
      rules.splice(where, 0, ...policyDocument.parse({ ...policy, rules: [{ ...extra, id: 'extra' }] }).rules)
      expect(height({ ...policy, rules }, asked)).toBeGreaterThanOrEqual(height(policy, asked))
    }),
    RUNS,
  )
})

test('no policy whatever lets a write through below "agent"', () => {
  fc.assert(
    fc.property(document, anyQuestion, (policy, asked) => {
      expect(height(policy, { ...asked, toolMode: 'write' })).toBeGreaterThanOrEqual(
        ASSURANCES.indexOf('agent'),
      )
    }),
    RUNS,
  )
})

test('no policy whatever lets a device go beyond its scope', () => {
  const elsewhere = [
    { connections: ['conn_3'] },
    { connections: [] },
    { tools: ['stripe_update_*'] },
    { tools: [] },
    { readOnly: true },
  ]
  fc.assert(
    fc.property(document, anyQuestion, fc.constantFrom(...elsewhere), (policy, asked, scope) => {
      const actor = device(scope)
      expect(height(policy, { ...asked, actor, toolMode: 'write' })).toBe(Infinity)
    }),
    RUNS,
  )
})

test('a raise is never lowered: an allowance leaves it where it was', () => {
  fc.assert(
    fc.property(document, anyQuestion, (policy, asked) => {
      const raised: PolicyQuestion = { ...asked, toolMode: 'write', raisedBy: [...RAISES] }
      expect(height(policy, raised)).toBeGreaterThanOrEqual(ASSURANCES.indexOf('dashboard'))
    }),
    RUNS,
  )
})

test('knowing less, or having used more, never makes less necessary', () => {
  fc.assert(
    fc.property(document, anyQuestion, fc.array(usage, { maxLength: 3 }), (policy, asked, more) => {
      const now = height(policy, asked)
      expect(height(policy, { ...asked, stakes: undefined })).toBeGreaterThanOrEqual(now)
      expect(height(policy, { ...asked, usage: [...asked.usage, ...more] })).toBeGreaterThanOrEqual(now)
    }),
    RUNS,
  )
})

test('the same question has the same answer', () => {
  fc.assert(
    fc.property(document, anyQuestion, (policy, asked) => {
      expect(decidePolicy(structuredClone(policy), structuredClone(asked))).toEqual(
        decidePolicy(policy, asked),
      )
    }),
    RUNS,
  )
})
