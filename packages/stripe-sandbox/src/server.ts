import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'

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
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
  hostname: string,
): Promise<Listening> {
  const listener = getRequestListener(
    async (request, { incoming }) => {
      const response = await fetch(request)
      if (response.type !== 'error') return response
      // A network error: the client sees its connection end without an answer.
      incoming.socket.destroy()
      return new Response(null)
    },
    { overrideGlobalObjects: false },
  )
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (incoming, outgoing) => {
    void listener(incoming, outgoing)
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
