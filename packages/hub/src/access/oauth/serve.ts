import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { asProblem, Problem } from '../../contract/problem.ts'
import { networkOf, type Limiter } from '../limiter.ts'
import { OAUTH_PATHS } from './provider.ts'

/** The provider knows more routes than these; what is not here does not exist. */
const SERVED = new Set([
  `POST ${OAUTH_PATHS.device}`,
  `POST ${OAUTH_PATHS.token}`,
  `POST ${OAUTH_PATHS.revocation}`,
  `GET ${OAUTH_PATHS.jwks}`,
  `GET ${OAUTH_PATHS.metadata}`,
])

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
  pairingsPerAddress: Limiter
}

export type ServeOAuth = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  address?: string,
) => Promise<void>

/** Hands a raw request to the provider. Its body must not have been read. */
export function createServe(options: ServeOptions): ServeOAuth {
  const { host, protocol } = new URL(options.publicUrl)
  const handle = options.provider.callback()

  return async (incoming, outgoing, address = incoming.socket.remoteAddress ?? 'unknown') => {
    const route = `${incoming.method ?? ''} ${(incoming.url ?? '').split('?', 1)[0] ?? ''}`
    try {
      if (!SERVED.has(route)) throw new Problem('not_found', 'There is nothing at this address.')
      if (route === `POST ${OAUTH_PATHS.device}`) options.pairingsPerAddress.take(networkOf(address))
    } catch (error) {
      answerProblem(outgoing, asProblem(error))
      return
    }
    for (const name of FORWARDING_HEADERS) delete incoming.headers[name]
    incoming.headers.host = host
    incoming.headers['x-forwarded-host'] = host
    incoming.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    incoming.headers['x-forwarded-for'] = address
    await handle(incoming, outgoing)
  }
}

/** OAuth's own shape of an error, since it is an OAuth client that reads it. */
function answerProblem(outgoing: ServerResponse, problem: Problem): void {
  const retryAfter = problem.details?.['retry_after_seconds']
  outgoing.writeHead(problem.status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(typeof retryAfter === 'number' ? { 'retry-after': String(retryAfter) } : {}),
  })
  const error = problem.code === 'rate_limited' ? 'slow_down' : 'invalid_request'
  outgoing.end(JSON.stringify({ error, error_description: problem.message }))
}
