import { Client, type ElicitRequest, type ElicitResult } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { CLAWLINK } from './processes.ts'

/** The two eras of the protocol: a handshake per connection, or everything in each request. */
export const ERAS = [
  { era: '2025-11-25', mode: 'legacy' },
  { era: '2026-07-28', mode: 'auto' },
] as const
export type Era = (typeof ERAS)[number]

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

/** `clawlink mcp` in a process of its own, as the client's configuration would start it. */
export async function startBridge(
  place: { home: string; hub: string },
  options: ClientOptions,
): Promise<Client> {
  const client = mcpClient(options)
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [CLAWLINK, 'mcp', '--home', place.home, '--hub', place.hub],
      stderr: 'inherit',
    }),
  )
  return client
}

/** The structure of a result, and whether it is an error. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<any> {
  const result = await client.callTool({ name, arguments: args })
  const [content] = result.content
  if (content?.type !== 'text') throw new Error('a result has its structure as text, too')
  const structure = result.structuredContent as Record<string, unknown>
  if (content.text !== JSON.stringify(structure)) throw new Error('text and structure differ')
  return { isError: result.isError === true, ...structure }
}
