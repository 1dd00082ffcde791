import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { McpAgent } from './mcp-agent.ts'

export interface McpProxy {
  url: string
  close(): Promise<void>
}

type Params = Record<string, unknown>

/**
 * A stretch of wire to `/mcp` for a client that knows no tokens: it adds one, and says `host` and `origin` as the hub
 * is called where they are its own. `standIn` puts the hub's names for those of a demonstration server.
 */
export async function startMcpProxy(
  hub: { url: string },
  agent: McpAgent,
  standIn: (params: Params) => Params,
): Promise<McpProxy> {
  const target = new URL(hub.url)
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = translated(await buffer(incoming), standIn)
    const { host, origin, 'content-length': _length, ...headers } = incoming.headers
    const own = new URL(proxy.url)
    const onward = request({
      hostname: target.hostname,
      port: target.port,
      path: incoming.url,
      method: incoming.method,
      headers: {
        ...headers,
        authorization: `Bearer ${agent.accessToken}`,
        host: host === own.host ? target.host : host,
        ...(origin === undefined ? {} : { origin: origin === own.origin ? target.origin : origin }),
        ...(body.length === 0 ? {} : { 'content-length': body.length }),
      },
    })
    onward.once('error', () => incoming.socket.destroy())
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.end(body)
  }
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: McpProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}

function translated(body: Buffer, standIn: (params: Params) => Params): Buffer {
  let message: { params?: Params }
  try {
    message = JSON.parse(body.toString()) as typeof message
  } catch {
    return body
  }
  const { params } = message
  if (params === undefined) return body
  return Buffer.from(JSON.stringify({ ...message, params: standIn(params) }))
}
