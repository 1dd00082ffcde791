import { Hono, type Context } from 'hono'
import { Problem } from '../../contract/problem.ts'
import { agentEndpoints } from '../agent-endpoints.ts'
import { attestationEndpoints } from '../attestation-endpoints.ts'
import { parseInput, type DeviceEndpoint, type PersonEndpoint } from '../endpoint.ts'
import type { Hub } from '../hub.ts'
import { personEndpoints } from '../person-endpoints.ts'
import type { DeviceCalls } from './device-calls.ts'
import { requirePerson, requireWrite } from './person-session.ts'
import { inputSchema, pathNames } from './openapi.ts'
import { readJsonBody } from './read-body.ts'

/** `/api/v1`: a route for each endpoint, and nothing else. */
export function apiRoutes(hub: Hub, devices: DeviceCalls): Hono {
  const api = new Hono()
  const session = requirePerson(hub.access)
  const write = requireWrite(hub.access)

  for (const endpoint of [...agentEndpoints, ...attestationEndpoints]) {
    route(api, endpoint, async (c, input) => {
      const device = await devices.deviceOf(c)
      return devices.run(device, async () => endpoint.run(hub, device, parseInput(endpoint, await input())))
    })
  }
  for (const endpoint of personEndpoints) {
    route(api, endpoint, async (c, input) => {
      const { person } = endpoint.method === 'GET' ? await session(c) : await write(c)
      return endpoint.run(hub, person, parseInput(endpoint, await input()))
    })
  }
  return api
}

type Handler = (c: Context, input: () => Promise<Record<string, unknown>>) => Promise<unknown>

function route(api: Hono, endpoint: DeviceEndpoint | PersonEndpoint, handle: Handler): void {
  const types = propertyTypes(endpoint)
  const inPath = pathNames(endpoint.path)
  const pattern = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1')
  api.on(endpoint.method, pattern, async (c) => {
    // Who calls is asked first: a stranger learns nothing from how an input is refused.
    const answer = await handle(c, async () => {
      const rest = endpoint.method === 'GET' ? readQuery(c, types) : await readJsonBody(c)
      const twice = inPath.find((name) => Object.hasOwn(rest, name))
      if (twice !== undefined) throw new Problem('invalid_params', `"${twice}" is in the path already.`)
      return { ...rest, ...Object.fromEntries(inPath.map((name) => [name, c.req.param(name)])) }
    })
    return answer instanceof Response ? answer : c.json(answer as object)
  })
}

/** A query holds text alone: integers and booleans are read where the input asks for them. */
function readQuery(c: Context, types: Map<string, unknown>): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const [key, values] of Object.entries(c.req.queries())) {
    const [value = ''] = values
    if (values.length > 1) throw new Problem('invalid_params', `"${key}" is given more than once.`)
    const type = types.get(key)
    if (type === 'integer' && /^-?\d{1,9}$/.test(value)) input[key] = Number(value)
    else if (type === 'boolean' && (value === 'true' || value === 'false')) input[key] = value === 'true'
    else input[key] = value
  }
  return input
}

function propertyTypes(endpoint: DeviceEndpoint | PersonEndpoint): Map<string, unknown> {
  const properties = inputSchema(endpoint).properties ?? {}
  return new Map(
    Object.entries(properties).map(([name, schema]) => [name, (schema as { type?: unknown }).type]),
  )
}
