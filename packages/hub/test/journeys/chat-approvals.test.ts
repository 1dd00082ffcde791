import { readCredentials, signAnswer, startPairing, type ChatAnswer } from '@clawlink/client'
import { compactVerify, EmbeddedJWK, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestHub, type Reply, type TestDevice, type TestHub } from '../support/test-hub.ts'

const REFUND = 'stripe_create_refund'

let hub: TestHub
/** It asks people in a chat, and was let pass on what they answer. */
let chat: TestDevice
let charge: string

beforeAll(async () => {
  hub = await startTestHub()
  chat = await hub.pair('Chat gateway', { chatApprovals: true })
})
beforeEach(async () => {
  await setMoneyInTest('chat')
  charge = (await hub.charge(10_000, 'usd')).charge
})
afterAll(() => hub.stop())

async function setMoneyInTest(assurance: string): Promise<void> {
  const { version } = (await owner('GET', '/policy')).body
  const { presets } = (await owner('GET', '/policy/presets')).body
  const { document } = presets.find((preset: { name: string }) => preset.name === 'careful')
  document.assurance.test.money = assurance
  const reply = await owner('POST', '/policy', { replaces: version, document })
  expect(reply.status).toBe(200)
}

async function owner(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply> {
  const response = await hub.owner.api(method, path, body)
  return { status: response.status, body: await response.json() }
}

async function refund(amount: number, device = chat): Promise<ChatAnswer & { view: Reply['body'] }> {
  const { body } = await device.preview(REFUND, { charge, amount })
  return { confirmation: body.confirmation, intentHash: body.intent_hash, decision: 'approve', view: body }
}

async function attest(device: TestDevice, answer: ChatAnswer): Promise<Reply> {
  const response = await device.client.attest(answer)
  return { status: response.status, body: await response.json() }
}

const attestRaw = (confirmation: string, attestation: string): Promise<Reply> =>
  chat.request('POST', `/confirmations/${confirmation}/attest`, { attestation })
const stateOf = async (confirmation: string): Promise<string> =>
  (await owner('GET', `/approvals/${confirmation}`)).body.state
const auditOf = async (subject: string) => (await owner('GET', `/audit?subject=${subject}`)).body.rows

test('a yes in the chat lets exactly this refund through, once, and the audit log holds the signed statement', async () => {
  const asked = await refund(2500)
  expect(asked.view).toMatchObject({
    state: 'pending',
    needs: 'chat',
    money: [{ amount: 2500, currency: 'usd', decimal: '25.00' }],
  })
  expect(await attest(chat, asked)).toMatchObject({ status: 200, body: { state: 'approved' } })
  const calls = await Promise.all([1, 2].map(() => chat.call(REFUND, { confirmation: asked.confirmation })))
  expect(calls.some(({ status, body }) => status === 200 && body.result?.amount === 2500)).toBe(true)
  expect(hub.wire.writes()).toHaveLength(1)

  const rows = await auditOf(asked.confirmation)
  const approved = rows.find((row: { action: string }) => row.action === 'confirmation.approved')
  expect(approved).toMatchObject({
    actor: expect.stringMatching(/^device:/),
    detail: { evidence: 'chat', assurance: 'chat', intent_hash: asked.intentHash },
  })
  const { payload } = await compactVerify(approved.detail.proof.jws, EmbeddedJWK)
  expect(JSON.parse(Buffer.from(payload).toString('utf8'))).toMatchObject({
    aud: hub.url,
    confirmation: asked.confirmation,
    intent_hash: asked.intentHash,
    decision: 'approve',
  })
})

test('a no in the chat ends the confirmation', async () => {
  const asked = await refund(2500)
  const said = await attest(chat, { ...asked, decision: 'deny' })
  expect(said).toMatchObject({
    status: 200,
    body: { state: 'denied', reason: 'The user said no in the chat.' },
  })
  expect(await chat.call(REFUND, { confirmation: asked.confirmation })).toMatchObject({
    body: { error: { code: 'write_rejected' } },
  })
  expect(await attest(chat, asked)).toMatchObject({
    status: 409,
    body: { error: { code: 'confirmation_decided' } },
  })
  expect(hub.wire.writes()).toEqual([])
})

test('where the policy lets the agent vouch, a yes counts for more and a no still ends it', async () => {
  const preview = (name: string) => chat.preview('stripe_create_customer', { name })
  const first = (await preview('Yes')).body
  expect(first).toMatchObject({ state: 'approved', needs: 'agent' })
  const yes = { confirmation: first.confirmation, intentHash: first.intent_hash }
  expect((await attest(chat, { ...yes, decision: 'approve' })).status).toBe(200)
  expect((await auditOf(yes.confirmation)).at(-1)).toMatchObject({
    action: 'confirmation.approved',
    detail: { assurance: 'chat' },
  })
  const second = (await preview('No')).body
  const no = { confirmation: second.confirmation, intentHash: second.intent_hash }
  expect((await attest(chat, { ...no, decision: 'deny' })).body.state).toBe('denied')
  expect((await chat.call('stripe_create_customer', { confirmation: no.confirmation })).status).toBe(403)
})

test('a chat is never enough for what has to be approved on the hub', async () => {
  await setMoneyInTest('dashboard')
  const asked = await refund(2500)
  expect(await attest(chat, asked)).toMatchObject({
    status: 403,
    body: { error: { code: 'assurance_too_low' } },
  })
  expect(await stateOf(asked.confirmation)).toBe('pending')
  expect(await auditOf(asked.confirmation)).toContainEqual(
    expect.objectContaining({ action: 'attestation.refused', detail: { code: 'assurance_too_low' } }),
  )
})

test('a device that no person let attest cannot, though it signs well', async () => {
  const asked = await refund(2500, hub.device)
  expect(await attest(hub.device, asked)).toMatchObject({
    status: 403,
    body: { error: { code: 'attestation_refused', next_step: expect.stringContaining('approval_url') } },
  })
  expect(await stateOf(asked.confirmation)).toBe('pending')
})

test('a device attests for what it asked for itself alone', async () => {
  const asked = await refund(2500, hub.device)
  expect(await attest(chat, asked)).toMatchObject({ status: 404 })
  expect(await stateOf(asked.confirmation)).toBe('pending')
})

test('what was shown is what is approved: another intent’s hash approves nothing', async () => {
  const [one, other] = [await refund(100), await refund(9_900)]
  expect(await attest(chat, { ...one, intentHash: other.intentHash })).toMatchObject({
    status: 409,
    body: { error: { code: 'confirmation_mismatch' } },
  })
  const { hub: address, key } = await readCredentials(chat.credentialsFile)
  const aboutOne = await signAnswer({ hub: address, key, now: Date.now }, one)
  expect(await attestRaw(other.confirmation, aboutOne)).toMatchObject({ status: 403 })
  expect(await stateOf(one.confirmation)).toBe('pending')
  expect(await stateOf(other.confirmation)).toBe('pending')
})

test('a statement counts only if this device signed it, for this hub, about now, as a statement', async () => {
  const asked = await refund(2500)
  const mine = await readCredentials(chat.credentialsFile)
  const theirs = await readCredentials(hub.device.credentialsFile)
  const { d: _d, ...jwk } = mine.key
  const claims = { confirmation: asked.confirmation, intent_hash: asked.intentHash, decision: 'approve' }
  const stated = async (
    over: { header?: object; claims?: object; issuedAt?: number; audience?: string } = {},
  ): Promise<string> =>
    new SignJWT({ ...claims, ...over.claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'clawlink-attestation+jwt', jwk, ...over.header })
      .setAudience(over.audience ?? mine.hub)
      .setIssuedAt(over.issuedAt ?? Math.floor(Date.now() / 1000))
      .sign(await importJWK(mine.key, 'ES256'))
  const [header = '', payload = ''] = (await stated()).split('.')
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'clawlink-attestation+jwt' }))
  const now = Math.floor(Date.now() / 1000)
  const wrong: Record<string, string> = {
    'another key': await signAnswer({ hub: mine.hub, key: theirs.key, now: Date.now }, asked),
    'another hub': await stated({ audience: 'https://elsewhere.example.com' }),
    'an hour ago': await stated({ issuedAt: now - 3_600 }),
    'in an hour': await stated({ issuedAt: now + 3_600 }),
    'another type': await stated({ header: { typ: 'dpop+jwt' } }),
    'another decision': await stated({ claims: { decision: 'yes' } }),
    'no signature': `${header}.${payload}.`,
    'no algorithm': `${unsigned.toString('base64url')}.${payload}.`,
    'not a statement': 'approve',
  }
  for (const [what, attestation] of Object.entries(wrong)) {
    const reply = await attestRaw(asked.confirmation, attestation)
    expect(reply, what).toMatchObject({ status: 403, body: { error: { code: 'attestation_refused' } } })
  }
  expect(await stateOf(asked.confirmation)).toBe('pending')
  // The control: the same statement without a fault is taken.
  expect((await attestRaw(asked.confirmation, await stated())).status).toBe(200)
})

test('whoever pairs a device can keep the right from it, and sees which devices have it', async () => {
  const pending = await startPairing({ hub: hub.url, label: 'Group chat', chatApprovals: true })
  const page = await hub.owner.get(`/pair?code=${pending.userCode}`)
  expect(await page.text()).toContain('name="chat_approvals"')
  const plain = await startPairing({ hub: hub.url, label: 'Shell' })
  const other = await hub.owner.get(`/pair?code=${plain.userCode}`)
  expect(await other.text()).not.toContain('name="chat_approvals"')
  // Sent all the same, it gives nothing that the device did not ask for.
  expect(await approve(plain.userCode, { chat_approvals: 'yes' })).toBe(false)
  expect(await approve(pending.userCode, {})).toBe(false)
  const devices = await (await hub.owner.get('/devices')).text()
  expect(devices.split('Asks in the chat')).toHaveLength(2)
})

test('a device lists what waits of its own, and nothing of others', async () => {
  const mine = await refund(2500)
  const theirs = await refund(2600, hub.device)
  const ids = (await chat.request('GET', '/confirmations')).body.confirmations.map(
    (one: { confirmation: string }) => one.confirmation,
  )
  expect(ids).toContain(mine.confirmation)
  expect(ids).not.toContain(theirs.confirmation)
})

/** Pairs it; the answer is whether it may attest. */
async function approve(code: string, fields: Record<string, string>): Promise<boolean> {
  const reply = await hub.owner.post('/pair', { code, decision: 'approve', ...fields }, '/devices')
  expect(reply.status).toBe(303)
  const { rows } = (await owner('GET', '/audit')).body
  const paired = rows.findLast((row: { action: string }) => row.action === 'device.paired')
  return paired.detail.scope.chatApprovals
}
