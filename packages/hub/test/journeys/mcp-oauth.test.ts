import { DpopSession, UnauthorizedError } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser } from '../../../stripe-sandbox/test/browser.ts'
import { PASSWORD } from '../../demo/person.ts'
import {
  connectByConsent,
  oauthProvider,
  startCallback,
  visitConsent,
  type ClientStore,
} from '../support/mcp-oauth.ts'
import { callTool, ERAS } from '../support/mcp.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

const REDIRECT = 'http://127.0.0.1:33418/callback'
let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

const allow = async (authorizationUrl: URL): Promise<URL> => {
  const visit = await visitConsent(hub.url, authorizationUrl, hub.owner)
  return visit.end(await visit.press('allow'))
}
/** The request with which an unknown client would send a browser here. */
const ask = async (metadata: Record<string, unknown> = {}): Promise<URL> => {
  const registered = await fetch(`${hub.url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Unknown', redirect_uris: [REDIRECT], ...metadata }),
  })
  const { client_id, redirect_uris } = (await registered.json()) as {
    client_id: string
    redirect_uris: string[]
  }
  const url = new URL(`${hub.url}/oauth/authorize`)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: redirect_uris[0] ?? '',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }).toString()
  return url
}
const deviceNames = async (): Promise<string[]> => {
  const page = await (await hub.owner.get('/devices')).text()
  return [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map((match) => match[1] ?? '')
}

describe.each(ERAS)('$era', (era) => {
  test('the official client connects with the address alone, works, refreshes, and ends when it is revoked', async () => {
    const store: ClientStore = {}
    const name = `Client of ${era.era}`
    const provider = oauthProvider(store, { redirectUrl: REDIRECT, name })
    const client = await connectByConsent(hub.url, provider, store, allow, { era })
    expect(store.tokens).toMatchObject({ token_type: 'Bearer', scope: 'read write' })
    expect(await callTool(client, 'clawlink_list_integrations')).toMatchObject({
      integrations: [{ integration: 'stripe' }],
    })
    expect(await deviceNames()).toContain(name)

    // What it does when its access token has expired.
    const [before, refreshToken] = [store.tokens?.access_token, store.tokens?.refresh_token]
    store.tokens = { ...store.tokens!, access_token: 'expired' }
    expect(await callTool(client, 'clawlink_list_integrations')).toMatchObject({ isError: false })
    expect(store.tokens.access_token).not.toBe(before)
    expect(store.tokens.refresh_token).not.toBe(refreshToken)

    const page = await (await hub.owner.get('/devices')).text()
    const id = /<code>(device_\w+)<\/code>/.exec(page.slice(page.indexOf(name)))?.[1]
    await hub.owner.post(`/devices/${id}/revoke`, {}, '/devices')
    delete store.authorizationUrl
    await expect(callTool(client, 'clawlink_list_integrations')).rejects.toThrow(UnauthorizedError)
    // It asks again by itself, for a device of its own.
    expect(store.authorizationUrl).toBeInstanceOf(URL)
    await client.close()
  })
})

test('the official client can bind its tokens to a key', async () => {
  const store: ClientStore = {}
  const dpop = await DpopSession.create()
  const provider = oauthProvider(store, { redirectUrl: REDIRECT, dpop })
  const client = await connectByConsent(hub.url, provider, store, allow, { era: ERAS[1] })
  expect(store.tokens).toMatchObject({ token_type: 'DPoP' })
  expect(await callTool(client, 'clawlink_list_integrations')).toMatchObject({ isError: false })
  const stolen = await fetch(`${hub.url}/mcp`, {
    method: 'POST',
    headers: { authorization: `Bearer ${store.tokens?.access_token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(stolen.status).toBe(401)
  await client.close()
})

test('the token of a client opens nothing but the MCP endpoint', async () => {
  const store: ClientStore = {}
  const provider = oauthProvider(store, { redirectUrl: REDIRECT })
  const client = await connectByConsent(hub.url, provider, store, allow, { era: ERAS[1] })
  const authorization = `Bearer ${store.tokens?.access_token}`
  for (const path of ['/api/v1/integrations', '/', '/devices', '/api/v1/confirmations']) {
    const answer = await fetch(hub.url + path, { headers: { authorization }, redirect: 'manual' })
    expect([401, 303], path).toContain(answer.status)
  }
  await client.close()
})

test('the consent page says who asks in words of its own, and names where the answer goes', async () => {
  const name = '<script>alert(1)</script> Claude\u202E'
  const visit = await visitConsent(
    hub.url,
    await ask({ client_name: name, redirect_uris: ['https://client.example/callback'] }),
    hub.owner,
  )
  const { status, headers, text } = await visit.page()
  expect(status).toBe(200)
  expect(text).not.toContain('<script>')
  expect(text).toContain('“&lt;script&gt;alert(1)&lt;/script&gt; Claude”')
  expect(text).toContain('<code>client.example</code>')
  expect(text).toContain('<code>127.0.0.1</code>')
  expect(text).toContain('read, and ask for changes')
  expect(headers.get('content-security-policy')).toContain("form-action 'self' https://client.example;")
  expect(headers.get('access-control-allow-origin')).toBeNull()
  // Everywhere else a form stays here.
  expect((await hub.owner.get('/devices')).headers.get('content-security-policy')).toContain(
    "form-action 'self';",
  )
})

test.each([
  ['cursor://anysphere.cursor-mcp/callback', 'cursor:', 'cursor:'],
  ['http://[::1]:3000/callback', '[::1]:3000', 'http:'],
  ['http://localhost:3000/callback', 'localhost:3000', 'http://localhost:3000'],
])('of %s the page shows %s, and lets a form lead to %s', async (uri, shown, source) => {
  const visit = await visitConsent(hub.url, await ask({ redirect_uris: [uri] }), hub.owner)
  const { headers, text } = await visit.page()
  expect(text).toContain(`<code>${shown}</code>`)
  expect(headers.get('content-security-policy')).toContain(`form-action 'self' ${source};`)
})

test('who is not signed in signs in first, and comes back', async () => {
  const visit = await visitConsent(hub.url, await ask())
  const { status, headers } = await visit.page()
  expect(status).toBe(303)
  expect(headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(visit.path)}`)
})

test('a decision needs the page’s token and the hub’s own origin, and is one of two', async () => {
  const visit = await visitConsent(hub.url, await ask({ client_name: 'Forged' }), hub.owner)
  expect((await visit.press('allow', { csrf: 'wrong' })).status).toBe(403)
  expect((await visit.press('allow', { origin: 'https://evil.example' })).status).toBe(403)
  expect((await visit.press('')).status).toBe(400)
  const signedOut = await visitConsent(hub.url, await ask())
  expect((await signedOut.press('allow', { csrf: 'x' })).status).toBe(401)
  expect(await deviceNames()).not.toContain('Forged')
  expect((await visit.press('allow')).status).toBe(303)
  expect(await deviceNames()).toContain('Forged')
})

test('a request that is over or was decided says what to do', async () => {
  const visit = await visitConsent(hub.url, await ask(), hub.owner)
  const end = await visit.end(await visit.press('refuse'))
  expect(Object.fromEntries(end.searchParams)).toMatchObject({ error: 'access_denied', iss: hub.url })
  expect((await visit.page()).status).toBe(404)
  expect((await visit.press('allow')).status).toBe(404)
  const page = await (await hub.owner.get('/oauth/consent/nothing')).text()
  expect(page).toContain('Start connecting again in the program')
})

test('what a request gets wrong is a page for the person, not a redirect', async () => {
  const url = await ask()
  url.searchParams.set('redirect_uri', 'https://evil.example/')
  const answer = await fetch(url, { redirect: 'manual' })
  expect(answer.status).toBe(400)
  expect(answer.headers.get('location')).toBeNull()
  const text = await answer.text()
  expect(text).toContain('Nothing was granted')
  expect(text).not.toContain('evil')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('in a browser: from the client’s page through sign-in and consent, back to the client', async () => {
  const callback = await startCallback()
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('console', (message) => problems.push(message.text()))
    const store: ClientStore = {}
    const provider = oauthProvider(store, { redirectUrl: callback.url, name: 'Browser client' })
    const client = await connectByConsent(
      hub.url,
      provider,
      store,
      async (authorizationUrl) => {
        await page.goto(callback.link(authorizationUrl))
        await page.getByRole('link', { name: 'Connect' }).click()
        await page.getByLabel(/e-mail/i).fill('olivia@example.com')
        await page.getByLabel(/password/i).fill(PASSWORD)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.getByText('Browser client').waitFor()
        await page.getByRole('checkbox', { name: 'Read only' }).check()
        await page.getByRole('button', { name: 'Allow' }).click()
        await page.getByRole('heading', { name: 'Back at the client' }).waitFor()
        return callback.answer
      },
      { era: ERAS[1] },
    )
    expect(store.tokens?.scope).toBe('read')
    expect(await callTool(client, 'clawlink_list_integrations')).toMatchObject({ isError: false })

    // Signed in already, and from another site: the person is asked again all the same.
    await page.goto(callback.link(store.authorizationUrl!))
    await page.getByRole('link', { name: 'Connect' }).click()
    await page.getByRole('heading', { name: 'Connect this program?' }).waitFor()
    const cookies = await page.context().cookies()
    expect(cookies.map(({ name }) => name)).not.toContain('_session')
    // Whoever signs out is asked to sign in.
    const consentPage = page.url()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.goto(consentPage)
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(problems).toEqual([])
    await client.close()
  } finally {
    await browser.close()
    callback.close()
  }
})
