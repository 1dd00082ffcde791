import { createHash, randomBytes } from 'node:crypto'
import { createAdaptorServer } from '@hono/node-server'
import type { AddressInfo } from 'node:net'

export interface SandboxOptions {
  /** Directory of the journal; absent = memory only. */
  data?: string
  /** The sandbox's clock, in milliseconds since the epoch. */
  now?: () => number
  /** Makes ids deterministic. */
  seed?: number
  /** Accepts `sk_live_` and `rk_live_` keys, for tests of live mode. */
  liveKeys?: boolean
}

export interface Sandbox {
  fetch(request: Request): Promise<Response>
  /** Default hostname: 127.0.0.1. */
  listen(options: { port: number; hostname?: string }): Promise<{ url: string; port: number }>
  /** Opens the key's account if it is new and, if it is new, fills it with the demo business. */
  openAccount(key: string, options?: { seed?: 'demo' }): Promise<{ account: string; created: boolean }>
  close(): Promise<void>
}

export function createSandbox(_options: SandboxOptions = {}): Promise<Sandbox> {
  const accounts = new Map<string, string>()
  const open = (key: string) => {
    const hash = createHash('sha256').update(key).digest('hex')
    const known = accounts.get(hash)
    if (known !== undefined) return { account: known, created: false }
    const account = `acct_${randomBytes(8).toString('hex')}`
    accounts.set(hash, account)
    return { account, created: true }
  }
  const answer = (request: Request): Response => {
    const key = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
    if (key === undefined) return Response.json({ error: { type: 'invalid_request_error', message: 'You did not provide an API key.' } }, { status: 401 })
    const { account } = open(key)
    if (new URL(request.url).pathname === '/v1/account') {
      return Response.json({ id: account, object: 'account', charges_enabled: true, details_submitted: true, email: null, payouts_enabled: true, type: 'standard' })
    }
    return Response.json({ error: { type: 'invalid_request_error', message: 'Unrecognized request URL' } }, { status: 404 })
  }
  const server = createAdaptorServer({ fetch: answer })
  return Promise.resolve({
    fetch: (request) => Promise.resolve(answer(request)),
    listen: ({ port, hostname = '127.0.0.1' }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, hostname, () => {
          const bound = (server.address() as AddressInfo).port
          resolve({ url: `http://${hostname}:${bound}`, port: bound })
        })
      }),
    openAccount: (key) => Promise.resolve(open(key)),
    close: () => new Promise((resolve) => { server.close(() => resolve()) }),
  })
}
