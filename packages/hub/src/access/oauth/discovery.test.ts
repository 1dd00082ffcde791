import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestAccess, type TestAccess } from '../test-access.ts'
import { askForToken, consent, newMcpClient, redeem, register } from '../test-mcp-client.ts'
import { OAUTH_PATHS } from './names.ts'

let hub: TestAccess
beforeEach(async () => {
  hub = await startTestAccess()
})
afterEach(() => hub.close())

const ELSEWHERE = { origin: 'https://inspector.example' }
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${hub.hub}${path}`, { headers })

/** `fetch` forbids another Host. */
function spoofed(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    }
    const sent = request(`${hub.hub}${path}`, { headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => resolve(text))
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('from the address of the MCP endpoint alone a client finds the server of its tokens', async () => {
  for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']) {
    const response = await get(path)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toEqual({
      resource: `${hub.hub}/mcp`,
      authorization_servers: [hub.hub],
      scopes_supported: ['read', 'write'],
      bearer_methods_supported: ['header'],
      resource_name: 'ClawLink',
    })
  }
})

test('there is no metadata of other resources', async () => {
  for (const rest of ['/api', '/mcp/', '/mcp/x', '/%6dcp']) {
    expect((await get(`/.well-known/oauth-protected-resource${rest}`)).status).toBe(404)
  }
})

test('a spoofed Host never reaches the metadata', async () => {
  for (const path of [OAUTH_PATHS.metadata, OAUTH_PATHS.resource, `${OAUTH_PATHS.resource}/mcp`]) {
    const text = await spoofed(path)
    expect(text).toContain(hub.hub)
    expect(text).not.toContain('evil')
  }
})

test('a client in a browser can discover, register and get tokens from a page of its own', async () => {
  const paths = [OAUTH_PATHS.resource, `${OAUTH_PATHS.resource}/mcp`, OAUTH_PATHS.metadata, OAUTH_PATHS.jwks]
  for (const path of paths) {
    expect((await get(path, ELSEWHERE)).headers.get('access-control-allow-origin')).toBe('*')
  }
  for (const path of [...paths, OAUTH_PATHS.registration, OAUTH_PATHS.token]) {
    const response = await fetch(`${hub.hub}${path}`, {
      method: 'OPTIONS',
      headers: {
        ...ELSEWHERE,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,mcp-protocol-version',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-headers')).toContain('mcp-protocol-version')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  }
  expect((await register(hub.hub)).headers.get('access-control-allow-origin')).toBe('*')

  const client = await newMcpClient(hub.hub)
  const { code } = await consent(hub.hub, client.query)
  const url = `${hub.hub}${OAUTH_PATHS.token}`
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: client.clientId,
    redirect_uri: client.query['redirect_uri'] ?? '',
    code_verifier: client.verifier,
    code,
  })
  const tokens = await fetch(url, { method: 'POST', headers: ELSEWHERE, body })
  expect(tokens.status).toBe(200)
  expect(tokens.headers.get('access-control-allow-origin')).toBe(ELSEWHERE.origin)
  expect(tokens.headers.get('access-control-allow-credentials')).toBeNull()
})

test('a page of another site can read neither what a person is shown nor where they are sent', async () => {
  const client = await newMcpClient(hub.hub)
  const url = `${hub.hub}${OAUTH_PATHS.authorization}?${String(new URLSearchParams(client.query))}`
  const response = await fetch(url, { headers: ELSEWHERE, redirect: 'manual' })
  expect(response.status).toBe(303)
  expect(response.headers.get('access-control-allow-origin')).toBeNull()
})

test('what a token request is refused with can be read too', async () => {
  const client = await newMcpClient(hub.hub)
  expect((await redeem(hub.hub, client, 'nonsense')).body.error).toBe('invalid_grant')
  const gone = await askForToken(hub.hub, { grant_type: 'refresh_token', client_id: 'x', refresh_token: 'x' })
  expect(gone).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
})
