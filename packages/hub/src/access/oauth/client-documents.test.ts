import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../../contract/ids.ts'
import { startTestAccess, type TestAccess } from '../test-access.ts'
import { authorize, consent, createBrowser, mcpClient, redeem, REDIRECT } from '../test-mcp-client.ts'
import { OAUTH_PATHS } from './names.ts'

let hub: TestAccess
afterEach(() => hub.close())

const ID = 'https://client.example/client.json'
const DOCUMENT = {
  client_id: ID,
  client_name: 'Web client',
  redirect_uris: [REDIRECT],
  token_endpoint_auth_method: 'none',
  registered_from: '203.0.113.9',
  scope: 'read write',
  jwks_uri: 'https://client.example/keys.json',
}

/** A hub whose owner allowed it, and a web on which `ID` says this. */
async function start(document: unknown, status = 200): Promise<string[]> {
  const fetched: string[] = []
  hub = await startTestAccess({
    fetchClientMetadata: (url) => {
      fetched.push(url)
      return Promise.resolve(Response.json(document, { status }))
    },
  })
  return fetched
}

test('if the owner allows it, a client can be a document on the web, and its address is shown', async () => {
  const fetched = await start(DOCUMENT)
  const metadata = (await (await fetch(`${hub.hub}${OAUTH_PATHS.metadata}`)).json()) as object
  expect(metadata).toMatchObject({ client_id_metadata_document_supported: true })

  const client = mcpClient(hub.hub, ID)
  const browser = createBrowser(hub.hub)
  const { location } = await authorize(hub.hub, browser, client.query)
  expect((await browser.get(location)).body).toMatchObject({ label: 'Web client', address: ID })
  const { code } = await consent(hub.hub, client.query)
  expect((await redeem(hub.hub, client, code)).status).toBe(200)
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE))[0]).toMatchObject({
    label: 'Web client',
    address: ID,
  })
  expect(fetched).toEqual([ID])
})

test.each([
  ['is about another client', { ...DOCUMENT, client_id: 'https://other.example/' }, 200],
  ['is no document', 'text', 200],
  ['is gone', DOCUMENT, 404],
  ['moved', DOCUMENT, 302],
  ['holds a secret', { ...DOCUMENT, client_secret: 'x' }, 200],
  ['redirects to a script', { ...DOCUMENT, redirect_uris: ['javascript:alert(1)'] }, 200],
])('a client whose document %s is unknown', async (_what, document, status) => {
  await start(document, status)
  const answer = await authorize(hub.hub, createBrowser(hub.hub), mcpClient(hub.hub, ID).query)
  expect(answer).toMatchObject({ status: 400, location: '', body: { error: { code: 'invalid_params' } } })
})

test('having the hub fetch documents is limited per address', async () => {
  const fetched = await start({})
  const statuses: number[] = []
  for (let round = 0; round < 22; round += 1) {
    const client = mcpClient(hub.hub, `https://client.example/${round}`)
    statuses.push((await redeem(hub.hub, client, 'x')).status)
    expect(statuses.at(-1), String(round)).toBeGreaterThanOrEqual(400)
  }
  expect(fetched).toHaveLength(20)
  const browser = createBrowser(hub.hub)
  expect((await authorize(hub.hub, browser, mcpClient(hub.hub, ID).query)).status).toBe(429)
})

test.each([
  'http://client.example/client.json',
  'https://user@client.example/client.json',
  'https://client.example/a/../client.json',
  'https://client.example/client.json#x',
])('%s is no address of a client', async (id) => {
  const fetched = await start({ ...DOCUMENT, client_id: id })
  const answer = await authorize(hub.hub, createBrowser(hub.hub), mcpClient(hub.hub, id).query)
  expect(answer.status).toBe(400)
  expect(fetched).toEqual([])
})

test('an address inside the network is never asked: the connection is cut before the request', async () => {
  const asked: string[] = []
  const inside = createServer((incoming, outgoing) => {
    asked.push(incoming.url ?? '')
    outgoing.end(JSON.stringify({ ...DOCUMENT, client_id: id }))
  })
  await new Promise<void>((resolve) => {
    inside.listen(0, '127.0.0.1', resolve)
  })
  const id = `https://127.0.0.1:${(inside.address() as AddressInfo).port}/client.json`
  // Without TLS, which a certificate that nobody trusts would end by itself.
  const plain = (url: string) => url.replace('https:', 'http:')
  hub = await startTestAccess({ fetchClientMetadata: (url, init) => fetch(plain(url), init) })
  const answer = await authorize(hub.hub, createBrowser(hub.hub), mcpClient(hub.hub, id).query)
  expect(answer).toMatchObject({ status: 400, location: '' })
  expect(asked).toEqual([])
  // The same address answers whoever is not held back.
  expect((await fetch(plain(id))).status).toBe(200)
  inside.closeAllConnections()
  inside.close()
})

test('unless the owner allows it, nothing of this is there', async () => {
  hub = await startTestAccess()
  const metadata = (await (await fetch(`${hub.hub}${OAUTH_PATHS.metadata}`)).json()) as object
  expect(metadata).not.toHaveProperty('client_id_metadata_document_supported')
  const answer = await authorize(hub.hub, createBrowser(hub.hub), mcpClient(hub.hub, ID).query)
  expect(answer).toMatchObject({ status: 400, location: '' })
})
