import { loadDefinitions } from '@clawlink/stripe-definitions'
import { createControl, momentOf } from './admin/control.ts'
import type { Control } from './admin/control.ts'
import { createAdminHandler } from './admin/handle-admin.ts'
import { createRequestLog } from './admin/request-log.ts'
import { fillWithDemo } from './demo/demo-business.ts'
import { allKinds, families } from './families.ts'
import { createDispatcher } from './webhooks/dispatcher.ts'
import { createFaultPlan } from './faults/fault-plan.ts'
import { createRateLimit } from './faults/rate-limit.ts'
import { withFaults } from './faults/with-faults.ts'
import { createOauthHandler } from './oauth/handle-oauth.ts'
import { createPageHandler } from './pages/handle-page.ts'
import { createSearchFamily } from './search/routes.ts'
import { createIdSource } from './store/ids.ts'
import { openStore } from './store/store.ts'
import { listen } from './server.ts'
import type { Listening } from './server.ts'
import { createCatchUp } from './test-clocks/catch-up.ts'
import { identifyKey } from './wire/auth.ts'
import { fromFetch, toFetch } from './wire/exchange.ts'
import type { Handler } from './wire/exchange.ts'
import { indexKinds } from './wire/expand.ts'
import { createRequestHandler } from './wire/handle-request.ts'
import { idempotencyRecords, isKept } from './wire/idempotency.ts'
import type { IdempotencyRecord } from './wire/idempotency.ts'
import { withUndocumented } from './wire/operations.ts'
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
  /** Lets requests ask for faults with the header `Sandbox-Fault`. */
  faults?: boolean
  /** More requests of one key in one second are answered 429. */
  requestsPerSecond?: number
  /** How long new objects take until a search finds them: none unless given, at Stripe up to a minute. */
  searchLagSeconds?: number
  /** Sends webhooks also to other machines; without, only to this one: an emulator is no proxy. */
  webhooksAnywhere?: boolean
  /** How long a webhook's receiver may take. */
  webhookTimeoutMs?: number
  /** Where the clock of a new sandbox starts; one with a journal goes on with its own. */
  clock?: Date | string | number
}

export interface Sandbox extends Control {
  /** Answers one request without a socket. */
  fetch(request: Request): Promise<Response>
  /** The same in the sandbox's own terms, for those who bring their own server. */
  handle: Handler
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
  const definitions = withUndocumented(await loadDefinitions())
  const newId = createIdSource(options.seed)
  const liveKeys = options.liveKeys ?? false
  const dispatcher = createDispatcher({
    store: () => store,
    anywhere: options.webhooksAnywhere ?? false,
    ...(options.webhookTimeoutMs === undefined ? {} : { timeoutMs: options.webhookTimeoutMs }),
    onFailure: (error) => onFault('webhook', error),
  })
  const catchUp = createCatchUp(
    () => store,
    (error) => onFault('due work', error),
  )
  const store = openStore({
    data: options.data,
    now: options.now ?? Date.now,
    newId,
    kinds: allKinds,
    onCommit(account, writes) {
      catchUp.notice(account)
      dispatcher.notice(account, writes)
    },
    keep: (table, entity, now) =>
      table !== idempotencyRecords.table || isKept(entity as IdempotencyRecord, now),
  })
  let requests = 0
  // After a restart the numbers go on where the journal is, so that no id is given twice.
  const newRequestId = () => `req_${newId(`request ${store.linesReplayed} ${++requests}`, 14)}`
  const onFault = (requestId: string, error: unknown) => {
    process.stderr.write(
      `${requestId} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    )
  }
  const pages = families.flatMap((family) => family.pages ?? [])
  const handlePage = createPageHandler({ store, pages, newId, newRequestId, onFault })
  const handleOauth = createOauthHandler({ store, newId, newRequestId, liveKeys })
  const plan = createFaultPlan()
  const limit = createRateLimit(options.requestsPerSecond)
  const log = createRequestLog()
  if (options.clock !== undefined && store.linesReplayed === 0) {
    store.moveClock(momentOf(options.clock) - store.now())
  }
  const control = createControl({
    store,
    onReplaced() {
      plan.clear()
      catchUp.forget()
      dispatcher.rescan()
    },
    onAdvanced() {
      catchUp.run()
      dispatcher.pump()
    },
  })
  dispatcher.rescan()
  const faultsAllowed = options.faults ?? false
  const handleAdmin = createAdminHandler({ store, control, plan, limit, log, faultsAllowed })
  const handleRequest = createRequestHandler({
    definitions,
    store,
    routes: routeTable(definitions, [
      ...families,
      createSearchFamily({ lagSeconds: options.searchLagSeconds ?? 0 }),
    ]),
    kinds: indexKinds(allKinds),
    newRequestId,
    liveKeys,
    onFault,
  })
  const handleOnNetwork = withFaults(handleRequest, {
    allowed: faultsAllowed,
    plan,
    limit,
    now: options.now ?? Date.now,
    newRequestId,
  })
  const handle: Handler = async (request) => {
    catchUp.run()
    dispatcher.pump()
    const aside = (await handleAdmin(request)) ?? (await handlePage(request)) ?? (await handleOauth(request))
    if (aside) return aside
    const answered = await handleOnNetwork(request)
    log.record(request, answered, store.now())
    return answered
  }
  const listening: Listening[] = []
  let closed: Promise<void> | undefined

  return {
    ...control,
    handle,
    fetch: async (request) => toFetch(await handle(fromFetch(request))),
    async listen({ port, hostname = '127.0.0.1' }) {
      const server = await listen(handle, port, hostname)
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
      closed ??= Promise.all(listening.map((server) => server.close()))
        .then(() => dispatcher.close())
        .then(() => store.close())
      return closed
    },
  }
}
