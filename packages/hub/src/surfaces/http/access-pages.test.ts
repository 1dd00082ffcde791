import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Access } from '../../access/access.ts'
import { OWNER, startTestAccess, type TestAccess } from '../../access/test-access.ts'
import { askForCode } from '../../access/test-device.ts'
import { DEFAULT_WORKSPACE } from '../../contract/ids.ts'
import { accessPages } from './access-pages.ts'
import { cookieName, safeNext } from './person-session.ts'

let hub: TestAccess
let pages: string
let close: () => void
beforeEach(async () => {
  hub = await startTestAccess()
  // The pages live at an address of their own here, so their public one is told apart from the socket's.
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  pages = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const app = accessPages(
    { ...hub.access, publicUrl: pages },
    { workspace: DEFAULT_WORKSPACE, address: () => '127.0.0.1' },
  )
  const listener = getRequestListener(app.fetch)
  server.on('request', (incoming, outgoing) => void listener(incoming, outgoing))
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})
afterEach(async () => {
  close()
  await hub.close()
})

interface Answer {
  status: number
  location: string | null
  cookie: string | null
  headers: Headers
  text: string
}

async function read(response: Response): Promise<Answer> {
  const { status, headers } = response
  return {
    status,
    headers,
    location: headers.get('location'),
    cookie: headers.get('set-cookie'),
    text: await response.text(),
  }
}

const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  read(await fetch(`${pages}${path}`, { headers, redirect: 'manual' }))

const post = async (
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  read(
    await fetch(`${pages}${path}`, {
      method: 'POST',
      headers: { origin: pages, ...headers },
      body: new URLSearchParams(fields),
      redirect: 'manual',
    }),
  )

/** A signed-in owner: the cookie and the CSRF token of their session. */
async function signedIn(): Promise<{ cookie: string; csrf: string }> {
  await hub.owner()
  const { session } = await hub.access.signIn({ workspace: DEFAULT_WORKSPACE, address: 'test', ...OWNER })
  return { cookie: `clawlink_session=${session.token}`, csrf: session.csrfToken }
}

/** A session of someone with another role, who has no password here. */
async function sessionOf(role: 'approver' | 'viewer'): Promise<{ cookie: string; csrf: string }> {
  const owner = await signedIn()
  const person = await hub.person(role)
  const token = owner.cookie.split('=')[1] ?? ''
  await hub.storage.db.updateTable('sessions').set({ person: person.personId }).execute()
  return { cookie: owner.cookie, csrf: (await hub.access.personOf(token))?.csrfToken ?? '' }
}

test('the set-up link leads to a form that makes the owner and signs them in', async () => {
  const { searchParams } = new URL(await hub.access.startSetup(DEFAULT_WORKSPACE))
  const token = searchParams.get('token') ?? ''
  const form = await get(`/setup?token=${token}`)
  expect(form.status).toBe(200)
  expect(form.text).toContain(`name="token" value="${token}"`)

  const short = await post('/setup', { ...OWNER, token, password: 'short' })
  expect(short.status).toBe(400)
  expect(short.text).toContain('Use a password of 12 characters or more.')
  expect(short.text).toContain('value="jane@example.com"')

  const done = await post('/setup', { ...OWNER, token })
  expect(done).toMatchObject({ status: 303, location: '/' })
  expect(done.cookie).toMatch(
    /^clawlink_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
  )
  expect((await get('/devices', { cookie: done.cookie?.split(';')[0] ?? '' })).status).toBe(200)
  expect((await post('/setup', { ...OWNER, token })).status).toBe(410)
  expect((await get(`/setup?token=${token}`)).status).toBe(410)
})

test('signing in leads on to where one wanted to go', async () => {
  await hub.owner()
  const asked = await get('/pair?code=BCDF-GHJK')
  expect(asked).toMatchObject({ status: 303, location: '/sign-in?next=%2Fpair%3Fcode%3DBCDF-GHJK' })
  const form = await get(asked.location ?? '')
  expect(form.text).toContain('name="next" value="/pair?code=BCDF-GHJK"')
  const done = await post('/sign-in', { ...OWNER, next: '/pair?code=BCDF-GHJK' })
  expect(done).toMatchObject({ status: 303, location: '/pair?code=BCDF-GHJK' })
  expect(done.cookie).toContain('SameSite=Strict')
})

test('a wrong password says so without saying which part was wrong, and keeps the address', async () => {
  await hub.owner()
  const refused = await post('/sign-in', { ...OWNER, password: 'wrong' })
  expect(refused.status).toBe(401)
  expect(refused.text).toContain('The e-mail address or the password is wrong.')
  expect(refused.text).toContain('value="jane@example.com"')
  expect(refused.cookie).toBeNull()
  for (let round = 0; round < 9; round += 1) await post('/sign-in', { ...OWNER, password: 'wrong' })
  const limited = await post('/sign-in', OWNER)
  expect(limited.status).toBe(429)
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
})

test.each([
  ['//evil.example', '/'],
  ['https://evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/..//evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
  [undefined, '/'],
  ['/confirmations/conf_1?x=1', '/confirmations/conf_1?x=1'],
])('after signing in, %s leads to %s', (next, expected) => {
  expect(safeNext(next)).toBe(expected)
})

test('over https the cookie is bound to the host and sent over https alone', () => {
  expect(cookieName('https://hub.example.com')).toBe('__Host-clawlink')
  expect(cookieName('http://127.0.0.1:4747')).toBe('clawlink_session')
})

test('a form of another site is refused, whatever it carries', async () => {
  const { cookie, csrf } = await signedIn()
  const { deviceId } = await hub.device()
  const path = `/devices/${deviceId}/revoke`
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1', `${pages}.evil.example`]) {
    expect((await post(path, { csrf }, { cookie, origin })).status).toBe(403)
    expect((await post('/sign-in', OWNER, { origin })).status).toBe(403)
  }
  const noOrigin = await fetch(`${pages}${path}`, {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ csrf }),
  })
  expect(noOrigin.status).toBe(403)
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE))[0]?.state).toBe('active')
})

test('a form without the CSRF token of its session is refused', async () => {
  const { cookie } = await signedIn()
  const other = await signedIn()
  const { deviceId } = await hub.device()
  const code = await askForCode(hub.hub)
  for (const csrf of ['', 'wrong', other.csrf]) {
    expect((await post(`/devices/${deviceId}/revoke`, { csrf }, { cookie })).status).toBe(403)
    expect((await post('/sign-out', { csrf }, { cookie })).status).toBe(403)
    const fields = { csrf, code: code.user_code, decision: 'approve' }
    expect((await post('/pair', fields, { cookie })).status).toBe(403)
  }
  expect(await hub.access.listDevices(DEFAULT_WORKSPACE)).toMatchObject([{ state: 'active' }])
  expect((await get('/devices', { cookie })).status).toBe(200)
})

test('without a cookie nothing is shown and nothing is done', async () => {
  const { csrf } = await signedIn()
  const { deviceId, accessToken } = await hub.device()
  expect((await get('/devices')).location).toBe('/sign-in?next=%2Fdevices')
  expect((await post(`/devices/${deviceId}/revoke`, { csrf })).status).toBe(401)
  const asDevice = { authorization: `DPoP ${accessToken}`, cookie: `clawlink_session=${accessToken}` }
  expect((await get('/devices', asDevice)).status).toBe(303)
  expect((await post(`/devices/${deviceId}/revoke`, { csrf }, asDevice)).status).toBe(401)
  expect((await hub.access.listDevices(DEFAULT_WORKSPACE))[0]?.state).toBe('active')
})

test('a link from another site is followed by a step of our own, with which the browser sends the cookie', async () => {
  const step = await get('/devices?notice=paired', { 'sec-fetch-site': 'cross-site' })
  expect(step.status).toBe(200)
  expect(step.text).toContain('content="0; url=/devices?notice=paired"')
  expect((await get('/devices', { 'sec-fetch-site': 'same-origin' })).status).toBe(303)
})

test('the pairing page shows who asks from where, and approving pairs', async () => {
  const { cookie, csrf } = await signedIn()
  const code = await askForCode(hub.hub, { device_label: '<img src=x> Mac' })
  const shown = await get(`/pair?code=${code.user_code}`, { cookie })
  expect(shown.status).toBe(200)
  expect(shown.text).toContain(code.user_code)
  expect(shown.text).toContain('“&lt;img src=x&gt; Mac”')
  expect(shown.text).toContain('127.0.0.1')
  expect(shown.text).not.toContain('<img')

  const fields = { csrf, code: code.user_code, decision: 'approve', read_only: 'yes' }
  expect(await post('/pair', fields, { cookie })).toMatchObject({
    status: 303,
    location: '/devices?notice=paired',
  })
  const list = await get('/devices?notice=paired', { cookie })
  expect(list.text).toContain('The device is paired.')
  expect(list.text).toContain('Read only')
  expect(await hub.access.listDevices(DEFAULT_WORKSPACE)).toMatchObject([{ scope: { readOnly: true } }])
  expect((await post('/pair', fields, { cookie })).status).toBe(404)
})

test('refusing a pairing gives the device nothing', async () => {
  const { cookie, csrf } = await signedIn()
  const code = await askForCode(hub.hub)
  const refused = await post('/pair', { csrf, code: code.user_code, decision: 'deny' }, { cookie })
  expect(refused.location).toBe('/devices?notice=denied')
  expect((await post('/pair', { csrf, code: code.user_code, decision: 'maybe' }, { cookie })).status).toBe(
    400,
  )
  const list = await get('/devices', { cookie })
  expect(list.text).toContain('No devices yet')
})

test('a code that nobody waits with leads back to the form, with its status', async () => {
  const { cookie } = await signedIn()
  const missing = await get('/pair?code=BBBB-BBBB', { cookie })
  expect(missing.status).toBe(404)
  expect(missing.text).toContain('No device is waiting with this code.')
  expect(missing.text).toContain('id="code"')
  for (let round = 0; round < 9; round += 1) await get('/pair?code=BBBB-BBBB', { cookie })
  expect((await get('/pair?code=BBBB-BBBB', { cookie })).status).toBe(429)
})

test('a viewer sees pairings and devices but is offered no decision, and cannot make one', async () => {
  const { cookie, csrf } = await sessionOf('viewer')
  const code = await askForCode(hub.hub)
  const shown = await get(`/pair?code=${code.user_code}`, { cookie })
  expect(shown.text).toContain('You can look at this, but not decide it.')
  expect(shown.text).not.toContain('value="approve"')
  const fields = { csrf, code: code.user_code, decision: 'approve' }
  expect((await post('/pair', fields, { cookie })).status).toBe(403)
  const { deviceId } = await hub.device()
  expect((await get('/devices', { cookie })).text).not.toContain('Revoke this device')
  expect((await post(`/devices/${deviceId}/revoke`, { csrf }, { cookie })).status).toBe(403)
})

test('revoking from the list works for an approver, and signing out ends the session', async () => {
  const { cookie, csrf } = await sessionOf('approver')
  const { deviceId } = await hub.device()
  expect((await post(`/devices/${deviceId}/revoke`, { csrf }, { cookie })).location).toBe(
    '/devices?notice=revoked',
  )
  expect((await get('/devices', { cookie })).text).toContain('Revoked')
  expect((await post('/devices/device_x/revoke', { csrf }, { cookie })).status).toBe(404)
  const out = await post('/sign-out', { csrf }, { cookie })
  expect(out).toMatchObject({ status: 303, location: '/sign-in' })
  expect(out.cookie).toContain('Max-Age=0')
  expect((await get('/devices', { cookie })).status).toBe(303)
})

test('signing in again ends the session from before', async () => {
  const { cookie } = await signedIn()
  expect((await post('/sign-in', OWNER, { cookie })).status).toBe(303)
  expect((await get('/devices', { cookie })).status).toBe(303)
})

test('every page carries the strict headers and nothing inline', async () => {
  const { cookie } = await signedIn()
  await hub.device()
  const code = await askForCode(hub.hub)
  const answers = await Promise.all([
    get('/sign-in'),
    get('/setup'),
    get('/pair', { cookie }),
    get(`/pair?code=${code.user_code}`, { cookie }),
    get('/devices', { cookie }),
    get('/devices', { 'sec-fetch-site': 'cross-site' }),
  ])
  for (const { headers, text } of answers) {
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:/)
    expect(text).toMatch(/<html lang="en">[\s\S]*<main id="main"/)
    expect(text.match(/<h1/g)).toHaveLength(1)
    for (const [, id] of text.matchAll(/<input\s[^>]*?id="([^"]+)"/g))
      expect(text).toContain(`<label for="${id}"`)
  }
})

test('what a form holds is bounded, and other bodies are refused', async () => {
  const { cookie, csrf } = await signedIn()
  expect((await post('/pair', { csrf, code: 'x'.repeat(20_000) }, { cookie })).status).toBe(413)
  const response = await fetch(`${pages}/pair`, {
    method: 'POST',
    headers: { cookie, origin: pages, 'content-type': 'application/json' },
    body: JSON.stringify({ csrf }),
  })
  expect(response.status).toBe(415)
})

test('words of the address never reach the page', async () => {
  const { cookie } = await signedIn()
  for (const notice of ['<b>hi</b>', 'constructor', 'paired%20now']) {
    expect((await get(`/devices?notice=${encodeURIComponent(notice)}`, { cookie })).text).not.toContain(
      'notice good',
    )
  }
})

test('an error of the inside shows nothing of the inside', async () => {
  const broken: Access = {
    ...hub.access,
    hasOwner: () => Promise.reject(new Error('secret: no such table')),
  }
  const app = accessPages(broken, { workspace: DEFAULT_WORKSPACE, address: () => '127.0.0.1' })
  const response = await app.request('/setup')
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret')
})
