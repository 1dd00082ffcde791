import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openLocal } from '../../src/local-hub.ts'
import { PASSWORD } from '../../demo/person.ts'
import { startTestHub, type Reply, type TestHub } from '../support/test-hub.ts'

const REFUND = 'stripe_create_refund'
const CUSTOMER = 'stripe_create_customer'

let hub: TestHub
let charge: string

beforeAll(async () => {
  hub = await startTestHub()
})
beforeEach(async () => {
  await set({ preset: 'careful' })
  charge = (await hub.charge(10_000, 'usd')).charge
})
afterAll(() => hub.stop())

async function owner(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply> {
  const response = await hub.owner.api(method, path, body)
  return { status: response.status, body: await response.json() }
}

async function set(chosen: { preset?: string; document?: unknown }): Promise<Reply> {
  const { version } = (await owner('GET', '/policy')).body
  const reply = await owner('POST', '/policy', { replaces: version, ...chosen })
  expect(reply).toMatchObject({ status: 200, body: { version: version + 1 } })
  return reply
}

/** The careful policy with these rules. */
async function setRules(...rules: unknown[]): Promise<void> {
  const { presets } = (await owner('GET', '/policy/presets')).body
  const careful = presets.find((preset: { name: string }) => preset.name === 'careful')
  await set({ document: { ...careful.document, rules } })
}

const refund = (amount: number) => hub.device.preview(REFUND, { charge, amount })
const auditOf = async (subject: string) => (await owner('GET', `/audit?subject=${subject}`)).body.rows

test('approval after policy change: what a person approved under the old policy is void from that moment', async () => {
  const { confirmation } = (await refund(1000)).body
  await hub.owner.approve(confirmation)
  const changed = await set({ preset: 'trusted in test' })
  expect(changed.body).toMatchObject({ revoked_confirmations: 1 })
  expect((await owner('GET', `/approvals/${confirmation}`)).body).toMatchObject({
    state: 'revoked',
    reason: 'policy_changed',
  })
  expect((await auditOf(confirmation)).at(-1)).toMatchObject({ action: 'confirmation.revoked' })
  const called = await hub.device.call(REFUND, { confirmation })
  expect(called).toMatchObject({ status: 409, body: { error: { code: 'confirmation_revoked' } } })
  expect(hub.wire.writes()).toEqual([])
})

test('a cap denies a refund over it, and the agent learns which rule did', async () => {
  await setRules({
    id: 'small-refunds',
    action: 'cap',
    note: 'Larger refunds are made by hand.',
    match: { tools: [REFUND] },
    per: 'call',
    limits: { usd: 2000 },
    over: 'deny',
  })
  expect(await refund(2001)).toMatchObject({
    status: 403,
    body: {
      error: {
        code: 'tool_blocked',
        rule: 'small-refunds',
        why: expect.stringMatching(/by hand.*\$20\.01 of \$20\.00/),
        next_step: expect.stringContaining('owner'),
      },
    },
  })
  expect((await auditOf(REFUND)).at(-1)).toMatchObject({
    action: 'policy.denied',
    detail: { rule: 'small-refunds' },
  })
  expect((await refund(2000)).body).toMatchObject({ state: 'pending', needs: 'dashboard', raised_by: [] })
})

test('a rule that asks for more shows why: to the agent, on the page, and in the audit log', async () => {
  await setRules({ id: 'look-twice', action: 'raise', match: { tools: [REFUND] }, to: 'passkey' })
  const preview = (await refund(1000)).body
  const reason = { rule: 'look-twice', why: 'the policy asks for passkey' }
  expect(preview).toMatchObject({ needs: 'passkey', raised_by: [reason] })
  const page = await (await hub.owner.get(`/confirmations/${preview.confirmation}`)).text()
  expect(page).toContain('look-twice: the policy asks for passkey')
  expect((await hub.owner.approve(preview.confirmation)).status).toBe(403)
  expect((await hub.owner.approve(preview.confirmation, PASSWORD)).status).toBe(303)
  const called = await hub.device.call(REFUND, { confirmation: preview.confirmation })
  expect(called.body.result).toMatchObject({ amount: 1000 })
  expect((await auditOf(preview.confirmation))[0]).toMatchObject({
    action: 'confirmation.created',
    detail: { raised_by: [reason] },
  })
})

test('people are sent to places on the list alone', async () => {
  await setRules({
    id: 'own-pages',
    action: 'origins',
    allowed: ['https://shop.example.com'],
    others: 'deny',
  })
  const checkout = (success_url: string) =>
    hub.device.preview('stripe_create_checkout_session', {
      mode: 'payment',
      success_url,
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } } },
      ],
    })
  expect((await checkout('https://shop.example.com/thanks')).body).toMatchObject({
    confirmation: expect.any(String),
  })
  expect((await checkout('https://shop.example.com.evil.example/thanks')).body.error).toMatchObject({
    code: 'tool_blocked',
    rule: 'own-pages',
    why: expect.stringContaining('https://shop.example.com.evil.example'),
  })
})

test('a velocity stops an agent that writes too fast', async () => {
  await setRules({
    id: 'slowly',
    action: 'velocity',
    match: { tools: [CUSTOMER] },
    writes: 1,
    minutes: 60,
    over: 'deny',
  })
  const [first, second] = await Promise.all(
    ['Ada', 'Grace'].map(async (name) => (await hub.device.preview(CUSTOMER, { name })).body.confirmation),
  )
  const replies = await Promise.all(
    [first, second].map((confirmation) => hub.device.call(CUSTOMER, { confirmation })),
  )
  expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(['200', '403'])
  expect(hub.wire.writes()).toHaveLength(1)
  expect((await hub.device.preview(CUSTOMER, { name: 'Linus' })).body.error).toMatchObject({ rule: 'slowly' })
})

test('an allowance lets an agent refund by itself, within its caps', async () => {
  const { version } = (await owner('GET', '/policy')).body
  const made = await owner('POST', '/policy/allowances', {
    replaces: version,
    allowance: {
      note: 'Refunds of the broken batch.',
      match: { tools: [REFUND] },
      lower_to: 'agent',
      per_call: { usd: 2000 },
      total: { usd: 3000 },
      expires_at: new Date(Date.now() + 60 * 60 * 1000).toISOString(),
    },
  })
  expect(made).toMatchObject({ status: 200, body: { version: version + 1 } })
  const small = (await refund(2000)).body
  expect(small).toMatchObject({ state: 'approved', needs: 'agent', lowered_by: made.body.allowance })
  expect((await refund(2001)).body).toMatchObject({ state: 'pending', needs: 'dashboard' })
  const called = await hub.device.call(REFUND, { confirmation: small.confirmation })
  expect(called.body.result).toMatchObject({ amount: 2000 })
  expect((await refund(1500)).body).toMatchObject({ state: 'pending', needs: 'dashboard' })
  const removed = await owner('POST', `/policy/allowances/${made.body.allowance}/remove`, {
    replaces: version + 1,
  })
  expect(removed.body.document.allowances).toEqual([])
  expect((await refund(10)).body).toMatchObject({ needs: 'dashboard', lowered_by: null })
})

test('dry-run answers what a policy would have stopped, and changes nothing', async () => {
  const { confirmation } = (await refund(1000)).body
  const before = (await owner('GET', '/policy')).body
  const { status, body } = await owner('POST', '/policy/dry-run', { preset: 'watch only' })
  expect(status).toBe(200)
  expect(body.totals).toMatchObject({ same: 0, denies: body.replayed })
  expect(body.changed[0]).toMatchObject({
    confirmation,
    needed: 'dashboard',
    would_need: 'denied',
    because: [{ rule: 'watch-only' }],
  })
  expect((await owner('GET', '/policy')).body).toEqual(before)
  expect((await owner('GET', `/approvals/${confirmation}`)).body.state).toBe('pending')
})

test('the history has every version, and an earlier one can be looked at', async () => {
  await set({ preset: 'watch only' })
  const { versions } = (await owner('GET', '/policy/versions')).body
  expect(versions[0].document.rules).toMatchObject([{ id: 'watch-only' }])
  expect(versions[0].created_by).toMatch(/^person:/)
  const first = await owner('GET', '/policy?version=1')
  expect(first.body).toMatchObject({ version: 1, created_by: 'system:hub' })
})

test('what is no policy is refused with its place, and a device has no way in', async () => {
  const { version, document } = (await owner('GET', '/policy')).body
  const wrong = await owner('POST', '/policy', {
    replaces: version,
    document: {
      ...document,
      rules: [{ id: 'x', action: 'cap', per: 'day', limits: { xyz: 1 }, over: 'deny' }],
    },
  })
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'invalid_params' } } })
  expect(wrong.body.error.violations[0].path).toContain('document.rules.0.limits')
  const stale = await owner('POST', '/policy', { replaces: version - 1, document })
  expect(stale).toMatchObject({ status: 409, body: { error: { code: 'policy_conflict', version } } })
  for (const [method, path] of [
    ['GET', '/policy'],
    ['POST', '/policy'],
    ['POST', '/policy/allowances'],
    ['POST', '/policy/dry-run'],
  ] as const) {
    const reply = await hub.device.request(method, path, method === 'GET' ? undefined : { replaces: version })
    expect([401, 403], path).toContain(reply.status)
  }
  expect((await owner('GET', '/policy')).body.version).toBe(version)
})

test('what waits for a device that is revoked is void, and nothing of another device', async () => {
  const other = await hub.pair('Lost laptop')
  const theirs = (await other.preview(REFUND, { charge, amount: 500 })).body.confirmation
  const ours = (await refund(600)).body.confirmation
  await hub.owner.approve(theirs)
  const { devices } = (await owner('GET', '/devices')).body
  const { id } = devices.find((device: { label: string }) => device.label === 'Lost laptop')
  await owner('POST', `/devices/${id}/revoke`, {})
  expect((await owner('GET', `/approvals/${theirs}`)).body).toMatchObject({
    state: 'revoked',
    reason: 'device_revoked',
  })
  expect((await owner('GET', `/approvals/${ours}`)).body.state).toBe('pending')
})

test('what waits for a connection that is removed is void', async () => {
  const local = await openLocal({ home: hub.home }, { CLAWLINK_STRIPE_URL: hub.wire.url })
  await local.addConnection({ alias: 'second', key: 'rk_test_51SecondSecondSecond', makeDefault: false })
  const preview = await hub.device.preview(CUSTOMER, { name: 'Jane' }, { connection: 'second' })
  expect(preview.body).toMatchObject({ state: 'approved' })
  const ours = (await refund(700)).body.confirmation
  await local.removeConnection('second')
  await local.close()
  expect((await owner('GET', `/approvals/${preview.body.confirmation}`)).body).toMatchObject({
    state: 'revoked',
    reason: 'connection_changed',
  })
  expect((await owner('GET', `/approvals/${ours}`)).body.state).toBe('pending')
})

test('the OpenAPI document describes a policy', async () => {
  const { paths } = (await (await fetch(`${hub.url}/api/v1/openapi.json`)).json()) as Reply['body']
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/policy',
      '/policy/dry-run',
      '/policy/presets',
      '/policy/versions',
      '/policy/allowances',
    ]),
  )
  const { document } = paths['/policy'].post.requestBody.content['application/json'].schema.properties
  expect(document.properties.rules.items.oneOf).toHaveLength(5)
})
