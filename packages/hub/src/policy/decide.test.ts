import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Actor, DeviceScope } from '../contract/actor.ts'
import { ASSURANCES, EFFECTS, MODES, type Assurance, type Effect, type Mode } from '../contract/effects.ts'
import type { DeviceId, PersonId, WorkspaceId } from '../contract/ids.ts'
import {
  decidePolicy,
  DEFAULT_POLICY,
  matchesGlob,
  policyDocument,
  type PolicyQuestion,
  type Raise,
} from './decide.ts'

const workspace = 'ws_default' as WorkspaceId

function device(scope: Partial<DeviceScope> = {}): Actor {
  return {
    type: 'device',
    workspace,
    deviceId: 'device_1' as DeviceId,
    label: 'Mac',
    scope: { connections: ['*'], tools: ['*'], readOnly: false, ...scope },
  }
}

function ask(changes: Partial<PolicyQuestion> = {}, policy = DEFAULT_POLICY) {
  return decidePolicy(policy, {
    actor: device(),
    tool: 'stripe_create_refund',
    toolMode: 'write',
    effect: 'money',
    connectionId: 'conn_1',
    mode: 'live',
    raisedBy: [],
    ...changes,
  })
}

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
    expect(ask({ mode, effect, toolMode })).toEqual({ ok: true, assurance, reasons: [] })
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
    expect(decide('test', 'draft')).toEqual({ ok: true, assurance: 'dashboard', reasons: [raise] })
    expect(decide('test', 'change')).toEqual({ ok: true, assurance: 'dashboard', reasons: [raise] })
    expect(decide('live', 'draft')).toEqual({ ok: true, assurance: 'dashboard', reasons: [raise] })
  })

  test('never lower what the table says, and are no reason where they change nothing', () => {
    expect(ask({ raisedBy: raises })).toEqual({ ok: true, assurance: 'passkey', reasons: [] })
    expect(ask({ mode: 'test', raisedBy: raises })).toEqual({ ok: true, assurance: 'dashboard', reasons: [] })
  })

  test('both are told where both count', () => {
    expect(ask({ mode: 'test', effect: 'draft', raisedBy: raises })).toMatchObject({ reasons: raises })
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
  expect(ask({}, policy)).toEqual({ ok: true, assurance: 'agent', reasons: [] })
})

test('a write whose effect is called a read is still a write', () => {
  expect(ask({ effect: 'read' })).toMatchObject({ assurance: 'agent' })
})

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
    else expect(decision).toEqual({ ok: false, rule })
  })
})

test.each<Actor>([
  { type: 'person', workspace, personId: 'person_1' as PersonId, name: 'Jane', role: 'owner' },
  { type: 'system', workspace, part: 'hub' },
  { type: 'system', workspace, part: 'terminal' },
])('only a device calls tools: %j does not, not even to read', (actor) => {
  expect(ask({ actor })).toEqual({ ok: false, rule: 'not_a_device' })
  expect(ask({ actor, toolMode: 'read', effect: 'read' })).toEqual({ ok: false, rule: 'not_a_device' })
})

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

describe('globs', () => {
  /** The same by trying every way to share out the name; slow, and plainly right. */
  function reference(name: string, glob: string): boolean {
    if (glob === '') return name === ''
    if (glob.startsWith('*'))
      return reference(name, glob.slice(1)) || (name !== '' && reference(name.slice(1), glob))
    return name !== '' && name[0] === glob[0] && reference(name.slice(1), glob.slice(1))
  }

  test('mean the same as the reference, whatever the name and the pattern', () => {
    const letters = (alphabet: string, maxLength: number) =>
      fc.array(fc.constantFrom(...alphabet.split('')), { maxLength }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(letters('ab_', 8), letters('ab_**', 6), (name, glob) => {
        expect(matchesGlob(name, glob), `${name} ~ ${glob}`).toBe(reference(name, glob))
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    ['stripe_create_refund', '*', true],
    ['', '*', true],
    ['', '', true],
    ['a', '', false],
    ['a', 'a*a', false],
    ['aa', 'a*a', true],
    ['aba', '*b*', true],
    ['stripe_get_balance', 'stripe_*_balance', true],
    ['xstripe_get', 'stripe_*', false],
    ['a.b', 'a.b', true],
    ['axb', 'a.b', false],
    ['a', '[a]', false],
    ['a+', 'a+', true],
    ['a\nb', 'a*b', true],
  ])('%j ~ %j is %s', (name, glob, matches) => {
    expect(matchesGlob(name, glob)).toBe(matches)
  })

  test('no pattern is slow: what explodes in a regular expression is answered at once', () => {
    // Each would take a backtracking matcher years; here it would show as the test's time limit.
    expect(matchesGlob('a'.repeat(5_000), `${'*a'.repeat(2_000)}*b`)).toBe(false)
    expect(matchesGlob('a'.repeat(5_000), 'a*'.repeat(2_000))).toBe(true)
    expect(matchesGlob('a'.repeat(100_000), '*'.repeat(100_000))).toBe(true)
  })
})
