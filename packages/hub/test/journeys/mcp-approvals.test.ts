import type { Client } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callTool, connectMcp, ERAS, WAYS } from '../support/mcp.ts'
import { pairMcpAgent, type McpAgent } from '../support/mcp-agent.ts'
import { legacyRequest, messagesOf, modernRequest } from '../support/mcp-raw.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

const REFUND = 'stripe_create_refund'

let hub: TestHub
let agent: McpAgent

beforeAll(async () => {
  hub = await startTestHub()
  agent = await pairMcpAgent(hub)
})
afterAll(() => hub.stop())

/** A refund that waits for a person. */
async function pendingRefund(client: Client): Promise<{ confirmation: string; approvalUrl: string }> {
  const { charge } = await hub.charge(5000, 'usd')
  const preview = await callTool(client, 'clawlink_preview_tool', { tool: REFUND, params: { charge } })
  expect(preview).toMatchObject({ isError: false, state: 'pending' })
  return { confirmation: preview.confirmation, approvalUrl: preview.approval_url }
}

describe.each(WAYS)('$name', (way) => {
  let client: Client
  beforeAll(async () => {
    client = await connectMcp(hub, way)
  })
  afterAll(() => client.close())

  test('a client that can show no address is told where, waits while it hears of it, and calls again', async () => {
    const { confirmation, approvalUrl } = await pendingRefund(client)
    const call = () => callTool(client, 'clawlink_call_tool', { tool: REFUND, confirmation })
    expect(await call()).toMatchObject({
      isError: true,
      error: {
        code: 'confirmation_pending',
        approval_url: approvalUrl,
        next_step: expect.stringContaining('clawlink_get_confirmation'),
      },
    })
    const heard = Promise.withResolvers<unknown>()
    const waiting = callTool(
      client,
      'clawlink_get_confirmation',
      { confirmation, wait_seconds: 30 },
      { onprogress: heard.resolve },
    )
    expect(await heard.promise).toMatchObject({ progress: 0, total: 30 })
    await hub.owner.approve(confirmation)
    expect(await waiting).toMatchObject({ state: 'approved' })
    expect(await call()).toMatchObject({ isError: false, result: { object: 'refund', status: 'succeeded' } })
    expect(await call()).toMatchObject({ isError: false, stored: true })
    expect(hub.wire.writes()).toHaveLength(1)
  })
})

// Over HTTP, a client of before 2026-07-28 says what it can do in a handshake that no node remembers.
describe.each(WAYS.filter(({ era, over }) => over === 'bridge' || era.mode === 'auto'))('$name', (way) => {
  const asked: unknown[] = []
  let action: 'accept' | 'decline' | 'cancel'
  let client: Client
  beforeAll(async () => {
    client = await connectMcp(hub, way, {
      onUrl: (params) => {
        asked.push(params)
        return { action, content: { approved: true, confirmed: 'yes' } }
      },
    })
  })
  afterAll(() => client.close())

  test('a client that can shows the page to its user, and the same call carries out what they approve', async () => {
    asked.length = 0
    action = 'accept'
    const { confirmation, approvalUrl } = await pendingRefund(client)
    const heard = Promise.withResolvers<unknown>()
    const calling = callTool(
      client,
      'clawlink_call_tool',
      { tool: REFUND, confirmation },
      { onprogress: heard.resolve },
    )
    await heard.promise
    expect(asked).toMatchObject([
      { mode: 'url', url: approvalUrl, message: expect.stringContaining('Refund $50.00 of $50.00') },
    ])
    // What the client answered on behalf of its user has approved nothing.
    expect(hub.wire.writes()).toEqual([])
    await hub.owner.approve(confirmation)
    expect(await calling).toMatchObject({ isError: false, result: { object: 'refund' }, confirmation })
    expect(hub.wire.writes()).toHaveLength(1)
  })

  test('a person who says no on the page has nothing sent', async () => {
    action = 'accept'
    const { confirmation } = await pendingRefund(client)
    const heard = Promise.withResolvers<unknown>()
    const input = { tool: REFUND, confirmation }
    const calling = callTool(client, 'clawlink_call_tool', input, { onprogress: heard.resolve })
    await heard.promise
    await hub.owner.deny(confirmation, 'not this one')
    expect(await calling).toMatchObject({
      isError: true,
      error: { code: 'write_rejected', reason: expect.stringContaining('not this one') },
    })
    expect(hub.wire.writes()).toEqual([])
  })

  test.each(['decline', 'cancel'] as const)('a user who answers %s is not waited for', async (answer) => {
    action = answer
    const { confirmation } = await pendingRefund(client)
    expect(await callTool(client, 'clawlink_call_tool', { tool: REFUND, confirmation })).toMatchObject({
      isError: true,
      error: { code: 'confirmation_pending' },
    })
    expect(hub.wire.writes()).toEqual([])
  })
})

describe.each(ERAS)('$era: a connection that is cut while Stripe answers', ({ mode }) => {
  const request = mode === 'legacy' ? legacyRequest : modernRequest

  test('loses nothing: the same call again answers what happened, and it happened once', async () => {
    const { charge } = await hub.charge(5000, 'usd')
    const call = (name: string, args: object, id: number, signal?: AbortSignal): Promise<Response> =>
      agent.fetch(`${hub.url}/mcp`, {
        ...request({ method: 'tools/call', params: { name, arguments: args }, id }),
        ...(signal === undefined ? {} : { signal }),
      })
    const [preview] = await messagesOf(
      await call('clawlink_preview_tool', { tool: REFUND, params: { charge } }, 1),
    )
    const { confirmation } = preview.result.structuredContent
    await hub.owner.approve(confirmation)

    const answering = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    hub.wire.onPass = async (at, { method }) => {
      if (at === 'answer' && method === 'POST') {
        answering.resolve()
        await release.promise
      }
      return 'on'
    }
    const gone = new AbortController()
    const cut = call('clawlink_call_tool', { tool: REFUND, confirmation }, 2, gone.signal)
    const lost = expect(cut.then((response) => response.text())).rejects.toThrow()
    await answering.promise
    gone.abort()
    await lost
    hub.wire.onPass = undefined
    release.resolve()

    const again = await call('clawlink_call_tool', { tool: REFUND, confirmation }, 3)
    const [{ result }] = await messagesOf(again)
    expect(result.isError ?? false).toBe(false)
    expect(result.structuredContent).toMatchObject({
      stored: true,
      result: { object: 'refund' },
      confirmation,
    })
    expect(hub.wire.writes()).toHaveLength(1)
  })
})
