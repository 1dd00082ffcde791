import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBrowser } from './browser.ts'
import { startSandbox, type TestSandbox } from './harness.ts'

let browser: Browser
let page: Page
let sandbox: TestSandbox
let problems: string[]
/** The merchant's own site, which the pages lead back to. */
let shop: Server
let returnUrl: string

beforeAll(async () => {
  browser = await startBrowser()
  shop = createServer((_request, response) => response.end('<h1>Back at the shop</h1>'))
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  returnUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/done`
})
afterAll(async () => {
  await browser.close()
  shop.closeAllConnections()
  shop.close()
})

beforeEach(async () => {
  sandbox = await startSandbox()
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } })
  page = await context.newPage()
  // A step that cannot happen should say which one it was.
  page.setDefaultTimeout(5_000)
  problems = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
})
afterEach(async () => {
  await page.context().close()
  expect(problems.filter((problem) => !problem.includes('favicon'))).toEqual([])
})

async function payByCard(number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expires').fill('12 / 34')
  await page.getByLabel('Security code').fill('123')
}

const staysInside = (): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')

test('a browser pays on the checkout page, and the session is complete and paid', async () => {
  const { stripe } = sandbox
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: `${returnUrl}?session={CHECKOUT_SESSION_ID}`,
    line_items: [
      {
        price_data: { currency: 'usd', unit_amount: 1250, product_data: { name: 'Coffee <b>beans</b>' } },
        quantity: 2,
      },
    ],
  })
  await page.goto(session.url ?? '')
  expect(await page.getByText('Coffee <b>beans</b>').first().isVisible()).toBe(true)
  expect(await page.getByText('$25.00').first().isVisible()).toBe(true)
  expect(
    await page
      .getByText(/sandbox/i)
      .first()
      .isVisible(),
  ).toBe(true)
  expect(await staysInside()).toBe(true)
  await page.getByLabel('Email').fill('browser@example.com')
  await payByCard('4242 4242 4242 4242')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${returnUrl}?session=${session.id}`)
  const paid = await stripe.checkout.sessions.retrieve(session.id)
  expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid', amount_total: 2500, url: null })
})

test('a declined card stays on the checkout page with the reason, and another one pays', async () => {
  const { stripe } = sandbox
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: returnUrl,
    line_items: [
      { price_data: { currency: 'eur', unit_amount: 990, product_data: { name: 'Tea' } }, quantity: 1 },
    ],
  })
  await page.goto(session.url ?? '')
  await page.getByLabel('Email').fill('browser@example.com')
  await payByCard('4000 0000 0000 0002')
  await page.keyboard.press('Enter')
  await page
    .getByText(/declined/i)
    .first()
    .waitFor()
  expect(await page.getByLabel('Email').inputValue()).toBe('browser@example.com')
  // A browser tells of every answer that is not a 2xx.
  problems = []
  await payByCard('4242 4242 4242 4242')
  await page.keyboard.press('Enter')
  await page.waitForURL(returnUrl)
  expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid')
})

test('a person authenticates a payment on the 3-D Secure page and comes back', async () => {
  const { stripe } = sandbox
  const intent = await stripe.paymentIntents.create({
    amount: 4200,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    return_url: returnUrl,
  })
  expect(intent.status).toBe('requires_action')
  await page.goto(intent.next_action?.redirect_to_url?.url ?? '')
  expect(await staysInside()).toBe(true)
  await page
    .getByRole('button', { name: /complete|authenticate|approve/i })
    .first()
    .press('Enter')
  await page.waitForURL(/\/done\?.*payment_intent=/)
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded')
})

test('a person who fails the 3-D Secure page has paid nothing', async () => {
  const { stripe } = sandbox
  const intent = await stripe.paymentIntents.create({
    amount: 4200,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    return_url: returnUrl,
  })
  await page.goto(intent.next_action?.redirect_to_url?.url ?? '')
  await page.getByRole('button', { name: /fail/i }).press('Enter')
  await page.waitForURL(/\/done\?/)
  const failed = await stripe.paymentIntents.retrieve(intent.id)
  expect(failed.status).toBe('requires_payment_method')
  expect(failed.last_payment_error?.code).toBe('payment_intent_authentication_failure')
})

test('a customer sees their things on the billing portal', async () => {
  const { stripe } = sandbox
  const customer = await stripe.customers.create({ name: 'Petra Portal', email: 'petra@example.com' })
  await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  await stripe.billingPortal.configurations.create({
    features: { payment_method_update: { enabled: true }, invoice_history: { enabled: true } },
  })
  const session = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    return_url: returnUrl,
  })
  await page.goto(session.url)
  expect(await page.getByText(/4242/).first().isVisible()).toBe(true)
  expect(await staysInside()).toBe(true)
})

test('a customer pays an invoice on its hosted page', async () => {
  const { stripe } = sandbox
  const customer = await stripe.customers.create({ name: 'Ivy Invoice', email: 'ivy@example.com' })
  const draft = await stripe.invoices.create({ customer: customer.id })
  await stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, amount: 900, currency: 'usd' })
  const invoice = await stripe.invoices.finalizeInvoice(draft.id)
  await page.goto(invoice.hosted_invoice_url ?? '')
  expect(await page.getByText('$9.00').first().isVisible()).toBe(true)
  expect(await staysInside()).toBe(true)
  await payByCard('4242 4242 4242 4242')
  await page.keyboard.press('Enter')
  await page.getByText('This invoice is paid.').waitFor()
  expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('paid')
})

test.each([
  ['Connect', '/oauth/authorize?response_type=code&client_id=ca_shop&scope=read_write&state=s1'],
  ['Stripe Apps', '/oauth/v2/authorize?client_id=ca_shop&state=s1'],
])('an owner agrees to %s and comes back with a code', async (_what, path) => {
  await page.goto(`${sandbox.url}${path}&redirect_uri=${encodeURIComponent(returnUrl)}`)
  expect(await staysInside()).toBe(true)
  await page
    .getByRole('button', { name: /connect|allow|install|agree/i })
    .first()
    .press('Enter')
  await page.waitForURL(/\/done\?/)
  const back = new URL(page.url())
  expect(back.searchParams.get('state')).toBe('s1')
  expect(back.searchParams.get('code')).toMatch(/^\w{10,}/)
})
