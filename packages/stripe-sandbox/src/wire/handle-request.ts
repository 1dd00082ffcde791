import { findOperation } from '@clawlink/stripe-definitions'
import type { Definitions, JsonSchema, Operation } from '@clawlink/stripe-definitions'
import { isRefusal } from '../route.ts'
import type { Route } from '../route.ts'
import type { Json } from '../store/json.ts'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/transaction.ts'
import { nowForRequest } from '../test-clocks/now-for.ts'
import { actingAccount } from '../oauth/acting-account.ts'
import { authenticate } from './auth.ts'
import type { KeyIdentity } from './auth.ts'
import { readForm } from './body.ts'
import { coerceParams } from './coerce.ts'
import { StripeError, invalidRequest, notInSandbox } from './errors.ts'
import type { WireAnswer, WireRequest } from './exchange.ts'
import { checkExpand, expand } from './expand.ts'
import type { KindIndex } from './expand.ts'
import { decodeForm } from './form.ts'
import {
  createInFlight,
  hashParams,
  idempotencyRecords,
  readIdempotencyKey,
  storedAnswer,
} from './idempotency.ts'
import { errorReply, respond } from './reply.ts'
import type { Reply } from './reply.ts'
import { readUpload } from './upload.ts'
import type { Upload } from './upload.ts'
import { inVersion } from './older-shapes.ts'
import { inPresentNames, paramsInVersion, requestedVersion } from './versions.ts'

export interface HandlerOptions {
  definitions: Definitions
  store: Store
  /** By operation id. */
  routes: ReadonlyMap<string, Route>
  kinds: KindIndex
  newRequestId: () => string
  liveKeys: boolean
  /** Hears of failures that are ours, not the client's. Never given a key or a body. */
  onFault: (requestId: string, error: unknown) => void
}

/** A request that may be executed. */
interface Understood {
  requestId: string
  key: KeyIdentity
  method: string
  route: Route
  path: string
  pathParams: Record<string, string>
  /** The requested version of the API. */
  version: string
  params: Record<string, Json>
  expand: string[]
  /** Whom the request wants to act as, from Stripe-Context or Stripe-Account. */
  actingAccount: string | null
  idempotency: { key: string; paramsHash: string } | undefined
  upload: Upload | undefined
  /** The sandbox's own address, from the Host header. */
  baseUrl: string
}

/** The way of a request from top to bottom: understand it, then execute it in one synchronous transaction. */
export function createRequestHandler(options: HandlerOptions): (request: WireRequest) => Promise<WireAnswer> {
  const inFlight = createInFlight()

  return async (request) => {
    const requestId = options.newRequestId()
    let claim: { release(): void } | undefined
    try {
      const { url } = request
      const { operation, pathParams } = operationOf(options.definitions, request.method, url.pathname)
      const version = requestedVersion(request.headers)
      const key = authenticate(request.headers, options.liveKeys)
      const idempotencyKey = readIdempotencyKey(request.method, request.headers)
      // Claimed before the body is read: a slow first request is already the one in progress.
      if (idempotencyKey !== undefined) claim = inFlight.claim(key.keyHash, idempotencyKey)

      const form = decodeForm(url.search.slice(1))
      const upload = operation.host === 'files' ? await readUpload(request, form) : undefined
      if (request.method !== 'GET' && !upload) decodeForm(await readForm(request), form)
      const route = options.routes.get(operation.id)
      if (!route) throw notInSandbox(`${operation.id} (${operation.method} ${operation.path})`)
      const given = coerceParams(options.definitions, paramsOf(route, operation, version), form)
      const params = inPresentNames(operation, version, given)
      checkSupport(route, params)
      const paths = expandPaths(params)
      checkExpand(options.definitions, operation.result, paths)
      const reply = execute(options, {
        requestId,
        key,
        method: request.method,
        route,
        path: url.pathname,
        pathParams,
        version,
        params,
        expand: paths,
        actingAccount: request.headers.get('stripe-context') ?? request.headers.get('stripe-account'),
        idempotency:
          idempotencyKey === undefined ? undefined : { key: idempotencyKey, paramsHash: hashParams(form) },
        upload,
        baseUrl: url.origin,
      })
      return respond(request, requestId, reply)
    } catch (error) {
      return respond(request, requestId, failure(options, requestId, error))
    } finally {
      claim?.release()
    }
  }
}

function operationOf(definitions: Definitions, method: string, pathname: string) {
  const found = findOperation(definitions, method, pathname)
  // Uploads have a host of their own; here all come to one door.
  if (found && (found.operation.host === undefined || found.operation.host === 'files')) return found
  throw invalidRequest(
    `Unrecognized request URL (${method}: ${pathname}). Please see https://stripe.com/docs or we can help at ` +
      'https://support.stripe.com/.',
    { status: 404, stored: false },
  )
}

function paramsOf(route: Route, operation: Operation, version: string): JsonSchema {
  const params = paramsInVersion(operation, version)
  return route.widen?.(params) ?? params
}

function checkSupport(route: Route, params: Record<string, Json>): void {
  for (const name of Object.keys(params)) {
    if (name !== 'expand' && !route.supports.includes(name)) {
      throw notInSandbox(`the parameter ${name} of ${route.operation}`, name)
    }
  }
}

function expandPaths(params: Record<string, Json>): string[] {
  return Array.isArray(params.expand) ? params.expand.filter((path) => typeof path === 'string') : []
}

/** No waiting in here: nothing else runs between the first read and the line in the journal. */
function execute(options: HandlerOptions, request: Understood): Reply {
  const { store } = options
  const { requestId, key, idempotency } = request
  const account = actingAccount(store, key, { method: request.method, account: request.actingAccount })
  const origin = { requestId, idempotencyKey: idempotency?.key ?? null, baseUrl: request.baseUrl }
  const tx = store.begin(account, origin)
  const stored = idempotency && storedAnswer(tx, { ...idempotency, path: request.path })
  if (stored) return { status: stored.status, body: stored.body, original: stored.requestId, replayed: true }
  try {
    const reply = remember(tx, request, run(options, request, tx))
    store.commit(tx)
    return reply
  } catch (error) {
    tx.rollback()
    const reply = failure(options, requestId, error)
    if (error instanceof StripeError && !error.stored) return reply
    // Only the answer is kept: its effects are undone, and the key will tell the same story again.
    const memory = store.begin(account, origin)
    const remembered = remember(memory, request, reply)
    if (idempotency) commitOrRollback(store, memory)
    return remembered
  }
}

function run(options: HandlerOptions, request: Understood, tx: Transaction): Reply {
  const { now } = tx
  tx.now = nowForRequest(tx, options.kinds, { path: request.pathParams, params: request.params })
  const reply = runNow(options, request, tx)
  tx.now = now
  return reply
}

function runNow(options: HandlerOptions, request: Understood, tx: Transaction): Reply {
  const answer = request.route.handle({
    tx,
    id: request.pathParams.id ?? '',
    path: request.pathParams,
    // The schema has read them; each route declares the same types.
    params: request.params as never,
    url: request.path,
    key: request.key,
    ...(request.upload === undefined ? {} : { upload: request.upload }),
  })
  if (isRefusal(answer)) return errorReply(answer.refused)
  return {
    status: 200,
    body: JSON.stringify(inVersion(request.version, expand(options.kinds, tx, answer, request.expand), tx)),
  }
}

function remember(tx: Transaction, request: Understood, reply: Reply): Reply {
  if (!request.idempotency) return reply
  const { key, paramsHash } = request.idempotency
  const { requestId, path } = request
  const { status, body } = reply
  tx.put(idempotencyRecords, { id: key, path, paramsHash, status, body, created: tx.now, requestId })
  return { ...reply, original: requestId }
}

function commitOrRollback(store: Store, tx: Transaction): void {
  try {
    store.commit(tx)
  } catch (error) {
    tx.rollback()
    throw error
  }
}

function failure(options: HandlerOptions, requestId: string, error: unknown): Reply {
  if (error instanceof StripeError) return errorReply(error)
  options.onFault(requestId, error)
  const message = 'The sandbox failed to execute this request; nothing was changed. Its log says why.'
  return errorReply(new StripeError('api_error', message, { status: 500 }))
}
