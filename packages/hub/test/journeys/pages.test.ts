import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { startBrowser } from '../../../stripe-sandbox/test/browser.ts'
import { startHub } from '../../src/start-hub.ts'
import type { RunningHub } from '../../src/surfaces/cli/cli.ts'
import { createDeviceClient, finishPairing, startPairing } from '@clawlink/client'
import { PASSWORD } from '../../demo/person.ts'

const BY_CARD = { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } }

let home: string
let hub: RunningHub
let browser: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'clawlink-pages-'))
  hub = await startHub({ home, port: 0, host: '127.0.0.1', env: {}, version: '0.0.0-test' })
  browser = await startBrowser()
  page = await browser.newPage()
  // A blocked style, a missing file or a script error shows here and nowhere else.
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
})
afterAll(async () => {
  await browser.close()
  await hub.stop()
  rmSync(home, { recursive: true, force: true })
})

const sidewaysScroll = (): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')

test('with the keyboard alone a person becomes owner, pairs a device and approves a payment', async () => {
  await page.goto(hub.setupLink ?? '')
  await page.getByLabel('Name').fill('Olivia Owner')
  await page.getByLabel(/e-mail/i).fill('olivia@example.com')
  await page
    .getByLabel(/password/i)
    .first()
    .fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Nothing waits for you' }).waitFor()

  const pending = await startPairing({ hub: hub.url, label: 'Keyboard agent' })
  await page.goto(pending.verificationUriComplete)
  expect(await page.textContent('.big-code')).toBe(pending.userCode)
  await page.getByRole('button', { name: 'Pair' }).press('Enter')
  await page.getByText('The device is paired').waitFor()
  const credentialsFile = join(home, 'device.json')
  expect(await finishPairing(pending, { credentialsFile })).toBe('paired')

  const device = createDeviceClient({ credentialsFile })
  const ask = async (path: string, body: unknown): Promise<Record<string, string>> =>
    (await (await device.request('POST', `/api/v1${path}`, body)).json()) as Record<string, string>
  const preview = await ask('/preview', {
    tool: 'stripe_create_payment_intent',
    params: {
      amount: 5000,
      currency: 'jpy',
      payment_method: 'pm_card_visa',
      confirm: true,
      ...BY_CARD,
    },
    note: 'As agreed <b>on the phone</b>.',
  })
  await page.getByRole('link', { name: 'Inbox' }).press('Enter')
  await page.getByRole('link', { name: /Charge ¥5,000 now/ }).press('Enter')
  await page.getByRole('heading', { name: /Charge ¥5,000 now on Visa ••4242/ }).waitFor()
  expect(await page.getByText('As agreed <b>on the phone</b>.').isVisible()).toBe(true)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await sidewaysScroll(), `on a phone, ${colorScheme}`).toBe(false)
  }
  await page.getByRole('button', { name: 'Approve' }).press('Enter')
  await page.getByText('Approved, not called yet').first().waitFor()
  const { confirmation } = preview
  const called = (await ask('/call', { tool: 'stripe_create_payment_intent', confirmation })) as {
    result?: { status?: string }
  }
  expect(called.result?.status).toBe('succeeded')
  await page.goto(`${hub.url}/`)
  await page.getByText('Done').first().waitFor()

  for (const amount of [6000, 7000]) {
    await ask('/preview', {
      tool: 'stripe_create_payment_intent',
      params: { amount, currency: 'jpy', payment_method: 'pm_card_visa', confirm: true, ...BY_CARD },
    })
  }
  await page.goto(`${hub.url}/`)
  const [first, second] = [/¥6,000/, /¥7,000/].map((text) =>
    page.getByRole('listitem').filter({ hasText: text }),
  )
  expect(await sidewaysScroll(), 'the inbox on a phone').toBe(false)
  await first?.getByLabel('Approve this').press('Space')
  await page.getByRole('button', { name: 'Approve the ticked ones' }).press('Enter')
  await page.getByRole('heading', { name: '1 of 1 approved' }).waitFor()
  await page.getByRole('link', { name: 'Back to the inbox' }).press('Enter')
  await first?.getByText('Approved, not called yet').waitFor()
  await second?.getByText('Waits for you').waitFor()
  expect(problems).toEqual([])
})

test('signing out ends the session, and the way back leads through signing in', async () => {
  await page.getByRole('button', { name: 'Sign out' }).press('Enter')
  await page.getByLabel(/e-mail/i).waitFor()
  await page.goto(`${hub.url}/devices`)
  await page.getByLabel(/e-mail/i).fill('olivia@example.com')
  await page.getByLabel(/password/i).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Keyboard agent' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/devices')
})
