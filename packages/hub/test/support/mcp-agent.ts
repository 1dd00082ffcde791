import { newMcpClient, redeem } from '../../src/access/test-mcp-client.ts'
import { OAUTH_PATHS } from '../../src/access/oauth/names.ts'
import { visitConsent } from './mcp-oauth.ts'
import type { TestHub } from './test-hub.ts'

/** A program that a person let use `/mcp`. */
export interface McpAgent {
  accessToken: string
  fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
}

/** The way of every MCP client: registration, a person's consent in their browser, a code, a token. */
export async function pairMcpAgent(hub: TestHub, options: { readOnly?: boolean } = {}): Promise<McpAgent> {
  const client = await newMcpClient(hub.url)
  const query = String(new URLSearchParams(client.query))
  const visit = await visitConsent(
    hub.url,
    new URL(`${hub.url}${OAUTH_PATHS.authorization}?${query}`),
    hub.owner,
  )
  const fields: Record<string, string> = options.readOnly === true ? { read_only: 'yes' } : {}
  const end = await visit.end(await visit.press('allow', { fields }))
  const { status, body } = await redeem(hub.url, client, end.searchParams.get('code') ?? '')
  if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(body)}`)
  const accessToken = String(body.access_token)
  return {
    accessToken,
    fetch(url, init = {}) {
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${accessToken}`)
      return fetch(url, { ...init, headers })
    },
  }
}
