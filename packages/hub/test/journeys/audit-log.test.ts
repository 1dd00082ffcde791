import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLocal } from '../../src/local-hub.ts'
import { PASSWORD } from '../../demo/person.ts'
import { CLAWLINK, runProcess, type Finished } from '../support/processes.ts'
import { chargeOf, sdkFor, startTestHub, type TestHub } from '../support/test-hub.ts'

const CARD = '4242424242424242'
const RESTRICTED_KEY = 'rk_test_51CanaryCanaryCanaryCanaryCanary'
const LIVE_KEY = 'sk_live_51CanaryCanaryCanaryCanaryCanary'

let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

const clawlink = (...args: string[]): Promise<Finished> =>
  runProcess(CLAWLINK, ['audit', ...args, '--home', hub.home])

interface Row {
  seq: number
  action: string
  subject: string
  detail: Record<string, unknown>
}

const exported = async (query = ''): Promise<Row[]> => {
  const response = await hub.owner.api('GET', `/audit/export${query}`)
  expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8')
  expect(response.headers.get('content-disposition')).toContain('clawlink-audit.jsonl')
  return (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

/** A write carried out, whatever it asks for; answers what the agent got. */
async function write(tool: string, params: object, more: object = {}): Promise<Record<string, unknown>> {
  const preview = await hub.device.preview(tool, params, { ...more })
  expect(preview.status, JSON.stringify(preview.body)).toBe(200)
  if (preview.body.state === 'pending') await hub.owner.approve(preview.body.confirmation, PASSWORD)
  const { body, status } = await hub.device.call(tool, { confirmation: preview.body.confirmation })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.result as Record<string, unknown>
}

test('every decision and every attempt on the wire is a row, and no row holds a secret, a card or a link that opens something', async () => {
  const local = await openLocal({ home: hub.home }, { CLAWLINK_STRIPE_URL: hub.wire.url })
  await local.addConnection({ alias: 'canary', key: RESTRICTED_KEY, makeDefault: false })
  await local.addConnection({ alias: 'live', key: LIVE_KEY, makeDefault: false })
  const { device, owner } = hub
  const { charge, customer } = await hub.charge(5000, 'usd')
  const preview = async (amount: number): Promise<string> =>
    (await device.preview('stripe_create_refund', { charge, amount })).body.confirmation as string

  // What was carried out, with answers that hold what must not be kept.
  const link = { customer, return_url: 'https://example.com/back' }
  const price = await hub.stripe.prices.create({
    currency: 'usd',
    unit_amount: 900,
    product_data: { name: 'P' },
  })
  const answers = [
    await write('stripe_create_payment_intent', { amount: 5000, currency: 'usd' }),
    await write('stripe_create_setup_intent', { customer }),
    await write('stripe_create_billing_portal_session', link),
    await write('stripe_create_customer_session', {
      customer,
      components: { pricing_table: { enabled: true } },
    }),
    await write('stripe_create_checkout_session', {
      mode: 'payment',
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: 'https://example.com/thanks',
    }),
  ]
  await write('stripe_create_refund', { charge, amount: 100 })

  // What was refused.
  await device.preview('stripe_create_customer', { description: `my card is ${CARD}` })
  await device.call(CARD)
  const denied = await preview(200)
  await owner.deny(denied, 'not today')
  const mismatched = await preview(300)
  await owner.api('POST', `/approvals/${mismatched}/approve`, { intent_hash: 'f'.repeat(64) })
  await device.call('stripe_create_refund', { confirmation: mismatched, params: { charge, amount: 301 } })
  const paid = await sdkFor(hub.wire.url, LIVE_KEY).paymentIntents.create({
    amount: 8000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  const ofLive = { charge: chargeOf(paid), amount: 1000 }
  const live = (await device.preview('stripe_create_refund', ofLive, { connection: 'live' })).body
  await owner.approve(live.confirmation, 'a wrong password')
  const foreign = await preview(400)
  const other = await hub.pair('Read only', { readOnly: true })
  await other.call('stripe_create_refund', { confirmation: foreign })
  await other.preview('stripe_create_refund', { charge })
  await owner.post('/sign-in', { email: 'olivia@example.com', password: 'wrong' }, '/sign-in')
  await local.removeConnection('canary')
  await local.close()

  const rows = await exported()
  const has = (action: string, subject: unknown, detail: object = {}): void =>
    expect(rows.filter((row) => row.action === action)).toContainEqual(
      expect.objectContaining({ subject, detail: expect.objectContaining(detail) }),
    )
  has('read.started', expect.stringMatching(/^call_/), {
    purpose: 'connect',
    kind: 'restricted_key',
    path: '/v1/account',
  })
  has('approval.refused', mismatched, { code: 'confirmation_mismatch' })
  has('approval.refused', live.confirmation, { code: 'assurance_too_low' })
  has('call.refused', mismatched, { code: 'confirmation_mismatch', tool: 'stripe_create_refund' })
  has('call.refused', foreign, { code: 'another_device' })
  has('policy.denied', 'stripe_create_refund', { rule: expect.any(String) })
  has('confirmation.denied', denied, { reason: 'not today' })
  has('audit.exported', 'ws_default', { format: 'jsonl' })
  has('audit.checkpoints_begun', 'ws_default')
  const actions = new Set(rows.map(({ action }) => action))
  for (const action of [
    'workspace.created',
    'setup.finished',
    'connection.added',
    'connection.removed',
    'device.paired',
    'read.started',
    'read.finished',
    'confirmation.created',
    'confirmation.approved',
    'confirmation.sending',
    'confirmation.succeeded',
    'confirmation.burnt',
    'person.password_refused',
    'person.sign_in_refused',
  ]) {
    expect([...actions]).toContain(action)
  }

  const secrets = [CARD, RESTRICTED_KEY, LIVE_KEY, PASSWORD, 'a wrong password', ...answers.flatMap(opening)]
  expect(secrets.length).toBeGreaterThanOrEqual(10)
  const text = JSON.stringify(rows)
  for (const secret of secrets) expect(text, secret).not.toContain(secret)
  expect(text).not.toMatch(/_secret_|(?:checkout|billing)\.stripe\.com|\/c\/pay\/|\/p\/session\//)
})

test('an export is taken with filters, as JSONL or CSV, and a read-only eye cannot change anything by it', async () => {
  const created = await exported('?action=confirmation.*')
  expect(created.length).toBeGreaterThan(3)
  expect(created.every(({ action }) => action.startsWith('confirmation.'))).toBe(true)
  const csv = await hub.owner.api('GET', '/audit/export?format=csv&from=2020-01-01')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(await csv.text()).toMatch(/^workspace,seq,[\w,]+\r\nws_default,1,/)
  expect((await hub.owner.api('GET', '/audit/export?from=yesterday')).status).toBe(400)
  expect((await hub.device.request('GET', '/audit/export')).status).toBe(401)
})

test('the terminal exports, proves the export by the key alone, checkpoints, and finds what was put back', async () => {
  const file = join(hub.home, 'export.jsonl')
  const out = await clawlink('export', '--out', file, '--json')
  expect(out.code, out.stderr).toBe(0)
  const proven = await clawlink('verify', '--file', file)
  expect(JSON.parse(proven.stdout)).toMatchObject({ ok: true, whole: true, first: 1 })
  const part = await clawlink('export', '--action', 'device.*')
  expect(part.stdout.split('\n').length).toBeGreaterThan(1)

  const checkpoint = await clawlink('checkpoint')
  expect(JSON.parse(checkpoint.stdout)).toMatchObject({ workspace: 'ws_default', mac: expect.any(String) })
  const lines = readFileSync(file, 'utf8')
  const edited = await runProcess(CLAWLINK, ['audit', 'verify', '--file', '-', '--home', hub.home], {
    stdin: lines.replace('"seq":3,', '"seq":4,'),
  })
  expect(edited.code).toBe(1)
  expect(edited.stderr).toContain('line 3')
  expect((await clawlink('verify')).code).toBe(0)
})

/** What of an answer opens something to whoever has it. */
function opening(answer: Record<string, unknown>): string[] {
  return ['client_secret', 'url'].flatMap((key) => {
    const value = answer[key]
    return typeof value === 'string' ? [value, value.slice(-20)] : []
  })
}
