import { describe, expect, test } from 'vitest'
import type { Actor, DeviceScope } from '../contract/actor.ts'
import { ASSURANCES, EFFECTS, MODES, type Assurance, type Effect, type Mode } from '../contract/effects.ts'
import type { PersonId, WorkspaceId } from '../contract/ids.ts'
import { DEFAULT_POLICY, policyDocument } from './document.ts'
import type { PolicyQuestion, Raise } from './question.ts'
import { ask, device } from './test-policy.ts'

const workspace = 'ws_default' as WorkspaceId

describe('the default table', () => {
  const table: [Mode, Effect, Assurance][] = [
    ['test', 'read', 'none'],
    ['test', 'draft', 'agent'],
    ['test', 'change', 'agent'],
    ['test', 'money', 'dashboard'],
    ['live', 'read', 'none'],
    ['live', 'draft', 'chat'],
    ['live', 'change', 'dashboard'],
    ['live', 'money', 'passkey'],
  ]

  test.each(table)('%s %s needs %s', (mode, effect, assurance) => {
    const toolMode = effect === 'read' ? 'read' : 'write'
    expect(ask({ mode, effect, toolMode })).toEqual({ ok: true, assurance, reasons: [], allowance: null })
  })

  test('has every cell there is', () => {
    expect(table.length).toBe(MODES.length * EFFECTS.length)
    expect(policyDocument.parse(DEFAULT_POLICY)).toEqual(DEFAULT_POLICY)
  })
})

describe('raises', () => {
  const raises: Raise[] = ['uninterpreted', 'repeat']

  test.each(raises)('%s asks for a person who looks at the page, at least', (raise) => {
    const decide = (mode: Mode, effect: Effect) => ask({ mode, effect, raisedBy: [raise] })
    const raised = { ok: true, assurance: 'dashboard', reasons: [{ rule: raise }] }
    expect(decide('test', 'draft')).toMatchObject(raised)
    expect(decide('test', 'change')).toMatchObject(raised)
    expect(decide('live', 'draft')).toMatchObject(raised)
  })

  test('never lower what the table says, and are no reason where they change nothing', () => {
    expect(ask({ raisedBy: raises })).toMatchObject({ assurance: 'passkey', reasons: [] })
    expect(ask({ mode: 'test', raisedBy: raises })).toMatchObject({ assurance: 'dashboard', reasons: [] })
  })

  test('both are told where both count', () => {
    expect(ask({ mode: 'test', effect: 'draft', raisedBy: raises })).toMatchObject({
      reasons: raises.map((rule) => ({ rule })),
    })
  })

  test('in every policy, for every cell, more reasons never need less', () => {
    for (const cell of ASSURANCES) {
      const policy = structuredClone(DEFAULT_POLICY)
      policy.assurance.live.draft = cell
      const needed = (raisedBy: Raise[]) => {
        const decision = ask({ effect: 'draft', raisedBy }, policy)
        return decision.ok ? ASSURANCES.indexOf(decision.assurance) : Infinity
      }
      expect(needed(['repeat'])).toBeGreaterThanOrEqual(needed([]))
      expect(needed(raises)).toBeGreaterThanOrEqual(needed(['repeat']))
      expect(needed([])).toBeGreaterThanOrEqual(ASSURANCES.indexOf(cell))
    }
  })
})

test('a write always needs somebody to vouch for it, whatever a cell says', () => {
  const policy = structuredClone(DEFAULT_POLICY)
  policy.assurance.live.money = 'none'
  expect(ask({}, policy)).toMatchObject({ ok: true, assurance: 'agent', reasons: [] })
})

test('a write that calls itself a read would slip under the rules about writes, so it is refused', () => {
  expect(ask({ effect: 'read' })).toMatchObject({ ok: false, rule: 'unknown_effect' })
})

test('an effect or mode that the policy does not know is refused', () => {
  for (const name of ['payout', 'toString', '__proto__', ''])
    for (const changes of [{ effect: name as Effect }, { mode: name as Mode }])
      expect(ask(changes)).toMatchObject({ ok: false, rule: 'unknown_effect' })
})

test.each(['agent', 'chat', 'dashboard', 'passkey'] as const)(
  'a read that needs %s is refused, since nobody approves reads',
  (cell) => {
    const policy = structuredClone(DEFAULT_POLICY)
    policy.assurance.live.read = cell
    const read = { toolMode: 'read', effect: 'read' } as const
    expect(ask(read, policy)).toMatchObject({ ok: false, rule: 'read_assurance' })
    expect(ask({ ...read, mode: 'test' }, policy)).toMatchObject({ ok: true })
  },
)

describe('the scope of a device', () => {
  test.each<[Partial<DeviceScope>, Partial<PolicyQuestion>, string | undefined]>([
    [{}, {}, undefined],
    [{ connections: ['conn_1'] }, {}, undefined],
    [{ connections: ['conn_2', 'conn_1'] }, {}, undefined],
    [{ connections: ['conn_2'] }, {}, 'device_connection'],
    [{ connections: [] }, {}, 'device_connection'],
    [{ connections: ['conn_'] }, {}, 'device_connection'],
    [{ connections: ['conn_*'] }, {}, 'device_connection'],
    [{ connections: [''] }, { connectionId: 'conn_1' }, 'device_connection'],
    [{ tools: ['stripe_create_refund'] }, {}, undefined],
    [{ tools: ['stripe_*'] }, {}, undefined],
    [{ tools: ['*_refund'] }, {}, undefined],
    [{ tools: ['stripe_get_*', 'stripe_list_*'] }, {}, 'device_tool'],
    [{ tools: [] }, {}, 'device_tool'],
    [{ tools: [''] }, {}, 'device_tool'],
    [{ tools: ['stripe_create_refund '] }, {}, 'device_tool'],
    [{ tools: ['STRIPE_*'] }, {}, 'device_tool'],
    [{ tools: ['stripe_create_?efund'] }, {}, 'device_tool'],
    [{ tools: ['stripe_.*'] }, {}, 'device_tool'],
    [{ readOnly: true }, {}, 'device_read_only'],
    [{ readOnly: true }, { toolMode: 'write', effect: 'read' }, 'device_read_only'],
    [{ readOnly: true }, { toolMode: 'read', effect: 'read' }, undefined],
    [{ readOnly: true, tools: ['x'] }, {}, 'device_tool'],
    [{ readOnly: true, connections: ['x'] }, { toolMode: 'read', effect: 'read' }, 'device_connection'],
  ])('%j asked for %j: %s', (scope, question, rule) => {
    const decision = ask({ actor: device(scope), ...question })
    if (rule === undefined) expect(decision.ok).toBe(true)
    else expect(decision).toMatchObject({ ok: false, rule })
  })
})

test.each<Actor>([
  { type: 'person', workspace, personId: 'person_1' as PersonId, name: 'Jane', role: 'owner' },
  { type: 'system', workspace, part: 'hub' },
  { type: 'system', workspace, part: 'terminal' },
])('only a device calls tools: %j does not, not even to read', (actor) => {
  expect(ask({ actor })).toMatchObject({ ok: false, rule: 'not_a_device' })
  expect(ask({ actor, toolMode: 'read', effect: 'read' })).toMatchObject({ ok: false, rule: 'not_a_device' })
})
