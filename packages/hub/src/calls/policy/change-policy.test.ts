import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../contract/actor.ts'
import { DEFAULT_POLICY } from '../../policy/document.ts'
import { PRESETS } from '../../policy/presets.ts'
import { parsePolicy } from '../../policy/policies.ts'
import { DEVICE, openTestCalls, OWNER, TERMINAL, type Fate, type TestCalls } from '../test-calls.ts'
import { addAllowance } from './add-allowance.ts'
import { dryRunPolicy } from './dry-run-policy.ts'
import { removeAllowance } from './remove-allowance.ts'
import { setPolicy } from './set-policy.ts'
import { listPolicyVersions, listPresets, showPolicy } from './show-policy.ts'
import { AGENT_VOUCHES, outcome, preview, versionOf, withRules } from './test-policies.ts'

const CUSTOMER = 'stripe_create_customer'

let one: TestCalls
beforeEach(async () => {
  one = await openTestCalls()
})
afterEach(() => one.close())

const allowance = () =>
  ({
    match: {},
    lower_to: 'agent' as const,
    per_call: { usd: 100 },
    total: { usd: 100 },
    expires_at: new Date(one.now + 60_000).toISOString(),
  }) as Parameters<typeof addAllowance>[2]['allowance']
const add = (actor: Actor = OWNER, terms = allowance(), replaces = 1) =>
  addAllowance(one.calls.context, actor, { replaces, allowance: terms })

describe('only an owner', () => {
  const others: Actor[] = [
    { ...OWNER, role: 'approver' },
    { ...OWNER, role: 'viewer' },
    DEVICE,
    { type: 'system', workspace: OWNER.workspace, part: 'hub' },
  ]
  const operations: Array<[string, (actor: Actor) => Promise<unknown>]> = [
    ['shows the policy', (actor) => showPolicy(one.calls.context, actor, {})],
    ['lists its versions', (actor) => listPolicyVersions(one.calls.context, actor, { limit: 9 })],
    ['lists presets', async (actor) => listPresets(actor)],
    ['sets it', (actor) => setPolicy(one.calls.context, actor, { replaces: 1, preset: 'careful' })],
    ['adds an allowance', (actor) => add(actor)],
    [
      'removes an allowance',
      (actor) => removeAllowance(one.calls.context, actor, { replaces: 1, allowance: 'allow_1' }),
    ],
    ['tries one out', (actor) => dryRunPolicy(one.calls.context, actor, { preset: 'careful', days: 30 })],
  ]

  test.each(operations)('%s', async (_what, run) => {
    for (const actor of others) await expect(run(actor)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await versionOf(one)).toBe(1)
  })

  test('or the operator at the terminal sets it', async () => {
    const { policy } = await setPolicy(one.calls.context, TERMINAL, { replaces: 1, preset: 'watch only' })
    expect(policy).toMatchObject({ version: 2, createdBy: 'system:terminal' })
  })
})

test('approval after policy change: what was approved or waits under the old one is revoked by the change itself', async () => {
  const approved = await one.approved('stripe_create_customer', { name: 'Approved' })
  const pending = (await preview(one, 'stripe_create_customer', { name: 'Pending' })).confirmation
  const done = await one.approved('stripe_create_customer', { name: 'Done' })
  expect(await outcome(one, done, CUSTOMER)).toBe('sent')
  one.sent.length = 0

  const changed = await setPolicy(one.calls.context, OWNER, { replaces: 1, document: AGENT_VOUCHES })
  expect(changed).toMatchObject({ revoked: 2, policy: { version: 2 } })
  for (const id of [approved, pending]) {
    expect((await one.load(id)).progress).toMatchObject({ state: 'revoked', reason: 'policy_changed' })
    expect((await one.log(id)).at(-1)).toBe('revoked')
    expect(await outcome(one, id, CUSTOMER)).toBe('confirmation_revoked')
  }
  expect((await one.load(done)).progress.state).toBe('succeeded')
  expect(one.sent).toEqual([])
  const [row] = await one.home.audit.list(OWNER.workspace, { subject: OWNER.workspace, limit: 1 })
  expect(row).toMatchObject({
    action: 'policy.changed',
    actor: 'person:person_1',
    detail: { version: 2, replaces: 1 },
  })
})

test('a call that was planned under the old policy is not sent under the new one', async () => {
  const id = await one.approved('stripe_delete_customer', {
    customer_id: (await one.ask('POST', '/v1/customers', { name: 'Jane' }))['id'],
  })
  // The change falls between the first look at the policy and the transaction that takes the confirmation.
  one.fate = async (): Promise<Fate> => {
    if ((await versionOf(one)) === 1)
      await setPolicy(one.calls.context, OWNER, { replaces: 1, document: AGENT_VOUCHES })
    return 'arrives'
  }
  expect(await outcome(one, id, 'stripe_delete_customer')).not.toBe('sent')
  expect((await one.load(id)).progress.state).toBe('revoked')
  expect(one.writes()).toEqual([])
})

test('a change names the version that it replaces, so that nobody undoes what they have not seen', async () => {
  await setPolicy(one.calls.context, OWNER, { replaces: 1, preset: 'watch only' })
  for (const replaces of [1, 3, 0]) {
    await expect(setPolicy(one.calls.context, OWNER, { replaces, preset: 'careful' })).rejects.toMatchObject({
      code: 'policy_conflict',
      details: { version: 2 },
    })
  }
  const both = await Promise.allSettled(
    ['careful', 'trusted in test'].map((preset) =>
      setPolicy(one.calls.context, OWNER, { replaces: 2, preset }),
    ),
  )
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await versionOf(one)).toBe(3)
})

test('history: every version stays as it was, with who made it', async () => {
  await setPolicy(one.calls.context, OWNER, { replaces: 1, preset: 'watch only' })
  const versions = await listPolicyVersions(one.calls.context, OWNER, { limit: 9 })
  expect(versions.map(({ version, createdBy }) => [version, createdBy])).toEqual([
    [2, 'person:person_1'],
    [1, 'system:hub'],
  ])
  expect((await showPolicy(one.calls.context, OWNER, { version: 1 })).document).toEqual(DEFAULT_POLICY)
  await expect(showPolicy(one.calls.context, OWNER, { version: 3 })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test.each([
  [
    'an unknown rule',
    { document: { ...DEFAULT_POLICY, rules: [{ id: 'x', action: 'allow' }] } },
    'invalid_params',
  ],
  ['nothing', {}, 'invalid_params'],
  ['both a document and a preset', { document: DEFAULT_POLICY, preset: 'careful' }, 'invalid_params'],
  ['an unknown preset', { preset: 'reckless' }, 'preset_not_found'],
])('a policy of %s is refused, and nothing changes', async (_what, chosen, code) => {
  await expect(setPolicy(one.calls.context, OWNER, { replaces: 1, ...chosen })).rejects.toMatchObject({
    code,
  })
  expect(await versionOf(one)).toBe(1)
})

describe('allowances', () => {
  test('are made by the hub’s clock: a document cannot bring one along, or change one', async () => {
    const made_at = new Date(one.now + 86_400_000).toISOString()
    const forged = {
      ...allowance(),
      id: 'allow_x',
      made_at,
      expires_at: new Date(one.now + 2 * 86_400_000).toISOString(),
    }
    const set = (allowances: unknown[], replaces: number) =>
      setPolicy(one.calls.context, OWNER, { replaces, document: { ...DEFAULT_POLICY, allowances } })
    await expect(set([forged], 1)).rejects.toMatchObject({ code: 'invalid_params' })
    const { policy } = await add()
    const [made] = policy.document.allowances
    await expect(set([{ ...made, total: { usd: 9_999_999 } }], 2)).rejects.toMatchObject({
      code: 'invalid_params',
    })
    expect((await set([made], 2)).policy.document.allowances).toEqual([made])
    expect((await set([], 3)).policy.document.allowances).toEqual([])
  })

  test('end within a day, and not before they begin', async () => {
    for (const milliseconds of [86_400_001, 0, -1]) {
      const terms = { ...allowance(), expires_at: new Date(one.now + milliseconds).toISOString() }
      await expect(add(OWNER, terms)).rejects.toMatchObject({ code: 'invalid_params' })
    }
    expect(await versionOf(one)).toBe(1)
  })

  test('can be ended early, once', async () => {
    const { allowance: id } = await add()
    const remove = (replaces: number) =>
      removeAllowance(one.calls.context, OWNER, { replaces, allowance: id })
    expect((await remove(2)).policy.document.allowances).toEqual([])
    await expect(remove(3)).rejects.toMatchObject({ code: 'allowance_not_found' })
  })
})

describe('presets', () => {
  test.each(PRESETS.map((preset) => [preset.name, preset] as const))('%s is a policy', (_name, preset) => {
    expect(parsePolicy(preset.document)).toEqual(preset.document)
  })

  test('watch only: agents read, and write nothing', async () => {
    await setPolicy(one.calls.context, OWNER, { replaces: 1, preset: 'watch only' })
    await expect(preview(one, CUSTOMER, { name: 'Jane' })).rejects.toMatchObject({
      code: 'tool_blocked',
      details: { rule: 'watch-only' },
    })
    await expect(preview(one, 'stripe_get_balance', {})).rejects.toThrow('is a read')
  })

  test('trusted in test: an agent moves play money, up to the cap', async () => {
    await setPolicy(one.calls.context, OWNER, { replaces: 1, preset: 'trusted in test' })
    const { id } = await one.ask('POST', '/v1/customers', { name: 'Jane' })
    const credit = (amount: number) =>
      preview(one, 'stripe_create_customer_balance_transaction', { customer_id: id, amount, currency: 'usd' })
    expect(await credit(-100_000)).toMatchObject({ needs: 'agent' })
    expect(await credit(-100_001)).toMatchObject({
      needs: 'dashboard',
      raised_by: [{ rule: 'test-money-a-day' }],
    })
  })
})

test('dry-run: what a policy would have stopped, in the order in which it was sent, counting what it would have let out', async () => {
  await withRules(one)
  const { id } = await one.ask('POST', '/v1/customers', { name: 'Jane' })
  const BALANCE = 'stripe_create_customer_balance_transaction'
  const credit = async (amount: number, call: boolean) => {
    const { confirmation } = await preview(one, BALANCE, {
      customer_id: id,
      amount: -amount,
      currency: 'usd',
    })
    if (call) expect(await outcome(one, confirmation, BALANCE)).toBe('sent')
    one.now += 1000
    return confirmation
  }
  const first = await credit(600, true)
  const second = await credit(500, true)
  const never = await credit(390, false)
  const third = await credit(400, true)
  const customer = (await preview(one, CUSTOMER, { name: 'Joe' })).confirmation

  const cap = {
    id: 'cap',
    action: 'cap',
    per: 'day',
    match: { effects: ['money'] },
    limits: { usd: 1000 },
    over: 'deny',
  }
  const noCustomers = { id: 'look', action: 'raise', match: { tools: ['*_customer'] }, to: 'dashboard' }
  const version = await versionOf(one)
  const run = (rules: unknown[], days = 30) =>
    dryRunPolicy(one.calls.context, OWNER, { document: { ...AGENT_VOUCHES, rules }, days })
  const result = await run([cap, noCustomers])
  expect(result).toMatchObject({
    replayed: 5,
    truncated: false,
    // The second would have been denied, so that the third still fits under the cap.
    totals: { same: 3, asks_more: 1, asks_less: 0, denies: 1 },
    by_rule: { cap: 1, look: 1 },
  })
  expect(
    result.changed.map(({ confirmation, would_need, verdict }) => [confirmation, would_need, verdict]),
  ).toEqual([
    [customer, 'dashboard', 'asks_more'],
    [second, 'denied', 'denies'],
  ])
  expect(
    [first, never, third].some((each) => result.changed.some(({ confirmation }) => confirmation === each)),
  ).toBe(false)
  expect(await run([])).toMatchObject({ totals: { same: 5, denies: 0 }, by_rule: {}, changed: [] })
  expect(await versionOf(one)).toBe(version)
  one.now += 2 * 86_400_000
  expect(await run([cap], 1)).toMatchObject({ replayed: 0 })
})

test('dry-run: what an older hub stored tells nothing of its stakes, so every cap is exceeded', async () => {
  const { confirmation } = await preview(one, CUSTOMER, { name: 'Jane' })
  const { intent } = await one.load(confirmation)
  const { stakes: _forgotten, ...older } = intent
  await one.home.storage.db
    .updateTable('confirmations')
    .set({ intent: JSON.stringify(older) })
    .execute()
  const cap = { id: 'cap', action: 'cap', per: 'call', limits: { usd: 1000 }, over: 'deny' }
  const document = { ...DEFAULT_POLICY, rules: [cap] }
  expect(await dryRunPolicy(one.calls.context, OWNER, { document, days: 30 })).toMatchObject({
    totals: { denies: 1 },
  })
})
