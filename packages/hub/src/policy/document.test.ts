import { describe, expect, test } from 'vitest'
import { ASSURANCES, EFFECTS, MODES } from '../contract/effects.ts'
import { DEFAULT_POLICY, policyDocument, usageSince } from './document.ts'

describe('a stored policy', () => {
  const changed = (change: (policy: Record<string, Record<string, Record<string, unknown>>>) => void) => {
    const policy = structuredClone(DEFAULT_POLICY) as never
    change(policy)
    return policyDocument.safeParse(policy).success
  }

  test('may have any known assurance in any cell', () => {
    for (const mode of MODES)
      for (const effect of EFFECTS)
        for (const assurance of ASSURANCES)
          expect(changed((policy) => (policy['assurance']![mode]![effect] = assurance))).toBe(true)
  })

  test.each<[string, (policy: Record<string, Record<string, Record<string, unknown>>>) => void]>([
    ['an unknown assurance', (policy) => (policy['assurance']!['live']!['money'] = 'owner')],
    ['an empty cell', (policy) => (policy['assurance']!['live']!['money'] = null)],
    ['a cell of another type', (policy) => (policy['assurance']!['live']!['money'] = ['none'])],
    ['a missing cell', (policy) => delete policy['assurance']!['live']!['money']],
    ['an unknown effect', (policy) => (policy['assurance']!['live']!['payout'] = 'none')],
    ['an unknown mode', (policy) => (policy['assurance']!['sandbox'] = policy['assurance']!['test']!)],
    ['a missing mode', (policy) => delete policy['assurance']!['live']],
    ['an unknown rule', (policy) => (policy['caps'] = {})],
    ['another format', (policy) => (policy['format'] = 2 as never)],
    ['no format', (policy) => delete policy['format']],
  ])('with %s is refused', (_what, change) => {
    expect(changed(change)).toBe(false)
  })

  test.each([null, [], 'none', {}, 5])('that is %j is refused', (document) => {
    expect(policyDocument.safeParse(document).success).toBe(false)
  })
})

test('a document from before there were rules has none', () => {
  const { format, assurance } = DEFAULT_POLICY
  expect(policyDocument.parse({ format, assurance })).toEqual(DEFAULT_POLICY)
})

describe('a rule', () => {
  const parses = (...rules: unknown[]) => policyDocument.safeParse({ ...DEFAULT_POLICY, rules }).success
  const cap = { id: 'c', action: 'cap', per: 'day', limits: { usd: 100 }, over: 'deny' }
  const velocity = { id: 'v', action: 'velocity', writes: 3, minutes: 5, over: 'dashboard' }
  const origins = { id: 'o', action: 'origins', allowed: ['https://shop.example.com'], others: 'deny' }
  const raise = { id: 'r', action: 'raise', to: 'passkey' }

  test.each([
    { id: 'd', action: 'deny' },
    { id: 'd', action: 'deny', match: { effects: ['read'] }, note: 'No reads here.' },
    raise,
    cap,
    { ...cap, per: 'call', over: 'passkey' },
    { ...cap, per: 'customer_day', limits: { usd: 0, jpy: 5 } },
    velocity,
    { ...velocity, writes: 0 },
    origins,
    { ...origins, allowed: [] },
    { ...origins, allowed: ['http://localhost:3000'] },
    {
      ...raise,
      match: { tools: ['stripe_*'], devices: ['d'], connections: ['c'], modes: ['live'], effects: ['money'] },
    },
  ])('such as %j is accepted', (rule) => {
    expect(parses(rule)).toBe(true)
  })

  test.each([
    ['no action', { id: 'x' }],
    ['an unknown action', { id: 'x', action: 'allow' }],
    ['two actions', { ...cap, to: 'passkey' }],
    ['an unknown key', { ...raise, until: 'tomorrow' }],
    ['an unknown key in what it is about', { ...raise, match: { tool: ['x'] } }],
    ['an empty list', { ...raise, match: { tools: [] } }],
    ['an unknown effect', { ...raise, match: { effects: ['payout'] } }],
    ['an unknown mode', { ...raise, match: { modes: ['sandbox'] } }],
    ['an unknown assurance', { ...raise, to: 'owner' }],
    ['an assurance that asks nobody', { ...raise, to: 'none' }],
    ['an approval for reads', { ...raise, match: { effects: ['read', 'money'] } }],
    ['an unknown currency', { ...cap, limits: { xyz: 100 } }],
    ['a currency in capitals', { ...cap, limits: { USD: 100 } }],
    ['no currency', { ...cap, limits: {} }],
    ['a negative amount', { ...cap, limits: { usd: -1 } }],
    ['an amount with a fraction', { ...cap, limits: { usd: 1.5 } }],
    ['an unsafe amount', { ...cap, limits: { usd: 2 ** 53 } }],
    ['an unknown period', { ...cap, per: 'week' }],
    ['nothing to happen over it', { ...cap, over: undefined }],
    ['a period longer than usage is kept', { ...velocity, minutes: 1441 }],
    ['no time at all', { ...velocity, minutes: 0 }],
    ['an origin with a path', { ...origins, allowed: ['https://shop.example.com/thanks'] }],
    ['an origin with a slash', { ...origins, allowed: ['https://shop.example.com/'] }],
    ['an origin with a star', { ...origins, allowed: ['https://*.example.com'] }],
    ['an origin that is none', { ...origins, allowed: ['null'] }],
    ['an origin without a host', { ...origins, allowed: ['data:'] }],
    ['a name that is taken', { ...raise, id: 'repeat' }],
    ['a name that lies', { ...raise, id: 'Approved by owner' }],
  ])('with %s is refused', (_what, rule) => {
    expect(parses(rule)).toBe(false)
  })

  test('has its id for itself', () => {
    expect(parses(raise, { ...cap, id: 'r' })).toBe(false)
  })
})

describe('an allowance', () => {
  const allowance = {
    id: 'allow_1',
    match: {},
    lower_to: 'agent',
    per_call: { eur: 2000 },
    total: { eur: 10_000 },
    made_at: '2026-11-01T10:00:00.000Z',
    expires_at: '2026-11-02T10:00:00.000Z',
  }
  const parses = (changes: Record<string, unknown>) =>
    policyDocument.safeParse({ ...DEFAULT_POLICY, allowances: [{ ...allowance, ...changes }] }).success

  test('may last a day', () => {
    expect(parses({})).toBe(true)
    expect(parses({ per_call: {}, total: {}, match: { tools: ['stripe_create_customer'] } })).toBe(true)
  })

  test.each([
    ['for longer than a day', { expires_at: '2026-11-02T10:00:00.001Z' }],
    ['without an end', { expires_at: undefined }],
    ['that ends before it begins', { expires_at: '2026-11-01T09:00:00.000Z' }],
    ['with an end that is no moment', { expires_at: 'tomorrow' }],
    ['without caps', { per_call: undefined }],
    ['without a total', { total: undefined }],
    ['that asks nobody', { lower_to: 'none' }],
    ['that lowers nothing', { lower_to: 'passkey' }],
    ['in an unknown currency', { per_call: { xyz: 1 } }],
    ['for reads', { match: { effects: ['read'] } }],
    ['with an unknown key', { forever: true }],
  ])('%s is refused', (_what, changes) => {
    expect(parses(changes)).toBe(false)
  })
})

test('usage is looked at as far back as something of the document counts it', () => {
  const now = Date.UTC(2026, 10, 1)
  const since = (rules: unknown[], allowances: unknown[] = []) => {
    const at = usageSince(policyDocument.parse({ ...DEFAULT_POLICY, rules, allowances }), now)
    return at === undefined ? undefined : (now - at) / 60_000
  }
  const cap = { id: 'c', action: 'cap', limits: { usd: 1 }, over: 'deny' }
  const velocity = (minutes: number) => ({
    id: `v${minutes}`,
    action: 'velocity',
    writes: 1,
    minutes,
    over: 'deny',
  })
  expect(since([])).toBeUndefined()
  expect(
    since([
      { id: 'd', action: 'deny' },
      { ...cap, per: 'call' },
    ]),
  ).toBeUndefined()
  expect(since([velocity(5), velocity(60)])).toBe(60)
  expect(since([velocity(5), { ...cap, per: 'customer_day' }])).toBe(1440)
  expect(since([{ ...cap, per: 'day' }])).toBe(1440)
  const allowance = { id: 'a', lower_to: 'agent', per_call: {}, total: {} }
  const times = { made_at: '2026-11-01T10:00:00.000Z', expires_at: '2026-11-01T11:00:00.000Z' }
  expect(since([], [{ ...allowance, ...times }])).toBe(1440)
})
