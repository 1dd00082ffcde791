import { createMcpHandler } from '@modelcontextprotocol/server'
import { Hono, type Context } from 'hono'
import { cors } from 'hono/cors'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { mcpChallenge } from '../../access/access.ts'
import type { DeviceActor } from '../../contract/actor.ts'
import { hasCardNumber } from '../../contract/card-numbers.ts'
import { asProblem, Problem, type ProblemCode } from '../../contract/problem.ts'
import type { DeviceCalls } from '../http/device-calls.ts'
import { readJson } from '../http/read-body.ts'
import type { Hub } from '../hub.ts'
import type { McpHost, Outcome } from './host.ts'
import { createMcpServer } from './server.ts'

const CORS_REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'dpop',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
]

/** Of what was wrong with a request, in the log: it may repeat what a client sent. */
const MAX_REASON_LENGTH = 300

/** `/mcp`: stateless Streamable HTTP. Each request is served by itself, so any node can answer any of them. */
export function mcpRoutes(hub: Hub, devices: DeviceCalls): Hono {
  const mcp = new Hono()
  // Before the preflight is answered: a page that may not ask is told nothing more.
  mcp.use('/mcp', async (c, next) => {
    refuseOtherSites(c, [hub.publicUrl, ...hub.mcpOrigins])
    await next()
  })
  mcp.use(
    '/mcp',
    cors({
      origin: hub.mcpOrigins,
      allowMethods: ['POST'],
      allowHeaders: CORS_REQUEST_HEADERS,
      exposeHeaders: ['www-authenticate'],
    }),
  )
  mcp.all('/mcp', async (c) => {
    const device = await devices.deviceOf(c)
    const parsedBody = c.req.method === 'POST' ? await readMessage(c) : undefined
    const handler = createMcpHandler(() => createMcpServer(hostFor(hub, devices, device)), {
      onerror({ message }) {
        const reason = hasCardNumber(message) ? '[refused]' : message.slice(0, MAX_REASON_LENGTH)
        hub.log('mcp.refused', { reason })
      },
    })
    return handler.fetch(c.req.raw, { parsedBody })
  })
  mcp.onError((error, c) => {
    const problem = asProblem(error)
    if (problem.internal !== undefined) hub.log('problem', { code: problem.code, internal: problem.internal })
    if (problem.code === 'unauthenticated') {
      c.header('www-authenticate', mcpChallenge(hub.publicUrl, problem.details?.['oauth_error']))
    }
    return c.json(jsonRpcError(problem), problem.status as ContentfulStatusCode)
  })
  return mcp
}

/** A page of another site has no business here, whatever address it found the hub under. */
function refuseOtherSites(c: Context, allowed: string[]): void {
  const origin = c.req.header('origin')
  if (origin === undefined || allowed.includes(origin)) return
  throw new Problem('forbidden', 'Pages of other sites may not use this address.', {
    nextStep: 'Connect from a program, or have the operator name this site in CLAWLINK_MCP_ORIGINS.',
  })
}

async function readMessage(c: Context): Promise<unknown> {
  const message = await readJson(c)
  if (message === undefined) throw new Problem('invalid_json', 'There is no message in this request.')
  return message
}

/** The hub's own operations, as the device that asks. */
function hostFor(hub: Hub, devices: DeviceCalls, device: DeviceActor): McpHost {
  return {
    version: hub.version,
    now: hub.context.now,
    async run(endpoint, input) {
      try {
        return { ok: true, answer: await devices.run(device, () => endpoint.run(hub, device, input)) }
      } catch (error) {
        const problem = asProblem(error)
        const { code, internal } = problem
        if (internal !== undefined) hub.log('problem', { code, internal })
        return { ok: false, problem: problem.toWire() }
      }
    },
    // Who calls here is a device already; a second pairing would only be one more to revoke.
    pair: (): Promise<Outcome> =>
      Promise.resolve({ ok: true, answer: { status: 'paired', device: device.label } }),
    toolCards: () => Promise.resolve(hub.calls.integrations.flatMap(({ tools }) => tools)),
  }
}

const JSON_RPC_CODES: Partial<Record<ProblemCode, number>> = {
  invalid_json: -32_700,
  internal_error: -32_603,
}
/** Of JSON-RPC's range for servers: what was wrong came before the message was read as one. */
const NOT_SERVED = -32_000

function jsonRpcError(problem: Problem) {
  const { message, ...data } = problem.toWire().error
  return {
    jsonrpc: '2.0',
    id: null,
    error: { code: JSON_RPC_CODES[problem.code] ?? NOT_SERVED, message, data },
  }
}
