import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Client } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bridgeTo, callTool, ERAS, mcpClient, type Era } from '../support/mcp.ts'
import { CLAWLINK, freePort } from '../support/processes.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

async function unpairedBridge(era: Era, address = hub.url): Promise<Client> {
  const client = mcpClient({ era })
  const home = mkdtempSync(join(tmpdir(), 'clawlink-bridge-'))
  await client.connect(bridgeTo({ home, hub: address }))
  return client
}

/** What `clawlink_get_pairing_status` says once it is no longer `pending`; the bridge paces the questions itself. */
async function outcomeOf(client: Client): Promise<string> {
  for (;;) {
    const { status } = await callTool(client, 'clawlink_get_pairing_status')
    if (status !== 'pending') return status
  }
}

describe.each(ERAS)('$era', (era) => {
  test('a bridge that is not paired starts, says so, and pairs in the steps of a conversation', async () => {
    const client = await unpairedBridge(era)
    expect(client.getNegotiatedProtocolVersion()).toBe(era.era)
    expect(await callTool(client, 'clawlink_get_pairing_status')).toMatchObject({ status: 'not_paired' })
    expect(await callTool(client, 'clawlink_list_integrations')).toMatchObject({
      isError: true,
      error: { code: 'not_paired', next_step: expect.stringContaining('clawlink_begin_pairing') },
    })

    const begun = await callTool(client, 'clawlink_begin_pairing', { deviceLabel: 'My editor' })
    expect(begun).toMatchObject({ status: 'pending', verification_uri: `${hub.url}/pair` })
    const again = await callTool(client, 'clawlink_begin_pairing')
    expect(again.user_code).toBe(begun.user_code)
    const page = await (await hub.owner.get(`/pair?code=${begun.user_code}`)).text()
    expect(page).toContain('My editor')
    await hub.owner.post('/pair', { code: begun.user_code, decision: 'approve' }, '/devices')
    expect(await outcomeOf(client)).toBe('paired')

    expect(await callTool(client, 'clawlink_begin_pairing')).toMatchObject({ status: 'paired', hub: hub.url })
    expect(await callTool(client, 'clawlink_list_integrations')).toMatchObject({
      integrations: [{ integration: 'stripe' }],
    })
    await client.close()
  })
})

const [, modern] = ERAS

test('a pairing that a person refuses ends so, and another can be begun', async () => {
  const client = await unpairedBridge(modern)
  const { user_code: code } = await callTool(client, 'clawlink_begin_pairing')
  await hub.owner.post('/pair', { code, decision: 'deny' }, '/devices')
  expect(await outcomeOf(client)).toBe('denied')
  const again = await callTool(client, 'clawlink_begin_pairing')
  expect(again).toMatchObject({ status: 'pending', user_code: expect.not.stringContaining(code) })
  await client.close()
})

test('a hub that does not answer is a result that says so', async () => {
  const client = await unpairedBridge(modern, `http://127.0.0.1:${await freePort()}`)
  expect(await callTool(client, 'clawlink_begin_pairing')).toMatchObject({
    isError: true,
    error: { code: 'hub_unreachable', next_step: expect.any(String) },
  })
  await client.close()
})

test('nothing but the protocol is on standard output, whatever comes in; it ends with its input', async () => {
  const args = [CLAWLINK, 'mcp', '--hub', hub.url, '--home', hub.home]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, CLAWLINK_DEVICE: hub.device.credentialsFile },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const clientInfo = { name: 'by hand', version: '1' }
  const requests = [
    { method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
    { method: 'tools/list' },
    { method: 'tools/call', params: { name: 'clawlink_call_tool', arguments: { tool: 'stripe_nothing' } } },
    { method: 'resources/read', params: { uri: 'clawlink://skill' } },
    { method: 'no/such/method' },
  ]
  child.stdin.write('this is no message\n')
  requests.forEach((request, id) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...request })}\n`),
  )
  const answered = new Set<number>()
  for await (const line of createInterface(child.stdout)) {
    const message = JSON.parse(line) as { jsonrpc: string; id: number }
    expect(message).toMatchObject({ jsonrpc: '2.0', id: expect.any(Number) })
    answered.add(message.id)
    if (answered.size === requests.length) child.stdin.end()
  }
  expect(answered).toEqual(new Set(requests.keys()))
  const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number]) : [child.exitCode]
  expect(code).toBe(0)
})
