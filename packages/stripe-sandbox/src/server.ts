import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { DROPPED } from './wire/exchange.ts'
import type { Answered, Handler, WireRequest } from './wire/exchange.ts'

export interface Listening {
  url: string
  port: number
  close(): Promise<void>
}

/** A request that takes longer to arrive is given up; its idempotency key is free again. */
const REQUEST_TIMEOUT_MS = 30_000
/** What is still running after this is cut off on closing. */
const CLOSE_TIMEOUT_MS = 5_000

/** @throws Error with `code` EADDRINUSE and the like */
export async function listen(handle: Handler, port: number, hostname: string): Promise<Listening> {
  const options = { requestTimeout: REQUEST_TIMEOUT_MS, optimizeEmptyRequests: true }
  const server = createServer(options, (incoming, outgoing) => {
    void answer(handle, incoming, outgoing)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  return { url: `http://${host}:${bound}`, port: bound, close: () => close(server) }
}

async function answer(handle: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = urlOf(incoming)
  if (url === null) {
    outgoing.writeHead(400).end()
    return
  }
  try {
    send(incoming, outgoing, await handle(requestOf(incoming, url)))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(500).end()
  }
}

/** Null where the target is no path or the Host header no host: what they say must not run into each other. */
function urlOf({ url = '', headers: { host } }: IncomingMessage): URL | null {
  if (!url.startsWith('/') || host === undefined || !/^[\w.:[\]-]+$/.test(host)) return null
  return URL.parse(`http://${host}${url}`)
}

function requestOf(incoming: IncomingMessage, url: URL): WireRequest {
  return {
    method: incoming.method ?? 'GET',
    url,
    headers: {
      get(name) {
        const value = incoming.headers[name]
        return Array.isArray(value) ? value.join(', ') : (value ?? null)
      },
    },
    read: (take) =>
      new Promise((resolve, reject) => {
        // Nothing comes of a body that was never announced, not even its end.
        if (!hasBody(incoming)) return resolve()
        incoming.on('data', (chunk: Buffer) => {
          try {
            take(chunk)
          } catch (error) {
            incoming.removeAllListeners('data').pause()
            reject(error)
          }
        })
        incoming.once('end', resolve)
        incoming.once('close', () => reject(new Error('the connection ended before the body')))
      }),
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function send(incoming: IncomingMessage, outgoing: ServerResponse, answered: Answered): void {
  if (answered === DROPPED) {
    incoming.socket.destroy()
    return
  }
  const { status, headers, body, truncated } = answered
  const length = Buffer.byteLength(body)
  outgoing.writeHead(status, { ...headers, 'content-length': length })
  if (truncated) outgoing.end(Buffer.from(body).subarray(0, length >> 1))
  // As many bytes as characters: nothing but ASCII, which goes out as it is.
  else outgoing.end(body, length === body.length ? 'latin1' : 'utf8')
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
    server.close(() => {
      clearTimeout(impatient)
      resolve()
    })
    server.closeIdleConnections()
  })
}
