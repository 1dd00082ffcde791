import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { asProblem, Problem } from '../../contract/problem.ts'
import type { AccessContext } from '../context.ts'
import { networkOf, type Limiter } from '../limiter.ts'
import type { Refusals } from './authorize.ts'
import { resourceMetadata } from './metadata.ts'
import { OAUTH_PATHS } from './names.ts'

/** The provider knows more routes than these; what is not here does not exist. */
const SERVED = new Set([
  `GET ${OAUTH_PATHS.authorization}`,
  `POST ${OAUTH_PATHS.device}`,
  `POST ${OAUTH_PATHS.token}`,
  `POST ${OAUTH_PATHS.registration}`,
  `POST ${OAUTH_PATHS.revocation}`,
  `GET ${OAUTH_PATHS.jwks}`,
  `GET ${OAUTH_PATHS.metadata}`,
])
/** Where the browser goes on from our consent page. */
const RESUMED = new RegExp(`^GET ${OAUTH_PATHS.authorization}/[\\w-]{1,100}$`)

const RESOURCE_METADATA = [OAUTH_PATHS.resource, `${OAUTH_PATHS.resource}/mcp`]
/** What a client that runs in a browser asks for from a page of its own. Nothing here is ever about who is signed in. */
const FROM_OTHER_PAGES = new Map([
  ...RESOURCE_METADATA.map((path) => [path, 'GET'] as const),
  [OAUTH_PATHS.metadata, 'GET'],
  [OAUTH_PATHS.jwks, 'GET'],
  [OAUTH_PATHS.registration, 'POST'],
  [OAUTH_PATHS.token, 'POST'],
])
const PREFLIGHT_SECONDS = 60 * 60

/** What a caller could use to be taken for another host or address. */
const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
]

export interface ServeOptions {
  publicUrl: string
  provider: Provider
  refusals: Refusals
  limits: AccessContext['limits']
}

export type ServeOAuth = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  address?: string,
) => Promise<void>

/** Hands a raw request to the provider. Its body must not have been read. What a person is to read is thrown. */
export function createServe(options: ServeOptions): ServeOAuth {
  const { publicUrl, refusals, limits } = options
  const { host, protocol } = new URL(publicUrl)
  const handle = options.provider.callback()
  const limiters = new Map<string, Limiter>([
    [`POST ${OAUTH_PATHS.device}`, limits.pairingsPerAddress],
    [`POST ${OAUTH_PATHS.registration}`, limits.registrationsPerAddress],
    [`GET ${OAUTH_PATHS.authorization}`, limits.authorizationsPerAddress],
  ])

  return async (incoming, outgoing, address = incoming.socket.remoteAddress ?? 'unknown') => {
    const path = (incoming.url ?? '').split('?', 1)[0] ?? ''
    const route = `${incoming.method ?? ''} ${path}`
    const isForPeople = path.startsWith(OAUTH_PATHS.authorization)
    const method = FROM_OTHER_PAGES.get(path)
    // At the token endpoint the provider says it, since that depends on the client.
    if (method !== undefined && path !== OAUTH_PATHS.token)
      outgoing.setHeader('access-control-allow-origin', '*')
    if (method !== undefined && incoming.method === 'OPTIONS') return answerPreflight(outgoing, method)
    if (incoming.method === 'GET' && RESOURCE_METADATA.includes(path)) {
      return answerJson(outgoing, 200, resourceMetadata(publicUrl))
    }
    try {
      if (!SERVED.has(route) && !RESUMED.test(route)) {
        throw new Problem('not_found', 'There is nothing at this address.')
      }
      limiters.get(route)?.take(networkOf(address))
    } catch (error) {
      if (isForPeople) throw error
      answerProblem(outgoing, asProblem(error))
      return
    }
    for (const name of FORWARDING_HEADERS) delete incoming.headers[name]
    incoming.headers.host = host
    incoming.headers['x-forwarded-host'] = host
    incoming.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    incoming.headers['x-forwarded-for'] = address
    await handle(incoming, outgoing)
    const refusal = refusals.get(incoming)
    if (refusal !== undefined) throw refusal
  }
}

function answerPreflight(outgoing: ServerResponse, method: string): void {
  outgoing.writeHead(204, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': method,
    'access-control-allow-headers': 'content-type, dpop, mcp-protocol-version',
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  })
  outgoing.end()
}

function answerJson(
  outgoing: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  outgoing.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  })
  outgoing.end(JSON.stringify(body))
}

/** OAuth's own shape of an error, since it is an OAuth client that reads it. */
function answerProblem(outgoing: ServerResponse, problem: Problem): void {
  const retryAfter = problem.details?.['retry_after_seconds']
  const error = problem.code === 'rate_limited' ? 'slow_down' : 'invalid_request'
  answerJson(
    outgoing,
    problem.status,
    { error, error_description: problem.message },
    typeof retryAfter === 'number' ? { 'retry-after': String(retryAfter) } : {},
  )
}
