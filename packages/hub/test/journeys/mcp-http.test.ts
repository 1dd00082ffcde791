import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairMcpAgent, type McpAgent } from '../support/mcp-agent.ts'
import { legacyRequest, messagesOf, modernRequest } from '../support/mcp-raw.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub
let agent: McpAgent

beforeAll(async () => {
  hub = await startTestHub({ env: { CLAWLINK_MCP_ORIGINS: `${INSPECTOR}, https://two.example` } })
  agent = await pairMcpAgent(hub)
})
afterAll(() => hub.stop())

const mcp = (init: RequestInit): Promise<Response> => agent.fetch(`${hub.url}/mcp`, init)
const INSPECTOR = 'http://localhost:6274'
const INTEGRATIONS = { method: 'tools/call', params: { name: 'clawlink_list_integrations', arguments: {} } }

describe('any node can answer any request', () => {
  test('2026-07-28: a call alone, without a word before it', async () => {
    const response = await mcp(modernRequest(INTEGRATIONS))
    expect(response.status).toBe(200)
    expect(response.headers.get('mcp-session-id')).toBeNull()
    const [message] = await messagesOf(response)
    expect(message.result).toMatchObject({
      resultType: 'complete',
      structuredContent: { integrations: [{ integration: 'stripe' }] },
    })
  })

  test('2026-07-28: the hub says what it serves', async () => {
    const [message] = await messagesOf(await mcp(modernRequest({ method: 'server/discover' })))
    expect(message.result).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
      instructions: expect.stringContaining('clawlink_preview_tool'),
    })
  })

  test('2026-07-28: a client that would hear of changes is told that there are none, and its stream ends', async () => {
    const notifications = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }
    const response = await mcp(modernRequest({ method: 'subscriptions/listen', params: { notifications } }))
    const [acknowledged, end] = await messagesOf(response)
    expect(acknowledged.params.notifications).toEqual({})
    expect(end.result.resultType).toBe('complete')
  })

  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
    '%s: the handshake comes to it, and a call needs none',
    async (version) => {
      const clientInfo = { name: 'by hand', version: '1' }
      const initialize = {
        method: 'initialize',
        params: { protocolVersion: version, capabilities: {}, clientInfo },
      }
      const shaken = await mcp(legacyRequest(initialize, version))
      expect(shaken.headers.get('mcp-session-id')).toBeNull()
      const [hello] = await messagesOf(shaken)
      expect(hello.result).toMatchObject({ protocolVersion: version, serverInfo: { name: 'clawlink' } })
      const [message] = await messagesOf(await mcp(legacyRequest(INTEGRATIONS, version)))
      expect(message.result.structuredContent).toMatchObject({ integrations: [{ integration: 'stripe' }] })
    },
  )

  test('2025-03-26: several requests at once have an answer each', async () => {
    const one = (id: number) => ({ jsonrpc: '2.0', id, ...INTEGRATIONS })
    const init = { ...legacyRequest(INTEGRATIONS, '2025-03-26'), body: JSON.stringify([one(1), one(2)]) }
    const messages = await messagesOf(await mcp(init))
    expect(messages).toHaveLength(2)
    expect(new Set(messages.map(({ id }) => id as number))).toEqual(new Set([1, 2]))
  })

  test('there is no session to read from or to end', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) expect((await mcp({ method })).status, method).toBe(405)
  })
})

describe('who may ask', () => {
  test('nobody without a token; the answer says where to get one', async () => {
    for (const authorization of [undefined, 'Bearer x', 'Basic b3duZXI6cGFzc3dvcmQ=', hub.owner.cookie()]) {
      const init = modernRequest(INTEGRATIONS)
      const headers = new Headers(init.headers)
      if (authorization !== undefined) headers.set('authorization', authorization)
      headers.set('cookie', hub.owner.cookie())
      const response = await fetch(`${hub.url}/mcp`, { ...init, headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain(
        `resource_metadata="${hub.url}/.well-known/oauth-protected-resource/mcp"`,
      )
      const [message] = await messagesOf(response)
      expect(message).toMatchObject({
        jsonrpc: '2.0',
        id: null,
        error: { data: { code: 'unauthenticated' } },
      })
    }
  })

  test('no page of another site, even with a token', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      hub.url.replace('http:', 'https:'),
      `${hub.url}.evil.example`,
    ]) {
      const init = modernRequest(INTEGRATIONS)
      const response = await mcp({ ...init, headers: { ...(init.headers as object), origin } })
      expect(response.status, origin).toBe(403)
      expect((await messagesOf(response))[0].error.data.code).toBe('forbidden')
      const preflight = await fetch(`${hub.url}/mcp`, { method: 'OPTIONS', headers: { origin } })
      expect(preflight.status, origin).toBe(403)
      expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    }
    const init = modernRequest(INTEGRATIONS)
    const own = await mcp({ ...init, headers: { ...(init.headers as object), origin: hub.url } })
    expect(own.status).toBe(200)
  })

  test('a page that the operator has named can, from a browser', async () => {
    const preflight = await fetch(`${hub.url}/mcp`, {
      method: 'OPTIONS',
      headers: {
        origin: INSPECTOR,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,mcp-method',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe(INSPECTOR)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('mcp-method')
    const init = modernRequest(INTEGRATIONS)
    const headers = { ...(init.headers as object), origin: INSPECTOR }
    const answer = await mcp({ ...init, headers })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(INSPECTOR)
    const stranger = await fetch(`${hub.url}/mcp`, { ...init, headers })
    expect(stranger.status).toBe(401)
    expect(stranger.headers.get('access-control-expose-headers')).toContain('www-authenticate')
  })

  test('a program that is revoked gets no further', async () => {
    const other = await pairMcpAgent(hub)
    const ask = (): Promise<Response> => other.fetch(`${hub.url}/mcp`, modernRequest(INTEGRATIONS))
    expect((await ask()).status).toBe(200)
    const { sub } = JSON.parse(
      Buffer.from(other.accessToken.split('.')[1] ?? '', 'base64url').toString(),
    ) as { sub: string }
    expect((await hub.owner.post(`/devices/${sub}/revoke`, {}, '/devices')).status).toBe(303)
    const refused = await ask()
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })
})

const ASKS_TO_BE_TOLD = { _meta: { progressToken: 'p' } }

/** The answer, once the hub has said in it that the client waits; again, as long as earlier waits take up all the room. */
async function onceWaiting(ask: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const response = await ask()
    const [first, rest] = response.body?.tee() ?? []
    const { value } = (await first?.getReader().read()) ?? {}
    const text = new TextDecoder().decode(value)
    if (!text.includes('rate_limited')) {
      expect(text).toContain('notifications/progress')
      return new Response(rest ?? null, response)
    }
    await setTimeout(100)
  }
}

test.each([
  ['2025-11-25', legacyRequest],
  ['2026-07-28', modernRequest],
])('%s: a client that goes away is not waited for', async (_era, request) => {
  const call = (name: string, args: object, signal?: AbortSignal): Promise<Response> => {
    const params = {
      name: `clawlink_${name}`,
      arguments: args,
      ...(signal === undefined ? {} : ASKS_TO_BE_TOLD),
    }
    const init = request({ method: 'tools/call', params })
    return mcp({ ...init, ...(signal === undefined ? {} : { signal }) })
  }
  const { charge } = await hub.charge(5000, 'usd')
  const refund = { tool: 'stripe_create_refund', params: { charge } }
  const [preview] = await messagesOf(await call('preview_tool', refund))
  const { confirmation } = preview.result.structuredContent
  const isRefused = async (): Promise<boolean> =>
    (await messagesOf(await call('list_integrations', {})))[0].result.isError === true

  // As many as may run at once: there is room again only if they stop.
  const gone = new AbortController()
  const wait = { confirmation, wait_seconds: 50 }
  const waits = Array.from({ length: 32 }, () =>
    onceWaiting(() => call('get_confirmation', wait, gone.signal)),
  )
  const answers = await Promise.all(waits)
  // Between two slices of a wait there is room for a moment.
  await expect.poll(isRefused).toBe(true)
  const cut = Promise.allSettled(answers.map((answer) => answer.text()))
  gone.abort()
  expect((await cut).every(({ status }) => status === 'rejected')).toBe(true)
  await expect.poll(isRefused).toBe(false)
})

test('a hub that stops has its waits answered with what is known', async () => {
  const stopping = await startTestHub()
  const agentThere = await pairMcpAgent(stopping)
  const call = (name: string, args: object): Promise<Response> => {
    const params = { name, arguments: args, ...ASKS_TO_BE_TOLD }
    return agentThere.fetch(`${stopping.url}/mcp`, modernRequest({ method: 'tools/call', params }))
  }
  const { charge } = await stopping.charge(5000, 'usd')
  const refund = { tool: 'stripe_create_refund', params: { charge } }
  const [preview] = await messagesOf(await call('clawlink_preview_tool', refund))
  const { confirmation } = preview.result.structuredContent
  const began = performance.now()
  const waiting = await onceWaiting(() =>
    call('clawlink_get_confirmation', { confirmation, wait_seconds: 50 }),
  )
  await stopping.stop()
  const message = (await messagesOf(waiting)).at(-1)
  expect(message.result.structuredContent).toMatchObject({ state: 'pending' })
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('a program has at most 32 operations running, however few requests it packs them into', async () => {
  const release = Promise.withResolvers<void>()
  hub.wire.sent.length = 0
  hub.wire.onPass = async () => {
    await release.promise
    return 'on'
  }
  const read = { name: 'clawlink_call_tool', arguments: { tool: 'stripe_get_balance' } }
  const batch = Array.from({ length: 33 }, (_, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: read,
  }))
  const init = legacyRequest({ method: 'tools/call' }, '2025-03-26')
  const answering = mcp({ ...init, body: JSON.stringify(batch) })
  await expect.poll(() => hub.wire.sent.length, { timeout: 60_000 }).toBe(32)
  hub.wire.onPass = undefined
  release.resolve()
  const results = (await messagesOf(await answering)).map(({ result }) => result.structuredContent)
  const refused = results.filter(({ error }) => error !== undefined)
  expect(results).toHaveLength(33)
  expect(refused).toMatchObject([{ error: { code: 'rate_limited', retryable: true } }])
})

describe('what is no message is answered with what is wrong with it', () => {
  const post = (body: string, type = 'application/json'): Promise<Response> => {
    const { headers } = modernRequest(INTEGRATIONS)
    return mcp({ method: 'POST', headers: { ...(headers as object), 'content-type': type }, body })
  }
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

  test.each([
    ['no JSON', '{', 400, -32_700],
    ['nothing', '', 400, -32_700],
    ['too deep', nested(20), 400, -32_700],
    ['too large', JSON.stringify({ x: 'x'.repeat(300 * 1024) }), 413, -32_000],
    ['no message', '{"jsonrpc":"2.0"}', 400, -32_600],
    ['a number', '7', 400, -32_600],
  ])('%s', async (_what, body, status, code) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect((await messagesOf(response))[0]).toMatchObject({ jsonrpc: '2.0', error: { code } })
  })

  test('another type of content', async () => {
    const response = await post(modernRequest(INTEGRATIONS).body as string, 'text/plain')
    expect(response.status).toBe(415)
  })

  test('a revision that nobody knows yet', async () => {
    const init = modernRequest(INTEGRATIONS)
    const response = await mcp({
      ...init,
      headers: { ...(init.headers as object), 'mcp-protocol-version': '2099-01-01' },
      body: (init.body as string).replace('2026-07-28', '2099-01-01'),
    })
    expect(response.status).toBe(400)
    expect((await messagesOf(response))[0].error).toMatchObject({
      code: -32_022,
      data: { supported: ['2026-07-28'] },
    })
  })

  test('a header that says another method than the body', async () => {
    const init = modernRequest(INTEGRATIONS)
    const response = await mcp({
      ...init,
      headers: { ...(init.headers as object), 'mcp-method': 'tools/list' },
    })
    expect(response.status).toBe(400)
  })

  test('a method that there is not', async () => {
    for (const request of [modernRequest, legacyRequest]) {
      const response = await mcp(request({ method: 'confirmations/approve', params: {} }))
      expect((await messagesOf(response))[0].error.code).toBe(-32_601)
    }
  })
})
