import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { createApp } from '../../src/surfaces/http/app.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub
let confirmation: string
let intentHash: string

beforeAll(async () => {
  hub = await startTestHub()
  const { charge } = await hub.charge(5000, 'usd')
  const preview = await hub.device.preview('stripe_create_refund', { charge })
  confirmation = preview.body.confirmation
  intentHash = preview.body.intent_hash
})
afterAll(() => hub.stop())

/** Every route that the hub's app has, whatever documents it. */
function allRoutes(): Array<{ method: string; path: string }> {
  // Routes do not depend on what they work with, so an app without a hub has the same ones.
  const app = createApp({ publicUrl: hub.url, access: {}, version: '0', context: {} } as Parameters<
    typeof createApp
  >[0])
  const routes = app.routes.filter((route) => !route.path.endsWith('*'))
  const unique = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]))
  return [...unique.values()].flatMap(({ method, path }) =>
    (method === 'ALL' ? ['GET', 'POST'] : [method]).map((each) => ({ method: each, path })),
  )
}

test('the device’s credentials approve nothing, by any route, with any body', async () => {
  const routes = allRoutes()
  expect(routes.length).toBeGreaterThan(20)
  expect(routes).toContainEqual({ method: 'POST', path: '/api/v1/approvals/:confirmation/approve' })
  expect(routes).toContainEqual({ method: 'POST', path: '/confirmations/:id' })
  const credentials = JSON.parse(readFileSync(hub.device.credentialsFile, 'utf8')) as {
    accessToken: string
    refreshToken: string
  }
  const body = {
    confirmation,
    intent_hash: intentHash,
    decision: 'approve',
    tool: 'stripe_create_refund',
    confirmed: true,
    assurance: 'passkey',
  }
  for (const { method, path } of routes) {
    const url = path.replace(/:(confirmation|id)/, confirmation).replace(/:\w+/, 'x')
    // As the device itself, with a proof for exactly this request …
    const proper = await hub.device.client.request(method, url, method === 'GET' ? undefined : body)
    await proper.arrayBuffer()
    if (/approve|confirmations\/:id|revoke|deny/.test(path) && method === 'POST') {
      expect([401, 403, 415], `${method} ${path}`).toContain(proper.status)
    }
    // … and with its tokens put where a person's session would be.
    for (const token of [credentials.accessToken, credentials.refreshToken]) {
      const posing = await fetch(hub.url + url, {
        method,
        redirect: 'manual',
        headers: {
          cookie: `clawlink_session=${token}; __Host-clawlink=${token}`,
          origin: hub.url,
          'x-csrf-token': token,
          authorization: `Bearer ${token}`,
          ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(method === 'GET'
          ? {}
          : {
              body: new URLSearchParams({
                decision: 'approve',
                intent_hash: intentHash,
                csrf: token,
              }).toString(),
            }),
      })
      await posing.arrayBuffer()
    }
    const state = await hub.device.request('GET', `/confirmations/${confirmation}`)
    expect(state.body.state, `after ${method} ${path}`).toBe('pending')
  }
  expect(hub.wire.writes()).toEqual([])
})

test('the document names every route of the API, and the app has no other', async () => {
  const document = (await (await fetch(`${hub.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => `${method.toUpperCase()} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  )
  const served = allRoutes()
    .filter((route) => route.path.startsWith('/api/v1/') && !route.path.endsWith('openapi.json'))
    .map((route) => `${route.method} ${route.path}`)
  expect(documented.toSorted()).toEqual(served.toSorted())
})
