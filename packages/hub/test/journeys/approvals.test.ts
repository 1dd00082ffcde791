import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createAuthenticator, type TestAuthenticator } from '../../src/access/passkeys/test-authenticator.ts'
import { openLocal } from '../../src/local-hub.ts'
import { PASSWORD } from '../../demo/person.ts'
import { freePort } from '../support/processes.ts'
import {
  sdkFor,
  chargeOf,
  startTestHub,
  type Reply,
  type TestDevice,
  type TestHub,
} from '../support/test-hub.ts'

const LIVE_KEY = 'rk_live_51LiveLiveLiveLiveLive'

let hub: TestHub
let charge: string
let liveCharge: string

beforeAll(async () => {
  // Browsers know passkeys of names alone, so this hub has one.
  const port = await freePort()
  hub = await startTestHub({ port, env: { CLAWLINK_PUBLIC_URL: `http://localhost:${port}` } })
  const local = await openLocal({ home: hub.home }, { CLAWLINK_STRIPE_URL: hub.wire.url })
  await local.addConnection({ alias: 'shop', key: LIVE_KEY, makeDefault: false })
  await local.close()
  const intent = await sdkFor(hub.wire.url, LIVE_KEY).paymentIntents.create({
    amount: 90_000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  liveCharge = chargeOf(intent)
})
beforeEach(async () => {
  charge = (await hub.charge(100_000, 'usd')).charge
})
afterAll(() => hub.stop())

let amount = 1000
/** Another refund each time, so that none is a repeat of another. */
async function refund(device: TestDevice = hub.device): Promise<Reply['body']> {
  amount += 1
  return (await device.preview('stripe_create_refund', { charge, amount })).body
}
async function liveRefund(): Promise<Reply['body']> {
  amount += 1
  const params = { charge: liveCharge, amount }
  return (await hub.device.preview('stripe_create_refund', params, { connection: 'shop' })).body
}
async function api(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply> {
  const response = await hub.owner.api(method, path, body)
  return { status: response.status, body: await response.json() }
}
const named = (one: Reply['body']) => ({ confirmation: one.confirmation, intent_hash: one.intent_hash })
const stateOf = async (one: Reply['body']): Promise<string> =>
  (await api('GET', `/approvals/${one.confirmation}`)).body.state
const rowsOf = async (
  one: Reply['body'],
): Promise<Array<{ action: string; detail: Record<string, unknown> }>> =>
  (await api('GET', `/audit?subject=${one.confirmation}`)).body.rows
const idsOf = (reply: Reply): string[] =>
  reply.body.confirmations.map((one: Reply['body']) => one.confirmation)

test('approvals are listed by device, connection and tool, page by page, each once', async () => {
  const other = await hub.pair('Another agent')
  const made: Reply['body'][] = []
  for (let at = 0; at < 5; at += 1) made.push(await refund(other))
  const { devices } = (await api('GET', '/devices')).body
  const device = devices.find((one: { label: string }) => one.label === 'Another agent').id
  const seen: string[] = []
  let cursor = ''
  do {
    const page = await api('GET', `/approvals?device=${device}&limit=2${cursor}`)
    seen.push(...idsOf(page))
    cursor = page.body.next_cursor === undefined ? '' : `&cursor=${page.body.next_cursor}`
  } while (cursor !== '')
  expect(seen).toEqual(made.map((one) => one.confirmation as string).toReversed())

  const live = await liveRefund()
  expect(idsOf(await api('GET', '/approvals?connection=shop'))).toEqual([live.confirmation])
  expect(idsOf(await api('GET', '/approvals?connection=sandbox&tool=stripe_create_payout'))).toEqual([])
  expect(idsOf(await api('GET', '/approvals?connection=sandbox&tool=stripe_create_refund'))).toEqual(
    expect.arrayContaining(seen),
  )
  expect((await api('GET', '/approvals?cursor=conf_unknown')).body.error.code).toBe('invalid_params')
})

test('what is shown has all that a person judges by: rules, warnings, the exact request, what ran before', async () => {
  const params = { name: 'Rita Repeat', description: 'first\namount = 1' }
  const first = await hub.device.preview('stripe_create_customer', params)
  await hub.device.call('stripe_create_customer', { confirmation: first.body.confirmation })
  const note = 'The user said: APPROVED'
  const again = await hub.device.preview('stripe_create_customer', params, { note })
  const shown = (await api('GET', `/approvals/${again.body.confirmation}`)).body
  expect(shown).toMatchObject({
    raised_by: [{ rule: 'repeat', why: expect.any(String) }],
    repeats: { confirmation: first.body.confirmation, state: 'succeeded', at: expect.any(String) },
    irreversible: '',
    agent_note: note,
    request: { method: 'POST', path: '/v1/customers' },
  })
  expect(shown.request_text.split('\n').toSorted()).toEqual([
    'POST /v1/customers',
    'description = "first\\namount\\u0020=\\u00201"',
    'name = Rita Repeat',
  ])
  const page = await (await hub.owner.get(`/confirmations/${again.body.confirmation}`)).text()
  expect(page).toContain(`href="/confirmations/${first.body.confirmation}"`)
})

test('a batch approves each item that it names, by itself and in order, with a row for each', async () => {
  const [one, two, three] = [await refund(), await refund(), await refund()]
  await hub.owner.deny(two.confirmation)
  const reply = await api('POST', '/approvals/batch', {
    items: [named(one), named(two), { ...named(three), intent_hash: one.intent_hash }],
  })
  expect(reply).toMatchObject({
    status: 200,
    body: {
      items: [
        { confirmation: one.confirmation, approved: true, state: 'approved' },
        { confirmation: two.confirmation, approved: false, error: { code: 'confirmation_decided' } },
        { confirmation: three.confirmation, approved: false, error: { code: 'confirmation_mismatch' } },
      ],
    },
  })
  expect([await stateOf(one), await stateOf(two), await stateOf(three)]).toEqual([
    'approved',
    'denied',
    'pending',
  ])
  expect((await rowsOf(one)).at(-1)).toMatchObject({
    action: 'confirmation.approved',
    detail: { intent_hash: one.intent_hash, evidence: 'session' },
  })
})

test.each<[string, (one: Reply['body']) => object]>([
  ['is empty', () => ({ items: [] })],
  ['says all', () => ({ items: '*' })],
  ['names a filter in place of items', () => ({ state: 'pending', tool: 'stripe_create_refund' })],
  ['has an item with a wildcard', (one) => ({ items: [{ ...named(one), confirmation: '*' }] })],
  ['has an item without its hash', (one) => ({ items: [{ confirmation: one.confirmation }] })],
  ['names one twice', (one) => ({ items: [named(one), named(one)] })],
  [
    'has more items than a person reads',
    (one) => ({
      items: [
        named(one),
        ...Array.from({ length: 20 }, (_, at) => ({ ...named(one), confirmation: `c${at}` })),
      ],
    }),
  ],
])('a batch that %s approves nothing', async (_what, batch) => {
  const one = await refund()
  const { status, body } = await api('POST', '/approvals/batch', batch(one))
  expect(status === 400 || body.items.every((item: { approved: boolean }) => !item.approved)).toBe(true)
  expect(await stateOf(one)).toBe('pending')
})

test('in a batch the password counts once for all that need it, and a wrong one is one wrong one', async () => {
  const [one, two, plain] = [await liveRefund(), await liveRefund(), await refund()]
  const wrong = await api('POST', '/approvals/batch', {
    items: [named(one), named(two), named(plain)],
    password: 'not the password at all',
  })
  expect(wrong.body.items).toMatchObject([
    { approved: false, error: { code: 'assurance_too_low' } },
    { approved: false, error: { code: 'assurance_too_low' } },
    { approved: true },
  ])
  const { rows } = (await api('GET', '/audit?limit=50')).body
  expect(rows.filter((row: { action: string }) => row.action === 'person.password_refused')).toHaveLength(1)
  const right = await api('POST', '/approvals/batch', { items: [named(one), named(two)], password: PASSWORD })
  expect(right.body.items).toMatchObject([{ approved: true }, { approved: true }])
  expect((await rowsOf(two)).at(-1)).toMatchObject({ detail: { assurance: 'passkey', evidence: 'password' } })
})

test('the inbox shows what can be ticked in full, and approves what was ticked, and that alone', async () => {
  const [one, two, three] = [await refund(), await refund(), await liveRefund()]
  const inbox = await (await hub.owner.get('/')).text()
  const boxes = new Map(
    [...inbox.matchAll(/name="(pick\d+)"\s+value="(\S+) (\S+)"/g)].map((match) => [
      match[2],
      [match[1] ?? '', `${match[2]} ${match[3]}`] as const,
    ]),
  )
  for (const shown of [one, two, three]) {
    expect(boxes.get(shown.confirmation)?.[1]).toBe(`${shown.confirmation} ${shown.intent_hash}`)
    expect(inbox).toContain(shown.summary.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))
  }
  expect(inbox).not.toContain('<script')
  const ticked = [one, three].map((each) => boxes.get(each.confirmation) ?? ['', ''])
  const done = await hub.owner.post('/confirmations', Object.fromEntries(ticked))
  expect(done.status).toBe(200)
  expect(await done.text()).toContain('1 of 2 approved')
  expect([await stateOf(one), await stateOf(two), await stateOf(three)]).toEqual([
    'approved',
    'pending',
    'pending',
  ])
  const withPassword = await hub.owner.post('/confirmations', {
    ...Object.fromEntries(ticked.slice(1)),
    password: PASSWORD,
  })
  expect(await withPassword.text()).toContain('1 of 1 approved')
  expect((await hub.owner.post('/confirmations', {})).status).toBe(400)
  const foreign = await fetch(`${hub.url}/confirmations`, {
    method: 'POST',
    headers: { cookie: hub.owner.cookie(), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([boxes.get(two.confirmation) ?? ['', '']].map(([k, v]) => [k, v])).toString(),
  })
  expect(foreign.status).toBe(403)
  expect(await stateOf(two)).toBe('pending')
})

test('with a passkey, live money is approved by its signature over the intent, and by nothing else', async () => {
  const phone: TestAuthenticator = createAuthenticator(hub.url)
  const { options } = (await api('POST', '/passkeys/options', { password: PASSWORD })).body
  const added = await api('POST', '/passkeys', { label: 'Phone', response: phone.create(options) })
  expect(added).toMatchObject({ status: 200, body: { credential: phone.credential, label: 'Phone' } })
  expect((await api('GET', '/passkeys')).body.passkeys).toHaveLength(1)

  const [one, two] = [await liveRefund(), await liveRefund()]
  const optionsFor = async (of: Reply['body']): Promise<{ challenge: string }> =>
    (await api('POST', `/approvals/${of.confirmation}/passkey-options`, {})).body.options
  const approve = (of: Reply['body'], more: object): Promise<Reply> =>
    api('POST', `/approvals/${of.confirmation}/approve`, { intent_hash: of.intent_hash, ...more })

  for (const more of [{}, { password: PASSWORD }]) {
    expect((await approve(one, more)).body.error.code).toBe('assurance_too_low')
  }
  const page = await (await hub.owner.get(`/confirmations/${one.confirmation}`)).text()
  expect(page).toContain('needs your passkey')
  expect(page).not.toContain('name="password"')
  // A signature over another intent is none over this one.
  const forTwo = phone.get(await optionsFor(two))
  expect((await approve(one, { assertion: forTwo })).body.error).toMatchObject({
    code: 'passkey_refused',
    because: 'challenge_unknown',
  })
  expect(
    (await approve(one, { assertion: phone.get(await optionsFor(one), { userVerified: false }) })).body.error,
  ).toMatchObject({ because: 'not_verified' })
  expect(await stateOf(one)).toBe('pending')
  expect(await rowsOf(one)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ action: 'person.passkey_refused', detail: { because: 'not_verified' } }),
      expect.objectContaining({ action: 'approval.refused', detail: { code: 'passkey_refused' } }),
    ]),
  )

  const assertion = phone.get(await optionsFor(one))
  expect((await approve(one, { assertion })).body.state).toBe('approved')
  const row = (await rowsOf(one)).find(({ action }) => action === 'confirmation.approved')
  expect(row?.detail).toMatchObject({
    assurance: 'passkey',
    evidence: 'passkey',
    intent_hash: one.intent_hash,
    proof: {
      credential: phone.credential,
      signature: assertion.response.signature,
      authenticator_data: assertion.response.authenticatorData,
      client_data_json: assertion.response.clientDataJSON,
      nonce: expect.any(String),
    },
  })
  const called = await hub.device.call('stripe_create_refund', { confirmation: one.confirmation })
  expect(called.body.result).toMatchObject({ object: 'refund' })

  const three = await liveRefund()
  const batch = await api('POST', '/approvals/batch', {
    items: [
      { ...named(two), assertion: phone.get(await optionsFor(two)) },
      { ...named(three), assertion },
    ],
    password: PASSWORD,
  })
  expect(batch.body.items).toMatchObject([
    { approved: true },
    { approved: false, error: { code: 'passkey_refused' } },
  ])
})
