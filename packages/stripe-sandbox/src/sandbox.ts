import { loadDefinitions } from '@clawlink/stripe-definitions'
import { fillWithDemo } from './demo/demo-business.ts'
import { allKinds, families } from './families.ts'
import { createIdSource } from './store/ids.ts'
import { openStore } from './store/store.ts'
import { listen } from './server.ts'
import type { Listening } from './server.ts'
import { identifyKey } from './wire/auth.ts'
import { indexKinds } from './wire/expand.ts'
import { createRequestHandler } from './wire/handle-request.ts'
import { idempotencyRecords, isKept } from './wire/idempotency.ts'
import type { IdempotencyRecord } from './wire/idempotency.ts'
import { routeTable } from './wire/route-table.ts'

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
  /** Answers one request without a socket. */
  fetch(request: Request): Promise<Response>
  /** Port 0 takes a free one; the hostname is 127.0.0.1 unless given. Rejects when the port is taken. */
  listen(options: { port: number; hostname?: string }): Promise<{ url: string; port: number }>
  /**
   * Opens the key's account if it is new and, if it is new, fills it with the demo business.
   * Rejects with a StripeError for a key that requests would be refused with.
   */
  openAccount(key: string, options?: { seed?: 'demo' }): Promise<{ account: string; created: boolean }>
  /** Finishes the requests in progress, closes the sockets and the journal. */
  close(): Promise<void>
}

/** Rejects with one clear line when the data directory cannot be used. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const definitions = await loadDefinitions()
  const newId = createIdSource(options.seed)
  const liveKeys = options.liveKeys ?? false
  const store = openStore({
    data: options.data,
    now: options.now ?? Date.now,
    newId,
    kinds: allKinds,
    keep: (table, entity, now) =>
      table !== idempotencyRecords.table || isKept(entity as IdempotencyRecord, now),
  })
  let requests = 0
  const fetch = createRequestHandler({
    definitions,
    store,
    routes: routeTable(definitions, families),
    kinds: indexKinds(allKinds),
    // After a restart the numbers go on where the journal is, so that no id is given twice.
    newRequestId: () => `req_${newId(`request ${store.linesReplayed} ${++requests}`, 14)}`,
    liveKeys,
    onFault: (requestId, error) => {
      process.stderr.write(
        `${requestId} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      )
    },
  })
  const listening: Listening[] = []
  let closed: Promise<void> | undefined

  return {
    fetch,
    async listen({ port, hostname = '127.0.0.1' }) {
      const server = await listen(fetch, port, hostname)
      listening.push(server)
      return { url: server.url, port: server.port }
    },
    async openAccount(key, { seed } = {}) {
      const { keyHash, livemode } = identifyKey(key, liveKeys)
      const known = store.find(keyHash)
      if (known) return { account: known.id, created: false }
      const account = store.openAccount(keyHash, livemode)
      const tx = store.begin(account, { requestId: null, idempotencyKey: null })
      if (seed === 'demo') fillWithDemo(tx)
      store.commit(tx)
      return { account: account.id, created: true }
    },
    close() {
      closed ??= Promise.all(listening.map((server) => server.close())).then(() => store.close())
      return closed
    },
  }
}
