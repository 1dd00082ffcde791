import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as oauth from 'oauth4webapi'
import { openLocal } from '../../src/local-hub.ts'
import { createProofs, newDeviceKey, readCredentials } from '@clawlink/client'
import { PASSWORD } from '../../demo/person.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

const CARD = '4242424242424242'
const RESTRICTED_KEY = 'rk_test_51CanaryCanaryCanaryCanaryCanary'

let hub: TestHub
const heard: string[] = []

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

function keep(reply: { body: unknown }): void {
  heard.push(JSON.stringify(reply.body))
}

test('no key, token, password or card number is in the database, the log or an answer, in any spelling', async () => {
  const { device, owner } = hub
  const local = await openLocal({ home: hub.home }, { CLAWLINK_STRIPE_URL: hub.wire.url })
  await local.addConnection({ alias: 'canary', key: RESTRICTED_KEY, makeDefault: false })
  await expect(
    local.addConnection({ alias: 'canary', key: RESTRICTED_KEY, makeDefault: false }),
  ).rejects.toThrow(/taken/)
  await local.close()

  const { charge } = await hub.charge(5000, 'usd')
  keep(await device.request('GET', '/integrations'))
  keep(await device.call('stripe_get_balance', { connection: 'canary' }))
  keep(await device.preview('stripe_create_customer', { description: `my card is ${CARD}` }))
  keep(await device.preview('stripe_create_customer', { metadata: { [CARD]: 'x' } }))
  keep(
    await device.preview(
      'stripe_create_customer',
      { name: CARD.replaceAll(/(\d{4})(?=\d)/g, '$1 ') },
      { note: 'hello' },
    ),
  )
  keep(await device.preview('stripe_create_refund', { charge }, { note: `the card is ${CARD}` }))
  keep(await device.call('stripe_get_customer', { params: { customer_id: CARD } }))
  keep(await device.call(CARD))
  keep(await device.request('GET', `/tools/${CARD}`))
  heard.push(
    await (
      await owner.deny((await device.preview('stripe_create_refund', { charge })).body.confirmation, CARD)
    ).text(),
  )
  const preview = await device.preview('stripe_create_payment_intent', { amount: 5000, currency: 'usd' })
  const intent = await device.call('stripe_create_payment_intent', {
    confirmation: preview.body.confirmation,
  })
  const clientSecret: string = intent.body.result.client_secret
  expect(clientSecret).toMatch(/_secret_/)
  keep(await device.call('stripe_create_payment_intent', { confirmation: preview.body.confirmation }))
  keep(await device.request('GET', `/confirmations/${preview.body.confirmation}`))
  heard.push(await (await owner.api('GET', '/audit?limit=500')).text())
  heard.push(await (await owner.get('/')).text())

  const { accessToken, refreshToken, key } = await readCredentials(device.credentialsFile)
  const [sandboxKey = ''] = hub.wire.sent.map((sent) => sent.key)
  const masterKey = readFileSync(join(hub.home, 'keys', 'master.key'), 'utf8').trim()
  const secrets = {
    sandboxKey,
    RESTRICTED_KEY,
    CARD,
    spacedCard: CARD.replaceAll(/(\d{4})(?=\d)/g, '$1 '),
    clientSecret,
    accessToken,
    refreshToken,
    deviceKey: key.d,
    session: hub.owner.cookie().split('=')[1] ?? '',
    password: PASSWORD,
    setupToken: new URL(hub.hub.setupLink ?? '').searchParams.get('token') ?? '',
    masterKey,
  }
  await hub.hub.stop()
  const files = [...filesBelow(join(hub.home, 'data')), join(hub.home, 'hub.log')]
  expect(files.some((file) => file.endsWith('hub.db'))).toBe(true)
  const places = [
    ...files.map((file) => [file, readFileSync(file)] as const),
    ...heard.map((text, index) => [`answer ${index}`, Buffer.from(text)] as const),
  ]
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(10)
    for (const spelling of spellings(secret)) {
      for (const [place, content] of places) {
        expect(content.includes(spelling), `${name} in ${place}`).toBe(false)
      }
    }
  }
})

test('the search for canaries finds one where there is one, beside whatever it stands', () => {
  const canary = 'sk_test_canary_of_canaries'
  for (const encoding of ['utf8', 'base64', 'hex'] as const) {
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const place = Buffer.from(Buffer.from(`${before}${canary} and more`).toString(encoding))
      expect(
        spellings(canary).some((spelling) => place.includes(spelling)),
        `${encoding} ${before}`,
      ).toBe(true)
    }
  }
})

test('a stolen access token is worth nothing without the device’s key', async () => {
  const own = await startTestHub()
  try {
    const { accessToken } = await readCredentials(own.device.credentialsFile)
    const url = `${own.url}/api/v1/integrations`
    for (const scheme of ['Bearer', 'DPoP']) {
      const bare = await fetch(url, { headers: { authorization: `${scheme} ${accessToken}` } })
      expect(bare.status, scheme).toBe(401)
      expect(bare.headers.get('www-authenticate')).toMatch(/^DPoP /)
    }
    const thief = await createProofs(await newDeviceKey(), Date.now)
    const attempt = oauth.protectedResourceRequest(accessToken, 'GET', new URL(url), new Headers(), null, {
      [oauth.allowInsecureRequests]: true,
      DPoP: thief,
    })
    await expect(attempt).rejects.toMatchObject({ status: 401 })
  } finally {
    await own.stop()
  }
})

/** As it is, and as it would look in base64 (whatever it stands beside) and hex. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    // The first and the last characters hold bits of the neighbours.
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  return [secret, ...base64, bytes.toString('hex'), bytes.toString('hex').toUpperCase()]
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
