import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPolicy } from '../../policy/policies.ts'
import { DEVICE, openTestCalls, OWNER, type TestCalls } from '../test-calls.ts'
import { addAllowance } from './add-allowance.ts'
import { charged, outcome, preview, versionOf, withRules } from './test-policies.ts'

const REFUND = 'stripe_create_refund'
const CUSTOMER = 'stripe_create_customer'
const MINUTE_MS = 60_000

let one: TestCalls
beforeEach(async () => {
  one = await openTestCalls()
})
afterEach(() => one.close())

const cap = (per: string, usd: number, over = 'deny') => ({
  id: `cap-${per.replace('_', '-')}`,
  action: 'cap',
  per,
  match: { effects: ['money'] },
  limits: { usd },
  over,
})
const refund = async (charge: string, amount: number) =>
  (await preview(one, REFUND, { charge, amount })).confirmation
const sent = () => one.writes().map(({ path }) => path)

test('a cap per call denies at the preview, says by which rule, and the audit log has it', async () => {
  await withRules(one, cap('call', 1000))
  const charge = await charged(one, 5000)
  await expect(refund(charge, 1001)).rejects.toMatchObject({
    code: 'tool_blocked',
    details: { rule: 'cap-call', why: expect.stringContaining('$10.01 of $10.00') },
  })
  const [row] = await one.home.audit.list(DEVICE.workspace, { subject: REFUND, limit: 1 })
  expect(row).toMatchObject({ action: 'policy.denied', detail: { rule: 'cap-call' } })
  expect(await outcome(one, await refund(charge, 1000), REFUND)).toBe('sent')
  expect(sent()).toEqual(['/v1/refunds'])
})

test('what was previewed within the cap of the day is refused when others have filled it meanwhile', async () => {
  await withRules(one, cap('day', 1000))
  const charge = await charged(one, 5000)
  const first = await refund(charge, 600)
  const second = await refund(await charged(one, 5000), 500)
  expect(await outcome(one, first, REFUND)).toBe('sent')
  expect(await outcome(one, second, REFUND)).toBe('tool_blocked')
  expect((await one.load(second)).progress.state).toBe('approved')
  expect(await outcome(one, second, REFUND)).toBe('tool_blocked')
  expect(sent()).toEqual(['/v1/refunds'])
})

test('two nodes that take at once do not both slip under a cap, however often they try', async () => {
  await withRules(one, cap('day', 1000))
  const two = await one.newNode('node_b')
  const ids = []
  for (let at = 0; at < 6; at += 1) ids.push(await refund(await charged(one, 5000), 600 + at))
  one.sent.length = 0
  const outcomes = await Promise.all(ids.map((id, at) => outcome(at % 2 === 0 ? one : two, id, REFUND)))
  expect(outcomes.filter((each) => each === 'sent')).toHaveLength(1)
  expect(outcomes.filter((each) => each !== 'sent').every((each) => each === 'tool_blocked')).toBe(true)
  expect(sent()).toEqual(['/v1/refunds'])
  await two.home.close()
})

test('over a cap a person may be asked instead, and what they approve is sent and counts', async () => {
  await withRules(one, cap('day', 1000, 'dashboard'))
  const charge = await charged(one, 9000)
  expect(await preview(one, REFUND, { charge, amount: 1000 })).toMatchObject({
    needs: 'agent',
    raised_by: [],
  })
  const over = await preview(one, REFUND, { charge, amount: 1500 })
  expect(over).toMatchObject({ needs: 'dashboard', state: 'pending', raised_by: [{ rule: 'cap-day' }] })
  const id = await one.approved(REFUND, { charge, amount: 1500 })
  expect(await outcome(one, id, REFUND)).toBe('sent')
  expect(await preview(one, REFUND, { charge: await charged(one, 500), amount: 1 })).toMatchObject({
    needs: 'dashboard',
  })
})

test('an agent’s own approval is too little when by now a person would be asked', async () => {
  await withRules(one, cap('day', 1000, 'dashboard'))
  const [first, second] = [
    await refund(await charged(one, 900), 600),
    await refund(await charged(one, 900), 600),
  ]
  expect(await outcome(one, first, REFUND)).toBe('sent')
  expect(await outcome(one, second, REFUND)).toBe('assurance_too_low')
  expect(sent()).toEqual(['/v1/refunds'])
})

test('the same write twice needs a person the second time, even if both were previewed before either ran', async () => {
  await withRules(one)
  const ids = [await preview(one, CUSTOMER, { name: 'Jane' }), await preview(one, CUSTOMER, { name: 'Jane' })]
  expect(ids.map(({ needs }) => needs)).toEqual(['agent', 'agent'])
  const outcomes = []
  for (const { confirmation } of ids) outcomes.push(await outcome(one, confirmation, CUSTOMER))
  expect(outcomes).toEqual(['sent', 'assurance_too_low'])
})

test('a cap per customer and day is each customer’s own, and whose money it is must be known', async () => {
  await withRules(one, cap('customer_day', 1000))
  const BALANCE = 'stripe_create_customer_balance_transaction'
  const credit = async (customer: unknown, amount: number) => {
    const { confirmation } = await preview(one, BALANCE, {
      customer_id: customer,
      amount: -amount,
      currency: 'usd',
    })
    return outcome(one, confirmation, BALANCE)
  }
  const { id: jane } = await one.ask('POST', '/v1/customers', { name: 'Jane' })
  const { id: joe } = await one.ask('POST', '/v1/customers', { name: 'Joe' })
  expect(await credit(jane, 900)).toBe('sent')
  expect(await credit(joe, 900)).toBe('sent')
  await expect(credit(jane, 101)).rejects.toMatchObject({ code: 'tool_blocked' })
  expect(await credit(jane, 100)).toBe('sent')
  const guest = await charged(one, 900)
  await expect(refund(guest, 1)).rejects.toMatchObject({ details: { rule: 'cap-customer-day' } })
})

test('a velocity counts writes, and lets them through again when time has passed', async () => {
  await withRules(one, { id: 'slowly', action: 'velocity', writes: 2, minutes: 5, over: 'deny' })
  const ids = []
  for (const name of ['a', 'b', 'c']) ids.push((await preview(one, CUSTOMER, { name })).confirmation)
  const [a = '', b = '', c = ''] = ids
  expect([await outcome(one, a, CUSTOMER), await outcome(one, b, CUSTOMER)]).toEqual(['sent', 'sent'])
  expect(await outcome(one, c, CUSTOMER)).toBe('tool_blocked')
  await expect(preview(one, CUSTOMER, { name: 'd' })).rejects.toMatchObject({ details: { rule: 'slowly' } })
  one.now += 5 * MINUTE_MS
  expect(await outcome(one, c, CUSTOMER)).toBe('sent')
})

test('what Stripe refused does not count; what may have happened does', async () => {
  await withRules(one, cap('day', 1000))
  const [failing, lost, next] = [
    await refund(await charged(one, 900), 600),
    await refund(await charged(one, 900), 601),
    await refund(await charged(one, 900), 602),
  ]
  const refused = { message: 'no', type: 'invalid_request_error' }
  const answer = {
    requestId: undefined,
    replayed: false,
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
  }
  const fail = (status: number) => {
    one.fate = ({ method }) =>
      method === 'GET' ? 'arrives' : { kind: 'answer', status, body: { error: refused }, ...answer }
  }
  fail(400)
  expect(await outcome(one, failing, REFUND)).not.toBe('tool_blocked')
  expect((await one.load(failing)).progress.state).toBe('failed')
  fail(500)
  expect(await outcome(one, lost, REFUND)).not.toBe('tool_blocked')
  expect((await one.load(lost)).progress.state).not.toBe('failed')
  one.fate = () => 'arrives'
  expect(await outcome(one, next, REFUND)).toBe('tool_blocked')
})

test('an allowance lets through what its caps hold, until it ends', async () => {
  await one.home.storage.transaction((tx) => createPolicy(tx, OWNER.workspace, () => one.now))
  const allowance = {
    match: { tools: [REFUND] },
    lower_to: 'agent',
    per_call: { usd: 500 },
    total: { usd: 800 },
    expires_at: new Date(one.now + 60 * MINUTE_MS).toISOString(),
  } as const
  const { allowance: id } = await addAllowance(one.calls.context, OWNER, {
    replaces: await versionOf(one),
    allowance: structuredClone(allowance) as never,
  })
  const charge = await charged(one, 5000)
  const small = await preview(one, REFUND, { charge, amount: 500 })
  expect(small).toMatchObject({ needs: 'agent', lowered_by: id, state: 'approved' })
  const also = await preview(one, REFUND, { charge: await charged(one, 5000), amount: 400 })
  expect(await preview(one, REFUND, { charge, amount: 501 })).toMatchObject({
    needs: 'dashboard',
    lowered_by: null,
  })
  expect(await outcome(one, small.confirmation, REFUND)).toBe('sent')
  // Its total is filled: 500 + 400 is more than 800.
  expect(await outcome(one, also.confirmation, REFUND)).toBe('assurance_too_low')

  const rest = await preview(one, REFUND, { charge: await charged(one, 5000), amount: 300 })
  expect(rest).toMatchObject({ needs: 'agent', lowered_by: id })
  one.now += 55 * MINUTE_MS
  const late = await preview(one, REFUND, { charge: await charged(one, 5000), amount: 299 })
  expect(late).toMatchObject({ state: 'approved' })
  one.now += 5 * MINUTE_MS
  expect(await outcome(one, late.confirmation, REFUND)).toBe('assurance_too_low')
  expect(await preview(one, REFUND, { charge, amount: 10 })).toMatchObject({ needs: 'dashboard' })
  expect(sent()).toEqual(['/v1/refunds'])
})
