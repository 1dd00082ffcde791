import { newMcpClient, redeem } from '../../src/access/test-mcp-client.ts'
import { OAUTH_PATHS } from '../../src/access/oauth/names.ts'
import type { TestHub } from './test-hub.ts'

/** A program that a person let use `/mcp`. */
export interface McpAgent {
  accessToken: string
  fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
}

/** The official way there: registration, a person's consent in their browser, a code, a token. */
export async function pairMcpAgent(hub: TestHub, options: { readOnly?: boolean } = {}): Promise<McpAgent> {
  const client = await newMcpClient(hub.url)
  const browser = signedInBrowser(hub)
  const query = String(new URLSearchParams(client.query))
  const consent = locationOf(await browser(`${hub.url}${OAUTH_PATHS.authorization}?${query}`), hub.url)
  const page = await (await browser(consent)).text()
  const decided = await browser(consent, {
    csrf: /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '',
    decision: 'allow',
    ...(options.readOnly === true ? { read_only: 'yes' } : {}),
  })
  const redirect = locationOf(await browser(locationOf(decided, hub.url)), hub.url)
  const { status, body } = await redeem(hub.url, client, redirect.searchParams.get('code') ?? '')
  if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`)
  const accessToken = String(body.access_token)
  return {
    accessToken,
    fetch: (url, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${accessToken}`)
      return fetch(url, { ...init, headers })
    },
  }
}

/** The owner's browser: their session, and what the hub gives it on the way. */
function signedInBrowser(hub: TestHub) {
  const cookies = new Map([pairOf(hub.owner.cookie())])
  return async (url: string | URL, form?: Record<string, string>): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, origin: hub.url },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) cookies.set(...pairOf(line.split(';')[0] ?? ''))
    return response
  }
}

function pairOf(cookie: string): [string, string] {
  const [name = '', value = ''] = cookie.split('=')
  return [name, value]
}

function locationOf(response: Response, base: string): URL {
  const location = response.headers.get('location')
  if (location === null) throw new Error(`${response.url} answered ${response.status} and leads nowhere`)
  return new URL(location, base)
}
