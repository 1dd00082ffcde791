import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  DpopSession,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from '@modelcontextprotocol/client'
import { mcpClient, type ClientOptions } from './mcp.ts'
import type { Person } from '../../demo/person.ts'

/** What a client keeps between its runs, and where it would send the browser. */
export interface ClientStore {
  client?: StoredOAuthClientInformation
  tokens?: StoredOAuthTokens
  verifier?: string
  authorizationUrl?: URL
  discovery?: OAuthDiscoveryState
}

export interface OAuthClientOptions {
  redirectUrl: string
  name?: string
  /** Binds its tokens to a key. */
  dpop?: DpopSession
}

/** The official client's memory, as an application would write it. */
export function oauthProvider(
  store: ClientStore,
  { redirectUrl, name = 'Official client', dpop }: OAuthClientOptions,
): OAuthClientProvider {
  return {
    redirectUrl,
    clientMetadata: {
      client_name: name,
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => 'a state of the client',
    clientInformation: () => store.client,
    saveClientInformation: (client) => void (store.client = client),
    tokens: () => store.tokens,
    saveTokens: (tokens) => void (store.tokens = tokens),
    redirectToAuthorization: (url) => void (store.authorizationUrl = url),
    saveCodeVerifier: (verifier) => void (store.verifier = verifier),
    codeVerifier: () => store.verifier ?? '',
    saveDiscoveryState: (state) => void (store.discovery = state),
    discoveryState: () => store.discovery,
    invalidateCredentials: (scope) => {
      if (scope === 'all' || scope === 'tokens') delete store.tokens
      if (scope === 'all' || scope === 'client') delete store.client
    },
    ...(dpop === undefined ? {} : { dpop: () => dpop }),
  }
}

/** Connects with the hub's address alone. `consent` is what happens in the browser, and gives where it ends. */
export async function connectByConsent(
  hub: string,
  provider: OAuthClientProvider,
  store: ClientStore,
  consent: (authorizationUrl: URL) => Promise<URL>,
  options: ClientOptions,
) {
  const address = new URL(`${hub}/mcp`)
  const first = new StreamableHTTPClientTransport(address, { authProvider: provider })
  const failure = await mcpClient(options)
    .connect(first)
    .catch((error: unknown) => error)
  if (!(failure instanceof UnauthorizedError) || store.authorizationUrl === undefined) throw failure
  const end = await consent(store.authorizationUrl)
  await first.finishAuth(end.searchParams)
  const client = mcpClient(options)
  await client.connect(new StreamableHTTPClientTransport(address, { authProvider: provider }))
  return client
}

/** A browser of a person who is signed in, without the browser: follows the request to the consent page. */
export interface ConsentVisit {
  path: string
  page(): Promise<{ status: number; headers: Headers; text: string }>
  /** Presses a button of the page; `csrf` and `origin` are what the page and the browser would send. */
  press(
    decision: string,
    over?: { csrf?: string; origin?: string; fields?: Record<string, string> },
  ): Promise<Response>
  /** From what was pressed to where the client gets its answer. */
  end(pressed: Response): Promise<URL>
}

export async function visitConsent(
  hub: string,
  authorizationUrl: URL,
  person?: Person,
): Promise<ConsentVisit> {
  const started = await fetch(authorizationUrl, { redirect: 'manual' })
  if (started.status !== 303) throw new Error(`refused: ${started.status} ${await started.text()}`)
  const path = started.headers.get('location') ?? ''
  const asked = started.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  const headers = () => ({
    cookie: [person?.cookie() ?? '', ...asked].filter((one) => one !== '').join('; '),
  })
  const page: ConsentVisit['page'] = async () => {
    const response = await fetch(hub + path, { headers: headers(), redirect: 'manual' })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return {
    path,
    page,
    async press(decision, { csrf, origin = hub, fields = {} } = {}) {
      const token = csrf ?? /name="csrf" value="([^"]+)"/.exec((await page()).text)?.[1] ?? ''
      return fetch(hub + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...headers(), origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf: token, decision, ...fields }).toString(),
      })
    },
    async end(pressed) {
      const resumed = await fetch(pressed.headers.get('location') ?? '', {
        headers: headers(),
        redirect: 'manual',
      })
      return new URL(resumed.headers.get('location') ?? 'about:nothing')
    },
  }
}

/** A client's own page on this machine: a link to where it sends the browser, and what came back. */
export async function startCallback(): Promise<{
  url: string
  link: (to: URL) => string
  answer: Promise<URL>
  close: () => void
}> {
  const answer = Promise.withResolvers<URL>()
  let target = ''
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
    outgoing.setHeader('content-type', 'text/html')
    if (url.pathname === '/callback') answer.resolve(url)
    outgoing.end(
      url.pathname === '/callback' ? '<h1>Back at the client</h1>' : `<a href="${target}">Connect</a>`,
    )
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `${origin}/callback`,
    link: (to) => {
      target = to.href.replaceAll('&', '&amp;')
      return `${origin}/start`
    },
    answer: answer.promise,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
