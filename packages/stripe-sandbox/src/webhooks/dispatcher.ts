import { events } from '../events/event.ts'
import type { EventEntity } from '../events/event.ts'
import type { AccountState } from '../store/account.ts'
import type { Store } from '../store/store.ts'
import type { Stored } from '../store/table.ts'
import type { Transaction } from '../store/transaction.ts'
import { inVersion } from '../wire/older-shapes.ts'
import { API_VERSION } from '../wire/versions.ts'
import { isLoopback } from './addresses.ts'
import { deliveries, endpointIn } from './delivery.ts'
import type { Delivery } from './delivery.ts'
import { webhookEndpoints } from './endpoint.ts'
import type { WebhookEndpoint } from './endpoint.ts'
import { signatureOf } from './sign.ts'
import { createWaitingLines } from './waiting-lines.ts'

export interface DispatcherOptions {
  /** Opened after the dispatcher: what it holds is asked for later. */
  store: () => Store
  /** Sends also to other machines than this one. */
  anywhere: boolean
  timeoutMs?: number
  /** Signatures carry the time that the receiver's clock shows, not the sandbox's. */
  wallClock?: () => number
  onFailure: (error: unknown) => void
}

/** Brings events to their endpoints: at least once, in no certain order. */
export interface Dispatcher {
  /** Something has been committed. */
  notice(account: AccountState, writes: readonly (readonly [table: string, entity: Stored])[]): void
  /** Starts what is due by the sandbox's clock. */
  pump(): void
  /** Begins again with what the store holds: after opening it, and after its state was replaced. */
  rescan(): void
  /** Gives up what is on its way; it stays pending in the journal. */
  close(): Promise<void>
}

/** A delivery and whose it is. */
interface Waiting {
  account: string
  id: string
}

const TIMEOUT_MS = 10_000
const MAX_AT_ONCE = 16
/** One receiver that does not answer leaves room for the others. */
const MAX_AT_ONCE_EACH = 4
/** After each failed try; then it has failed for good. */
const RETRY_AFTER_SECONDS = [10, 60, 360]
/** The sandbox's clock may have been moved: look again at least so often. */
const MAX_SLEEP_MS = 30_000
const origin = { requestId: null, idempotencyKey: null }

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { timeoutMs = TIMEOUT_MS, wallClock = Date.now } = options
  const lines = createWaitingLines<Waiting>(
    ({ account, id }) => `${account} ${endpointIn(id)}`,
    MAX_AT_ONCE_EACH,
  )
  const running = new Set<Promise<void>>()
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined

  const pump = () => {
    if (closing.signal.aborted || lines.nextAt() === undefined) return
    const now = options.store().now()
    while (running.size < MAX_AT_ONCE) {
      const next = lines.takeUntil(now)
      if (!next) break
      const work = attempt(next)
        .catch(options.onFailure)
        .finally(() => {
          running.delete(work)
          lines.release(next)
          pump()
        })
      running.add(work)
    }
    clearTimeout(timer)
    const next = lines.nextAt()
    // With work going on its end is the next time to look.
    if (next === undefined || next <= now) return
    timer = setTimeout(pump, Math.min(MAX_SLEEP_MS, Math.max(1, next - now)))
    timer.unref()
  }

  const attempt = async ({ account: accountId, id }: Waiting) => {
    const found = lookUp(options.store(), accountId, id)
    if (!found) return
    const { tx, delivery, endpoint, event } = found
    if (!endpoint || endpoint.deleted || endpoint.disabled || !event || !isAllowed(endpoint.url)) {
      settle(accountId, delivery, { ...delivery, status: 'failed' })
      return
    }
    const body = payloadOf(tx, event, endpoint)
    const arrived = await send(endpoint, body)
    if (closing.signal.aborted) return
    const attempts = delivery.attempts + 1
    const wait = RETRY_AFTER_SECONDS[delivery.attempts]
    settle(accountId, delivery, {
      ...delivery,
      attempts,
      next_attempt_at: wait === undefined ? 0 : options.store().now() + wait * 1000,
      status: arrived ? 'delivered' : wait === undefined ? 'failed' : 'pending',
    })
  }

  const isAllowed = (url: string) => options.anywhere || isLoopback(url)

  const send = async (endpoint: WebhookEndpoint, body: string): Promise<boolean> => {
    try {
      const response = await fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureOf(endpoint.secret, Math.floor(wallClock() / 1000), body),
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        },
        body,
        // Another address is another endpoint, and may be another machine.
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), closing.signal]),
      })
      await response.body?.cancel()
      return response.ok
    } catch {
      return false
    }
  }

  /** Nothing is written over what has meanwhile become of the delivery. */
  const settle = (accountId: string, before: Delivery, after: Delivery) => {
    const store = options.store()
    const account = store.findById(accountId)
    const tx = account && store.begin(account, origin)
    if (!tx || tx.get(deliveries, before.id) !== before) return
    tx.put(deliveries, after)
    try {
      store.commit(tx)
    } catch (error) {
      tx.rollback()
      throw error
    }
    if (after.status === 'pending') lines.add(after.next_attempt_at, { account: accountId, id: after.id })
  }

  return {
    notice(account, writes) {
      let added = false
      for (const [table, entity] of writes) {
        if (table !== deliveries.table || (entity as Delivery).attempts > 0) continue
        if ((entity as Delivery).status !== 'pending') continue
        lines.add(0, { account: account.id, id: entity.id })
        added = true
      }
      // Not in the middle of a request: its answer goes first.
      if (added) setImmediate(pump)
    },
    pump,
    rescan() {
      lines.clear()
      const store = options.store()
      for (const account of store.accounts()) {
        for (const { entity } of store.begin(account, origin).rows(deliveries, 'status', 'pending')) {
          lines.add(entity.next_attempt_at, { account: account.id, id: entity.id })
        }
      }
      setImmediate(pump)
    },
    async close() {
      closing.abort()
      clearTimeout(timer)
      await Promise.allSettled(running)
    },
  }
}

function lookUp(store: Store, accountId: string, id: string) {
  const account = store.findById(accountId)
  const tx = account && store.begin(account, origin)
  const delivery = tx?.get(deliveries, id)
  if (!tx || delivery?.status !== 'pending') return undefined
  return {
    tx,
    delivery,
    endpoint: tx.get(webhookEndpoints, delivery.endpoint),
    event: tx.get(events, delivery.event),
  }
}

/** The event in the shapes of the version that the endpoint was made for. */
function payloadOf(tx: Transaction, event: EventEntity, endpoint: WebhookEndpoint): string {
  const version = endpoint.api_version ?? API_VERSION
  return JSON.stringify(
    inVersion(version, { ...events.format(event, tx), api_version: version }, tx),
    null,
    2,
  )
}
