import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newDeviceKey, writeCredentials } from '@clawlink/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startTestHub, type TestHub } from '../../hub/test/support/test-hub.ts'
import { ownerOf, type Owner } from './support/people.ts'
import { createSmallHost, person, type SmallHost } from './support/small-host.ts'

const REFUND = 'stripe_create_refund'
/** Longer than a call that does not wait takes to be refused. */
const ATTEST_DELAY_MS = 300
const folders: string[] = []

let hub: TestHub
let owner: Owner
let stateDir: string
let host: SmallHost
let charge: string
let session = 0

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-gate-'))
  folders.push(folder)
  return folder
}

beforeAll(async () => {
  hub = await startTestHub()
  owner = ownerOf(hub)
  stateDir = newFolder()
  host = createSmallHost(stateDir, { hubUrl: hub.url })
  const { user_code: code } = await host.call('clawlink_begin_pairing', {})
  await owner.approvePairing(code, { chatApprovals: true })
  expect(await host.call('clawlink_get_pairing_status', {})).toMatchObject({ status: 'paired' })
  await owner.setMoneyInTest('chat')
})
beforeEach(async () => {
  charge = (await hub.charge(10_000, 'usd')).charge
  session += 1
})
afterAll(async () => {
  await hub.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const refund = (amount = 2500) => ({ tool: REFUND, params: { charge, amount } })
const call = (args: Record<string, unknown>, options: Parameters<SmallHost['call']>[2] = {}, on = host) =>
  on.call('clawlink_call_tool', args, { session: `s${session}`, ...options })
const refunds = async (): Promise<number> => (await hub.stripe.refunds.list({ charge })).data.length
/** The confirmations that there are. */
const confirmations = async (): Promise<string[]> => {
  const response = await hub.owner.api('GET', '/audit?limit=500')
  const { rows } = (await response.json()) as { rows: Array<{ action: string; subject: string }> }
  return rows.filter(({ action }) => action === 'confirmation.created').map(({ subject }) => subject)
}

/** Credentials as if this device had been paired with that hub. */
async function pairWith(folder: string, url: string): Promise<void> {
  await writeCredentials(join(folder, 'clawlink/device.json'), {
    version: 1,
    hub: url,
    label: 'Test',
    key: await newDeviceKey(),
    accessToken: 'an-access-token',
    accessTokenExpiresAt: Date.now() + 60 * 60 * 1000,
    refreshToken: 'a-refresh-token',
  })
}

describe('a person who is asked', () => {
  test('the call waits until the hub has been told, however long that takes', async () => {
    const { fetch } = globalThis
    const order: string[] = []
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      // The hub is told once everything else that was under way has been answered.
      if (url.endsWith('/attest')) await sleep(ATTEST_DELAY_MS)
      const response = await fetch(url, init)
      order.push(url.slice(url.lastIndexOf('/') + 1))
      return response
    })
    const slow = createSmallHost(stateDir, { hubUrl: hub.url })
    vi.unstubAllGlobals()
    const answer = await call(refund(), { decide: person('allow-once') }, slow)
    expect(answer).toMatchObject({ result: { amount: 2500 } })
    expect(order).toEqual(['preview', 'attest', 'call'])
    expect(await refunds()).toBe(1)
  })

  test('a yes that does not reach the hub counts for nothing, and is asked for again', async () => {
    const { fetch } = globalThis
    let isCut = true
    vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
      isCut && url.endsWith('/attest') ? Promise.reject(new TypeError('fetch failed')) : fetch(url, init),
    )
    const cut = createSmallHost(stateDir, { hubUrl: hub.url })
    vi.unstubAllGlobals()
    const { error } = await call(refund(), { decide: person('allow-once') }, cut)
    expect(error).toMatchObject({ code: 'approval_required' })
    expect(cut.warnings).toEqual([expect.stringContaining(error.confirmation)])
    isCut = false
    expect(await call(refund(), { decide: person('allow-once') }, cut)).toMatchObject({
      confirmation: error.confirmation,
      result: { amount: 2500 },
    })
    expect([cut.asked.length, await refunds()]).toEqual([2, 1])
  })

  test('one write is one confirmation, however often it is tried', async () => {
    const before = await confirmations()
    await call(refund(), { decide: person('timeout') })
    await call(refund(), { decide: person('cancelled') })
    const { error } = await call(refund())
    const after = await confirmations()
    expect(after.filter((id) => !before.includes(id))).toEqual([error.confirmation])
  })

  test('while somebody is asked, the same confirmation is not asked about again: it gets a link', async () => {
    const { confirmation } = await host.call('clawlink_preview_tool', refund())
    const asked = host.asked.length
    const answered = Promise.withResolvers<'allow-once'>()
    const first = call({ tool: REFUND, confirmation }, { decide: () => answered.promise })
    await expect.poll(() => host.asked.length).toBe(asked + 1)
    expect(await call({ tool: REFUND, confirmation })).toMatchObject({ error: { code: 'approval_required' } })
    answered.resolve('allow-once')
    expect(await first).toMatchObject({ result: { amount: 2500 } })
    expect([host.asked.length, await refunds()]).toEqual([asked + 1, 1])
  })

  test('a no is final for this confirmation; a new call asks anew', async () => {
    expect(await call(refund(), { decide: person('deny') })).toEqual({ blocked: 'deny' })
    const asked = host.asked.length
    expect(await call(refund(), { decide: person('allow-once') })).toMatchObject({ result: { amount: 2500 } })
    expect([host.asked.length, await refunds()]).toEqual([asked + 1, 1])
  })

  test('“always” was never offered, so it is no answer', async () => {
    const { confirmation } = await host.call('clawlink_preview_tool', refund())
    await call({ tool: REFUND, confirmation }, { decide: person('allow-always') })
    expect(await owner.stateOf(confirmation)).toBe('pending')
    expect(await refunds()).toBe(0)
  })

  test.each(['allow-once', 'deny'] as const)(
    'what OpenClaw answers at once by itself (%s) is nobody’s word',
    async (decision) => {
      const { confirmation } = await host.call('clawlink_preview_tool', refund())
      await call({ tool: REFUND, confirmation }, { decide: () => decision })
      const wait = { confirmation, wait_seconds: 1 }
      expect(await host.call('clawlink_get_confirmation', wait)).toMatchObject({ state: 'pending' })
      expect((await owner.auditOf(confirmation)).map(({ action }) => action)).toEqual([
        'confirmation.created',
      ])
      expect(await refunds()).toBe(0)
    },
  )

  test('a run that is given up does not make its session one where nobody can be asked', async () => {
    const run = new AbortController()
    const asked = host.asked.length
    const gaveUp = async () => {
      run.abort()
      return 'cancelled' as const
    }
    await call(refund(), { decide: gaveUp, signal: run.signal })
    await call(refund(), { decide: person('allow-once') })
    expect([host.asked.length, await refunds()]).toEqual([asked + 2, 1])
  })

  test('a question that another plugin took away leaves nothing hanging', async () => {
    expect(await call(refund(), { blocked: true })).toEqual({ blocked: 'by another plugin' })
    expect(await call(refund())).toMatchObject({ error: { code: 'approval_required' } })
    expect(await refunds()).toBe(0)
  })

  test('where there is no channel, nobody is asked', async () => {
    const asked = host.asked.length
    expect(await call(refund(), { channel: null })).toMatchObject({ error: { code: 'approval_required' } })
    expect(host.asked.length).toBe(asked)
  })
})

describe('what the config says', () => {
  test('when-required asks only where the hub wants a chat', async () => {
    const quiet = createSmallHost(stateDir, { hubUrl: hub.url, approvals: 'when-required' })
    const customer = { tool: 'stripe_create_customer', params: { name: 'Quiet' } }
    const { error } = await call(customer, {}, quiet)
    expect(error).toMatchObject({ code: 'confirmation_required', summary: expect.stringContaining('Quiet') })
    const confirmed = { tool: customer.tool, confirmation: error.confirmation }
    expect(await call(confirmed, {}, quiet)).toMatchObject({ result: { name: 'Quiet' } })
    expect(quiet.asked).toEqual([])
    await call(refund(), { decide: person('allow-once') }, quiet)
    expect(quiet.asked).toHaveLength(1)
  })

  test('what was paired with one hub is not sent to another', async () => {
    const elsewhere = createSmallHost(stateDir, { hubUrl: 'http://localhost:1' })
    expect(await elsewhere.call('clawlink_list_integrations', {})).toMatchObject({
      error: { code: 'not_paired', message: expect.stringContaining(hub.url) },
    })
  })

  test.each([
    { hubUrl: 'http://hub.example.com' },
    { hubUrl: 'ftp://localhost' },
    { hubUrl: 'not an address' },
  ])('a hub at %j is refused with the reason', async (config) => {
    const answer = await createSmallHost(newFolder(), config).call('clawlink_begin_pairing', {})
    expect(answer).toMatchObject({
      error: { code: 'hub_unreachable', message: expect.stringMatching(/https/) },
    })
  })

  test.each([{ approvals: 'never' }, { hubURL: 'http://localhost:1' }, { deviceLabel: '' }])(
    '%j is not taken',
    (config) => {
      expect(() => createSmallHost(newFolder(), config)).toThrow('The config of clawlink-plugin is not right')
    },
  )
})

describe('a hub that answers oddly', () => {
  test.each([
    ['a preview that nobody can read', 200, { needs_confirmation: true, confirmation: 'conf_1' }],
    ['a page', 200, '<html>'],
    ['an error that is none of a hub', 500, { message: 'oops' }],
  ])('%s blocks the write: nobody is asked, and nothing is called', async (_name, status, body) => {
    const sent: string[] = []
    const odd = createServer((request, response) => {
      sent.push(`${request.method} ${request.url}`)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve))
    const folder = newFolder()
    await pairWith(folder, `http://127.0.0.1:${(odd.address() as AddressInfo).port}`)
    const other = createSmallHost(folder, {})
    const answer = await call(refund(), { decide: person('allow-once') }, other)
    expect(answer).toEqual({ blocked: expect.stringContaining('Nothing was sent') })
    expect(other.asked).toEqual([])
    expect(sent).toEqual(['POST /api/v1/preview'])
    await new Promise((resolve) => odd.close(resolve))
  })
})
