import { describe, expect, test } from 'vitest'
import type { Stakes } from '../integrations/define.ts'
import type { Usage } from './limits.ts'
import type { PolicyQuestion } from './question.ts'
import { ask, HOUR_MS, MINUTE_MS, NOW, policyWith, ran, usd } from './test-policy.ts'

/** Under one rule, in test mode, where the table asks an agent for a draft. */
function needs(rule: Record<string, unknown>, changes: Partial<PolicyQuestion> = {}): string {
  const policy = policyWith({ rules: [{ id: 'the-rule', ...rule }] })
  const decision = ask({ mode: 'test', effect: 'draft', ...changes }, policy)
  if (!decision.ok) {
    expect(decision).toMatchObject({ rule: 'the-rule', why: expect.stringMatching(/\w/) })
    return 'denied'
  }
  // What the table asks for by itself is no rule's doing.
  const byTable = ['none', 'agent'].includes(decision.assurance) || changes.mode === 'live'
  expect(decision.reasons.map((reason) => reason.rule)).toEqual(byTable ? [] : ['the-rule'])
  return decision.assurance
}

describe('deny', () => {
  test('is for what it matches, reads included, and for nothing else', () => {
    const rule = { action: 'deny', match: { tools: ['stripe_create_*'], modes: ['test'] } }
    expect(needs(rule)).toBe('denied')
    expect(needs(rule, { tool: 'stripe_update_customer' })).toBe('agent')
    expect(needs(rule, { mode: 'live', effect: 'change' })).toBe('dashboard')
    const read = { tool: 'stripe_get_balance', toolMode: 'read', effect: 'read' } as const
    const noReads = policyWith({ rules: [{ id: 'r', action: 'deny', match: { effects: ['read'] } }] })
    expect(ask(read, noReads)).toMatchObject({ ok: false, rule: 'r' })
    expect(ask({}, noReads)).toMatchObject({ ok: true })
  })

  test('wins over whatever else would let it through, and the note is told', () => {
    const policy = policyWith({
      rules: [
        { id: 'more', action: 'raise', to: 'passkey' },
        { id: 'never', action: 'deny', note: 'Not on Sundays.' },
      ],
    })
    expect(ask({}, policy)).toMatchObject({
      ok: false,
      rule: 'never',
      why: expect.stringContaining('Sundays'),
    })
  })
})

test('raise asks for more, by device and connection too, and never touches reads', () => {
  const rule = { action: 'raise', to: 'passkey', match: { devices: ['device_1'], connections: ['conn_1'] } }
  expect(needs(rule)).toBe('passkey')
  expect(needs(rule, { connectionId: 'conn_2' })).toBe('agent')
  expect(needs({ ...rule, match: { devices: ['device_2'] } })).toBe('agent')
  expect(needs({ ...rule, match: {} }, { toolMode: 'read', effect: 'read' })).toBe('none')
  expect(needs({ ...rule, to: 'agent' })).toBe('agent')
})

describe('cap', () => {
  const cap = { action: 'cap', per: 'call', limits: { usd: 1000, jpy: 500 }, over: 'dashboard' }
  const money = (...all: Array<[number, string]>): Stakes => ({
    ...usd(0),
    money: all.map(([amount, currency]) => ({ amount, currency })),
  })

  test.each<[string, Stakes | undefined, string]>([
    ['at it', usd(1000), 'agent'],
    ['one over it', usd(1001), 'dashboard'],
    ['nothing at stake', money(), 'agent'],
    ['a currency that it does not name', money([1, 'eur']), 'dashboard'],
    ['nothing of a currency that it does not name', money([0, 'eur']), 'dashboard'],
    ['a currency that nobody knows', money([1, 'xyz']), 'dashboard'],
    ['a currency that is a word of the language', money([1, 'constructor']), 'dashboard'],
    ['two currencies, each within it', money([1000, 'usd'], [500, 'jpy']), 'agent'],
    ['two currencies, one over it', money([1, 'usd'], [501, 'jpy']), 'dashboard'],
    ['the sum of two amounts over it', money([600, 'usd'], [600, 'usd']), 'dashboard'],
    ['an amount below nothing', money([-1, 'usd']), 'dashboard'],
    ['an amount with a fraction', money([0.5, 'usd']), 'dashboard'],
    ['an amount that is no number', money([Number.NaN, 'usd']), 'dashboard'],
    ['an unknown amount', { ...usd(0), money: 'unknown' }, 'dashboard'],
    ['unknown stakes', undefined, 'dashboard'],
  ])('per call: %s', (_what, stakes, needed) => {
    expect(needs(cap, { stakes })).toBe(needed)
    expect(needs({ ...cap, over: 'deny' }, { stakes })).toBe(needed === 'agent' ? 'agent' : 'denied')
  })

  test('per call does not count what ran before', () => {
    expect(
      needs(cap, { stakes: usd(1000), usage: [ran({ money: [{ amount: 1000, currency: 'usd' }] })] }),
    ).toBe('agent')
  })

  test.each<[string, Array<Partial<Usage>>, string]>([
    ['nothing ran', [], 'agent'],
    ['room is left', [{}, {}], 'agent'],
    ['one is too much', [{}, {}, { money: [{ amount: 1, currency: 'usd' }] }], 'dashboard'],
    [
      'another device filled it',
      [{ device: 'device_2' }, { device: 'device_3' }, { device: 'device_4' }],
      'dashboard',
    ],
    ['what it is not about does not count', [{}, {}, { tool: 'stripe_create_payout' }], 'agent'],
    ['what was refused moved nothing', [{}, {}, { isRefused: true }], 'agent'],
    ['what ran a day ago does not count', [{}, {}, { at: NOW - 24 * HOUR_MS }], 'agent'],
    ['what ran just under a day ago counts', [{}, {}, { at: NOW - 24 * HOUR_MS + 1 }], 'dashboard'],
    ['an unknown amount that a person let out fills it', [{ money: 'unknown' }], 'dashboard'],
    ['another currency is counted apart', [{}, {}, { money: [{ amount: 400, currency: 'jpy' }] }], 'agent'],
  ])('per day: %s', (_what, all, needed) => {
    const rule = { ...cap, per: 'day', match: { tools: ['*_refund'] } }
    expect(needs(rule, { stakes: usd(800), usage: all.map(ran) })).toBe(needed)
  })

  test('per day is counted over all devices and connections that the rule is about', () => {
    const rule = { ...cap, per: 'day', match: { connections: ['conn_1'] } }
    const usage = [ran({ connection: 'conn_2', money: [{ amount: 1000, currency: 'usd' }] })]
    expect(needs(rule, { stakes: usd(1000), usage })).toBe('agent')
  })

  test.each<[string, string | null, Array<Partial<Usage>>, string]>([
    [
      'each has their own',
      'cus_1',
      [{ customer: 'cus_2', money: [{ amount: 1000, currency: 'usd' }] }],
      'agent',
    ],
    ['their own is full', 'cus_1', [{ money: [{ amount: 201, currency: 'usd' }] }], 'dashboard'],
    ['nobody knows whose it is', null, [], 'dashboard'],
  ])('per customer and day: %s', (_what, customer, all, needed) => {
    expect(needs({ ...cap, per: 'customer_day' }, { stakes: usd(800, customer), usage: all.map(ran) })).toBe(
      needed,
    )
  })

  test('per customer and day: a write without money is nobody’s business', () => {
    expect(needs({ ...cap, per: 'customer_day' }, { stakes: { ...usd(0, null), money: [] } })).toBe('agent')
  })
})

describe('velocity', () => {
  const rule = { action: 'velocity', writes: 2, minutes: 10, over: 'chat' }
  test.each<[string, Array<Partial<Usage>>, string]>([
    ['the second in time', [{}], 'agent'],
    ['the third', [{}, {}], 'chat'],
    ['the third, when one was refused: that was tried, too', [{}, { isRefused: true }], 'chat'],
    ['the third, when one is long ago', [{}, { at: NOW - 10 * MINUTE_MS }], 'agent'],
    ['the third, when one is not so long ago', [{}, { at: NOW - 10 * MINUTE_MS + 1 }], 'chat'],
    ['what the clock has put into the future counts', [{}, { at: NOW + HOUR_MS }], 'chat'],
  ])('%s', (_what, all, needed) => {
    expect(needs(rule, { usage: all.map(ran) })).toBe(needed)
    expect(needs({ ...rule, over: 'deny' }, { usage: all.map(ran) })).toBe(
      needed === 'chat' ? 'denied' : 'agent',
    )
  })

  test('of none stops every write', () => {
    expect(needs({ ...rule, writes: 0, over: 'deny' })).toBe('denied')
  })
})

describe('origins', () => {
  const rule = {
    action: 'origins',
    allowed: ['https://shop.example.com', 'http://localhost:3000'],
    others: 'deny',
  }
  test.each<[string, boolean]>([
    ['https://shop.example.com/thanks?s={CHECKOUT_SESSION_ID}', true],
    ['https://SHOP.example.com:443/', true],
    ['http://localhost:3000/x', true],
    ['http://shop.example.com/', false],
    ['https://shop.example.com:8443/', false],
    ['https://shop.example.com.evil.example/', false],
    ['https://shop.example.com@evil.example/', false],
    ['https://evil.example/https://shop.example.com', false],
    ['https://evil.example\\@shop.example.com/', false],
    ['https://xn--shop-example.com/', false],
    ['https://shоp.example.com/', false],
    ['blob:https://shop.example.com/0', false],
    ['data:text/html,https://shop.example.com', false],
    ['javascript:location="https://shop.example.com"', false],
    ['//shop.example.com/', false],
    ['shop.example.com', false],
    ['https://shop.example.com\u200B:x', false],
    ['https://', false],
    ['', false],
  ])('%j is allowed: %s', (redirect, allowed) => {
    expect(needs(rule, { stakes: { ...usd(0), redirects: [redirect] } })).toBe(allowed ? 'agent' : 'denied')
  })

  test('every address counts, and an assurance may stand in the place of a denial', () => {
    const redirects = ['https://shop.example.com/', 'https://evil.example/']
    expect(needs({ ...rule, others: 'passkey' }, { stakes: { ...usd(0), redirects } })).toBe('passkey')
    expect(needs({ ...rule, allowed: [] }, { stakes: { ...usd(0), redirects: [] } })).toBe('agent')
    expect(needs(rule, { stakes: undefined })).toBe('denied')
  })
})
