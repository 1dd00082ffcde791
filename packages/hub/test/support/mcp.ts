import {
  Client,
  StreamableHTTPClientTransport,
  type ElicitRequest,
  type ElicitResult,
} from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { pairMcpAgent } from './mcp-agent.ts'
import { CLAWLINK } from './processes.ts'
import type { TestHub } from './test-hub.ts'

/** The two eras of the protocol: a handshake per connection, or everything in each request. */
export const ERAS = [
  { era: '2025-11-25', mode: 'legacy' },
  { era: '2026-07-28', mode: 'auto' },
] as const
export type Era = (typeof ERAS)[number]

/** Both ways to the hub in both eras. */
export const WAYS = ERAS.flatMap((era) => [
  { name: `${era.era} over HTTP`, era, over: 'http' as const },
  { name: `${era.era} over the bridge`, era, over: 'bridge' as const },
])
export type Way = (typeof WAYS)[number]

export interface ClientOptions {
  era: Era
  /** What the user does where an address is shown to them; a client without it cannot show any. */
  onUrl?: (params: ElicitRequest['params']) => ElicitResult | Promise<ElicitResult>
}

/** The official client, as an application would set it up. */
export function mcpClient({ era, onUrl }: ClientOptions): Client {
  const client = new Client(
    { name: 'journey', version: '1.0.0' },
    {
      versionNegotiation: { mode: era.mode },
      capabilities: onUrl === undefined ? {} : { elicitation: { url: {} } },
    },
  )
  if (onUrl !== undefined) client.setRequestHandler('elicitation/create', ({ params }) => onUrl(params))
  return client
}

export async function connectMcp(
  hub: TestHub,
  { era, over }: Way,
  options: Omit<ClientOptions, 'era'> = {},
): Promise<Client> {
  const client = mcpClient({ era, ...options })
  if (over === 'http') {
    const { fetch } = await pairMcpAgent(hub)
    await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`), { fetch }))
  } else {
    const device = hub.device.credentialsFile
    await client.connect(bridgeTo({ home: hub.home, hub: hub.url, device }))
  }
  return client
}

/** `clawlink mcp` in a process of its own, as the configuration of a client would start it. */
export function bridgeTo(place: { home: string; hub: string; device?: string }): StdioClientTransport {
  return new StdioClientTransport({
    command: process.execPath,
    args: [CLAWLINK, 'mcp', '--home', place.home, '--hub', place.hub],
    env: place.device === undefined ? {} : { CLAWLINK_DEVICE: place.device },
    stderr: 'inherit',
  })
}

/** The structure of a result, and whether it is an error. */
export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
  options: Parameters<Client['callTool']>[1] = {},
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
): Promise<any> {
  const result = await client.callTool({ name, arguments: args }, options)
  const [content] = result.content
  if (content?.type !== 'text') throw new Error('a result has its structure as text, too')
  const structure = result.structuredContent as Record<string, unknown>
  if (content.text !== JSON.stringify(structure)) throw new Error('text and structure differ')
  return { isError: result.isError === true, ...structure }
}
