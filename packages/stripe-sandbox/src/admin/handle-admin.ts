import { emails } from '../emails/record-email.ts'
import type { FaultPlan, FaultRule } from '../faults/fault-plan.ts'
import { parseFaults } from '../faults/fault.ts'
import type { RateLimit } from '../faults/rate-limit.ts'
import { isJsonObject } from '../store/json.ts'
import type { Json, JsonObject } from '../store/json.ts'
import type { Store } from '../store/store.ts'
import { MAX_BODY_BYTES, readBody } from '../wire/body.ts'
import { StripeError } from '../wire/errors.ts'
import type { SideDoor, WireAnswer, WireRequest } from '../wire/exchange.ts'
import { ControlError } from './control.ts'
import type { Control } from './control.ts'
import type { RequestLog } from './request-log.ts'

export interface AdminOptions {
  store: Store
  control: Control
  plan: FaultPlan
  limit: RateLimit
  log: RequestLog
  faultsAllowed: boolean
}

type Operation = (options: AdminOptions, input: JsonObject) => JsonObject

const PREFIX = '/_sandbox/'
const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]'])
const MAX_TIMES = 1_000_000

const operations: Record<string, Operation> = {
  'GET state': ({ store, faultsAllowed }) => ({
    accounts: Array.from(store.accounts(), (account) => ({
      id: account.id,
      created: account.created,
      livemode: account.livemode,
      objects: Object.fromEntries(Array.from(account.tables, ([name, table]) => [name, table.all().length])),
    })),
    clock: clockOf(store),
    faults: faultsAllowed,
  }),
  'POST reset': ({ store, control }) => {
    control.reset()
    return { clock: clockOf(store) }
  },
  'POST snapshot': ({ control }) => ({ id: control.snapshot() }),
  'POST restore': ({ store, control }, { id }) => {
    if (typeof id !== 'string') throw new ControlError('`id` is the id of a snapshot.')
    control.restore(id)
    return { id, clock: clockOf(store) }
  },
  'POST advance': ({ store, control }, { seconds, to }) => {
    if (typeof seconds === 'number' && to === undefined) control.advance({ seconds })
    else if ((typeof to === 'string' || typeof to === 'number') && seconds === undefined)
      control.advance({ to })
    else throw new ControlError('The clock needs either `seconds`, or `to` as an ISO date or Unix seconds.')
    return { clock: clockOf(store) }
  },
  'GET faults': ({ plan, limit }) => faultState(plan, limit),
  'POST faults': ({ plan, limit }, input) => {
    orderFaults(plan, limit, input)
    return faultState(plan, limit)
  },
  'DELETE faults': ({ plan, limit }) => {
    plan.clear()
    limit.perSecond = undefined
    return faultState(plan, limit)
  },
  'GET emails': ({ store }) => ({
    data: [...store.accounts()].flatMap((account) => {
      const tx = store.begin(account, { requestId: null, idempotencyKey: null })
      return tx.rows(emails).map(({ entity }) => ({ ...emails.format(entity, tx), account: account.id }))
    }),
  }),
  'GET requests': ({ log }) => ({ data: log.list().map((logged) => ({ ...logged })) }),
}

/** Answers what only the one who runs the sandbox may ask; undefined where the address is not for that. */
export function createAdminHandler(options: AdminOptions): SideDoor {
  return async (request) => {
    const { url } = request
    if (!url.pathname.startsWith(PREFIX)) return undefined
    // Pages of other sites can make a browser call, by a name of their own that leads here or by a form.
    const origin = request.headers.get('origin')
    if (!LOOPBACK_HOSTS.has(url.hostname) || (origin !== null && origin !== url.origin)) {
      return refuse(403, 'The sandbox is only controlled from its own machine, as 127.0.0.1 or localhost.')
    }
    const name = url.pathname.slice(PREFIX.length)
    const operation = Object.hasOwn(operations, `${request.method} ${name}`)
      ? operations[`${request.method} ${name}`]
      : undefined
    if (!operation) return refuse(404, `There is no ${request.method} ${url.pathname.slice(0, 80)}.`)
    if (name === 'faults' && request.method === 'POST' && !options.faultsAllowed) {
      return refuse(403, 'This sandbox was started without faults: start it with --faults.')
    }
    try {
      return answer(200, operation(options, await readInput(request)))
    } catch (error) {
      if (error instanceof ControlError || error instanceof StripeError) return refuse(400, error.message)
      throw error
    }
  }
}

/** Only JSON: a form of another site cannot send that without being asked first. */
async function readInput(request: WireRequest): Promise<JsonObject> {
  if (request.method !== 'POST') return {}
  const text = (await readBody(request, MAX_BODY_BYTES)).toString('utf8')
  if (text === '' && request.headers.get('content-type') === null) return {}
  if (request.headers.get('content-type')?.startsWith('application/json') !== true) {
    throw new ControlError('The body must be JSON, with content-type: application/json.')
  }
  const input = text === '' ? {} : parsed(text)
  if (!isJsonObject(input)) throw new ControlError('The body must be a JSON object.')
  return input
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new ControlError('The body is not JSON.')
  }
}

function orderFaults(plan: FaultPlan, limit: RateLimit, input: JsonObject): void {
  const { fault, method, path, times = 1, requests_per_second: perSecond } = input
  if (perSecond !== undefined) {
    if (perSecond !== null && !isCount(perSecond))
      throw new ControlError('`requests_per_second` is a number, or null.')
    limit.perSecond = perSecond ?? undefined
    if (fault === undefined) return
  }
  if (typeof fault !== 'string') throw new ControlError('`fault` is a text as in the header Sandbox-Fault.')
  if (!isCount(times)) throw new ControlError('`times` is how many requests it hits, at least 1.')
  const rule: FaultRule = { fault, faults: parseFaults(fault), times }
  if (typeof method === 'string') rule.method = method.toUpperCase()
  else if (method !== undefined) throw new ControlError('`method` is GET, POST or DELETE.')
  if (typeof path === 'string') rule.path = path
  else if (path !== undefined)
    throw new ControlError('`path` is a path, or its beginning with a * at the end.')
  plan.add(rule)
}

function isCount(value: Json): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_TIMES
}

function faultState(plan: FaultPlan, limit: RateLimit): JsonObject {
  return {
    data: plan.list().map(({ fault, method, path, times }) => ({ fault, method, path, times })),
    requests_per_second: limit.perSecond ?? null,
  }
}

function clockOf(store: Store): JsonObject {
  return { now: new Date(store.now()).toISOString(), offset_seconds: store.clockOffset / 1000 }
}

function answer(status: number, body: JsonObject): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: `${JSON.stringify(body)}\n`,
  }
}

function refuse(status: number, message: string): WireAnswer {
  return answer(status, { error: { message } })
}
