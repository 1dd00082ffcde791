import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that left the hub for Stripe. */
export interface Sent {
  method: string
  path: string
  key: string
  idempotencyKey: string | undefined
  body: string
}

/** A stretch of wire between the hub and the sandbox: it records what passes, and can be cut. */
export interface Wire {
  url: string
  sent: Sent[]
  /** The writes among them. */
  writes(): Sent[]
  /** Called before a request goes on (`request`) and before its answer goes back (`answer`); `cut` closes the socket. */
  onPass: ((at: 'request' | 'answer', sent: Sent) => Promise<'on' | 'cut'>) | undefined
  close(): Promise<void>
}

/** Calculates an invoice and keeps nothing. */
const READ_ONLY_POST = /^\/v1\/invoices\/create_preview$/

export async function createWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target)
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await readAll(incoming)
    const key = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1] ?? ''
    const idempotencyKey = incoming.headers['idempotency-key']
    const sent: Sent = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      key,
      idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : undefined,
      body: body.toString('utf8'),
    }
    wire.sent.push(sent)
    if ((await wire.onPass?.('request', sent)) === 'cut') return void incoming.socket.destroy()
    const onward = request({
      hostname,
      port,
      method: sent.method,
      path: sent.path,
      headers: incoming.headers,
    })
    onward.end(body)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve)
      onward.once('error', reject)
    })
    const text = await readAll(answer)
    if ((await wire.onPass?.('answer', sent)) === 'cut') return void incoming.socket.destroy()
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    outgoing.end(text)
  }
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const wire: Wire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: [],
    writes: () => wire.sent.filter((sent) => sent.method !== 'GET' && !READ_ONLY_POST.test(sent.path)),
    onPass: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return wire
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
