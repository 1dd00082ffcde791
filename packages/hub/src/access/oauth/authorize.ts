import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { cleanLine } from '../../contract/clean-text.ts'
import { asProblem, Problem } from '../../contract/problem.ts'
import { OAUTH_PATHS, SCOPES } from './names.ts'

/** What OAuth knows; the provider's OpenID parameters are unknown to this server, and so ignored. */
const PARAMETERS = new Set([
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'redirect_uri',
  'registration',
  'request',
  'request_uri',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'state',
])
const MAX_REASON_LENGTH = 200

/** Requests that were refused before a person decided: `serve` shows them as a page of ours. */
export type Refusals = WeakMap<IncomingMessage, Problem>

/**
 * What the provider serves at /oauth/authorize ends in one of two ways: with our consent page, or with a refusal. Nobody
 * is sent on to a client before a person decided about it: anyone can register one, and the hub's address
 * would then lead wherever they like.
 */
export function guardAuthorize(provider: Provider, refusals: Refusals): void {
  provider.use(async (ctx, next) => {
    await next()
    dropCookie(ctx, provider.cookieName('session'))
  })
  provider.use(async (ctx, next) => {
    if (ctx.path !== OAUTH_PATHS.authorization) return next()
    const { scope, ...query } = Object.fromEntries(
      Object.entries(ctx.query).filter(([name]) => PARAMETERS.has(name)),
    )
    ctx.query = { ...query, scope: Array.isArray(scope) ? scope : scopeOf(scope) }
    // The other modes answer with a page of the provider's, with a script in it.
    if (query['response_mode'] === undefined || query['response_mode'] === 'query') return next()
    refuse(refusals, ctx, notServed('response_mode must be query'))
  })
  provider.on('authorization.error', (ctx, error) => {
    if (ctx.path === OAUTH_PATHS.authorization) error.allow_redirect = false
  })
}

/** The provider keeps no session here (see records.ts), so the browser need not remember its name. */
function dropCookie(
  ctx: {
    response: { headers: Record<string, unknown> }
    set(name: string, values: string[]): void
    remove(name: string): void
  },
  name: string,
): void {
  const set = [ctx.response.headers['set-cookie'] ?? []].flat().map(String)
  const kept = set.filter((line) => !line.startsWith(`${name}=`) && !line.startsWith(`${name}.sig=`))
  if (kept.length === 0) ctx.remove('set-cookie')
  else ctx.set('set-cookie', kept)
}

/** For the provider's `renderError`: an error that a person in a browser is to read. */
export function showRefusal(refusals: Refusals, ctx: KoaContextWithOIDC, error: Error): void {
  refuse(refusals, ctx, problemOf(error))
}

/** Ends a request at the provider without an answer: `serve` gives it. */
function refuse(
  refusals: Refusals,
  ctx: { req: IncomingMessage; respond?: boolean | undefined },
  problem: Problem,
): void {
  refusals.set(ctx.req, problem)
  ctx.respond = false
}

/** Who may write may read, and who does not say what they want is shown to the person as asking for both. */
function scopeOf(asked: string | undefined): string {
  const scopes = asked?.split(' ') ?? []
  return scopes.includes('read') && !scopes.includes('write') ? SCOPES.readOnly : SCOPES.full
}

function problemOf(error: Error): Problem {
  if (!('error' in error && 'expose' in error && error.expose === true)) return asProblem(error)
  if (error.name === 'SessionNotFound') return nobodyWaits()
  if (error.error === 'invalid_client') {
    return new Problem('invalid_params', 'This hub does not know the program that sent you here.', {
      nextStep: 'Its registration has expired. Remove this hub in that program, and add it again.',
    })
  }
  return notServed('error_description' in error ? String(error.error_description) : String(error.error))
}

/** The consent page's word for a request that is over, was decided, or began in another browser. */
export function nobodyWaits(): Problem {
  return new Problem('pairing_not_found', 'No program is waiting for your answer here.', {
    nextStep:
      'A request lasts ten minutes, works once, and only in the browser that it began in. Start connecting again in the program.',
  })
}

function notServed(reason: string): Problem {
  return new Problem(
    'invalid_params',
    `The program that sent you here asked for what this hub does not do: ${cleanLine(reason, MAX_REASON_LENGTH)}.`,
    { nextStep: 'Nothing was granted. Add this hub to the program again, or tell its makers.' },
  )
}
