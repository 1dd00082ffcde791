import type { Client } from '@modelcontextprotocol/client'
import { Client as EarlierClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentEndpoints } from '../../src/surfaces/agent-endpoints.ts'
import { pairingTools } from '../../src/surfaces/pairing-tools.ts'
import { callTool, connectMcp, WAYS } from '../support/mcp.ts'
import { pairMcpAgent } from '../support/mcp-agent.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

describe.each(WAYS)('$name', (way) => {
  let client: Client
  beforeAll(async () => {
    client = await connectMcp(hub, way)
  })
  afterAll(() => client.close())

  test('the tools are those of the API, and the list of them costs at most 1,000 tokens', async () => {
    expect(client.getNegotiatedProtocolVersion()).toBe(way.era.era)
    const list = await client.listTools()
    expect(list.tools.map(({ name }) => name)).toEqual(
      [...pairingTools, ...agentEndpoints].map(({ name }) => name),
    )
    expect(countTokens(JSON.stringify(list))).toBeLessThanOrEqual(1_000)
  })

  test('each answers as its schema says, as structure and as text', async () => {
    // The client holds every answer against the schemas of the list.
    await client.listTools()
    const { charge } = await hub.charge(5000, 'usd')
    const ask = (name: string, args?: Record<string, unknown>) => callTool(client, `clawlink_${name}`, args)
    expect(await ask('list_integrations')).toMatchObject({ integrations: [{ integration: 'stripe' }] })
    expect(await ask('list_tools', { limit: 3 })).toMatchObject({ next_cursor: expect.any(String) })
    expect((await ask('search_tools', { query: 'give the money back' })).tools[0].name).toBe(
      'stripe_create_refund',
    )
    expect(await ask('describe_tool', { tool: 'stripe_create_refund' })).toMatchObject({ effect: 'money' })
    expect(await ask('call_tool', { tool: 'stripe_list_customers' })).toMatchObject({ untrusted: true })
    const preview = await ask('preview_tool', { tool: 'stripe_create_refund', params: { charge } })
    expect(preview).toMatchObject({ state: 'pending', summary: expect.stringContaining('Refund $50.00') })
    const { confirmation } = preview
    expect(await ask('get_confirmation', { confirmation })).toMatchObject({ state: 'pending' })
    expect(await ask('begin_pairing')).toMatchObject({ status: 'paired' })
    expect(await ask('get_pairing_status')).toMatchObject({ status: 'paired' })
  })

  test('the hub’s no is a result that a model can read, with what to do next', async () => {
    const no = async (args: Record<string, unknown>) => {
      const { isError, error } = await callTool(client, 'clawlink_call_tool', args)
      expect(isError).toBe(true)
      expect(error).toMatchObject({ message: expect.any(String), retryable: expect.any(Boolean) })
      return error
    }
    expect(
      await no({ tool: 'stripe_create_refund', params: { charge: 'ch_nope' }, confirmed: true }),
    ).toMatchObject({
      code: 'confirmation_required',
      next_step: expect.stringContaining('clawlink_preview_tool'),
    })
    expect(await no({ tool: 'stripe_create_refnud' })).toMatchObject({ code: 'tool_not_found' })
    expect(await no({ tool: 'stripe_get_customer', params: { customer_id: 'cus_nope' } })).toMatchObject({
      code: 'customer_not_found',
    })
    expect(await no({ tool: 7, parms: {} })).toMatchObject({
      code: 'invalid_params',
      violations: expect.arrayContaining([expect.objectContaining({ path: 'tool' })]),
    })
    expect(await no({ tool: 'stripe_list_customers', params: { email: '4242424242424242' } })).toMatchObject({
      code: 'card_number_refused',
    })
  })

  test('a tool that there is not is an error of the protocol', async () => {
    await expect(client.callTool({ name: 'stripe_create_refund', arguments: {} })).rejects.toMatchObject({
      code: -32_602,
    })
    await expect(client.callTool({ name: 'attest', arguments: {} })).rejects.toMatchObject({ code: -32_602 })
  })

  test('the catalog can be read by group, and the skill as it is', async () => {
    const read = async (uri: string) => {
      const [content] = (await client.readResource({ uri })).contents
      if (content === undefined || !('text' in content)) throw new Error(`${uri} is no text`)
      return content.text
    }
    const { resources } = await client.listResources()
    expect(resources.map(({ uri }) => uri)).toEqual(['clawlink://catalog', 'clawlink://skill'])
    const { groups } = JSON.parse(await read('clawlink://catalog')) as {
      groups: Array<{ group: string; tools: number; uri: string }>
    }
    expect(groups.reduce((sum, { tools }) => sum + tools, 0)).toBe(71)
    const { group, tools, uri } = groups[1] ?? { group: '', tools: 0, uri: '' }
    const listed = JSON.parse(await read(uri)) as { group: string; tools: Array<{ name: string }> }
    expect(listed).toMatchObject({ group, tools: expect.any(Array) })
    expect(listed.tools).toHaveLength(tools)
    expect(await read('clawlink://skill')).toContain('stripe_create_refund')
    for (const nothing of ['clawlink://catalog/nothing', 'clawlink://secrets', 'file:///etc/passwd'])
      await expect(read(nothing), nothing).rejects.toMatchObject({ code: -32_602 })
  })

  test('groups complete', async () => {
    const { resourceTemplates } = await client.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(['clawlink://catalog/{group}'])
    const ref = { type: 'ref/resource', uri: 'clawlink://catalog/{group}' } as const
    const { completion } = await client.complete({ ref, argument: { name: 'group', value: 'pay' } })
    expect(completion.values).toEqual(['payment-intents-charges', 'payouts', 'payment-methods'])
  })

  test('prompts for common jobs, whose arguments complete', async () => {
    const { prompts } = await client.listPrompts()
    expect(prompts.map(({ name }) => name)).toEqual([
      'refund_payment',
      'find_customer_payments',
      'send_invoice',
      'cancel_subscription_at_period_end',
      'answer_dispute',
      'waiting_for_approval',
    ])
    const { messages } = await client.getPrompt({
      name: 'refund_payment',
      arguments: { payment: 'the last one of Jane', reason: 'duplicate' },
    })
    expect(messages).toMatchObject([
      { role: 'user', content: { type: 'text', text: expect.stringContaining('"the last one of Jane"') } },
    ])
    const ref = { type: 'ref/prompt', name: 'refund_payment' } as const
    const { completion } = await client.complete({ ref, argument: { name: 'reason', value: 'd' } })
    expect(completion.values).toEqual(['duplicate'])
    await expect(
      client.getPrompt({ name: 'refund_payment', arguments: { payment: 'paid with 4242 4242 4242 4242' } }),
    ).rejects.toMatchObject({ code: -32_602, message: expect.stringContaining('card') })
  })
})

test('the earlier SDK, which holds a problem against the schema of answers too, takes both', async () => {
  const { fetch } = await pairMcpAgent(hub)
  const client = new EarlierClient({ name: 'earlier', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`), { fetch }))
  await client.listTools()
  const call = (args: Record<string, unknown>) =>
    client.callTool({ name: 'clawlink_call_tool', arguments: args })
  expect(await call({ tool: 'stripe_get_balance' })).toMatchObject({
    structuredContent: { tool: 'stripe_get_balance' },
  })
  expect(await call({ tool: 'stripe_nothing' })).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'tool_not_found' } },
  })
  await client.close()
})

test('a program that may read alone can write nothing', async () => {
  const { fetch } = await pairMcpAgent(hub, { readOnly: true })
  const client = new EarlierClient({ name: 'reader', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`), { fetch }))
  const write = { tool: 'stripe_create_customer', params: { name: 'Jane Doe' } }
  expect(await client.callTool({ name: 'clawlink_preview_tool', arguments: write })).toMatchObject({
    isError: true,
    structuredContent: { error: { code: 'tool_blocked' } },
  })
  await client.close()
})
