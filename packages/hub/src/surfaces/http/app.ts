import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context as HonoContext } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { hasCardNumber } from '../../contract/card-numbers.ts'
import { asProblem, Problem } from '../../contract/problem.ts'
import { deviceChallenge } from '../../access/access.ts'
import type { Hub } from '../hub.ts'
import { accessPages } from './access-pages.ts'
import { apiRoutes } from './api.ts'
import { confirmationPages } from './confirmation-pages.ts'
import { consentPages } from './consent-pages.ts'
import { createDeviceCalls } from './device-calls.ts'
import { createMetrics } from './metrics.ts'
import { mcpRoutes } from '../mcp/routes.ts'
import { openApiDocument } from './openapi.ts'
import { serveStylesheet, STYLESHEET_PATH } from './page.ts'
import { sendProblemPage } from './person-session.ts'

export type Env = { Bindings: HttpBindings }

/** Everything the hub serves. Who calls from where is decided here, by the socket, never by a header. */
export function createApp(hub: Hub): Hono<Env> {
  const app = new Hono<Env>()
  const { host } = new URL(hub.publicUrl)
  const metrics = createMetrics(hub)
  app.use(metrics.middleware)

  app.use(async (c, next) => {
    const started = performance.now()
    await next()
    hub.log('http', {
      method: c.req.method,
      // Without the query: it may hold a set-up token or a pairing code.
      path: hasCardNumber(c.req.path) ? '[refused]' : c.req.path,
      status: c.res.status,
      milliseconds: Math.round(performance.now() - started),
    })
  })

  // A page of another site could reach a loopback server under its own name (DNS rebinding).
  app.use(async (c, next) => {
    const asked = c.req.header('host')
    if (asked !== host && !c.req.path.startsWith('/healthz')) {
      const isAlias = asked === aliasOf(host)
      if (isAlias && c.req.method === 'GET')
        return c.redirect(`${hub.publicUrl}${pathAndQuery(c.req.url)}`, 307)
      throw new Problem('misdirected_request', 'This hub is not served under that name.', {
        nextStep: `Use ${hub.publicUrl}.`,
      })
    }
    return next()
  })

  app.get('/metrics', async (c) => c.text(await metrics.text()))
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', (c) => (hub.isReady() ? c.json({ ready: true }) : c.json({ ready: false }, 503)))
  app.get('/api/v1/openapi.json', (c) => c.json(openApiDocument(hub.publicUrl, hub.version) as object))
  const devices = createDeviceCalls(hub.access, addressOf)
  app.route('/api/v1', apiRoutes(hub, devices))
  app.route('/', mcpRoutes(hub, devices))

  const oauth = async (c: HonoContext<Env>): Promise<Response> => {
    // Hono makes an answer of its own of every HEAD, and would write it after the one that is written here.
    if (c.req.raw.method === 'HEAD') throw new Problem('method_not_allowed', 'HEAD is of no use here.')
    const { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse } = c.env
    await hub.access.oauth(incoming, outgoing, addressOf(c))
    return RESPONSE_ALREADY_SENT
  }
  // Before the provider's own, which are all the others.
  app.route('/', consentPages(hub.access))
  app.all('/oauth/*', oauth)
  app.all('/.well-known/*', oauth)

  app.get(STYLESHEET_PATH, serveStylesheet)
  // Browsers ask for it unbidden.
  app.get('/favicon.ico', (c) => c.body(null, 204))
  app.route('/', confirmationPages(hub))
  app.route('/', accessPages(hub.access, { workspace: hub.workspace, address: addressOf }))

  app.notFound((c) => answerProblem(c, hub, new Problem('not_found', 'There is nothing at this address.')))
  app.onError((error, c) => answerProblem(c, hub, asProblem(error)))
  return app
}

function answerProblem(c: HonoContext, hub: Hub, problem: Problem): Response | Promise<Response> {
  if (problem.internal !== undefined) hub.log('problem', { code: problem.code, internal: problem.internal })
  if (!c.req.path.startsWith('/api/')) return sendProblemPage(hub.access, c, problem)
  if (problem.code === 'unauthenticated') {
    c.header('www-authenticate', deviceChallenge(problem.details?.['oauth_error']))
  }
  const retryAfter = problem.details?.['retry_after_seconds']
  if (typeof retryAfter === 'number') c.header('retry-after', String(retryAfter))
  return c.json(problem.toWire(), problem.status as ContentfulStatusCode)
}

/** Where the request came from, as the kernel says. */
export function addressOf(c: HonoContext): string {
  const { incoming } = c.env as HttpBindings
  return incoming.socket.remoteAddress ?? 'unknown'
}

/** The other way to write a loopback address: people type either. */
function aliasOf(host: string): string | undefined {
  const [name, port = ''] = host.split(':')
  if (name === 'localhost') return `127.0.0.1:${port}`
  return name === '127.0.0.1' ? `localhost:${port}` : undefined
}

function pathAndQuery(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}
