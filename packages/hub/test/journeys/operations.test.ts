import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

test('health, readiness and metrics need no credentials and tell no ids', async () => {
  const preview = await hub.device.preview('stripe_create_payment_intent', { amount: 500, currency: 'usd' })
  await hub.owner.get(`/confirmations/${preview.body.confirmation}`)
  expect(await (await fetch(`${hub.url}/healthz`)).json()).toEqual({ ok: true })
  expect(await (await fetch(`${hub.url}/readyz`)).json()).toEqual({ ready: true })
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  expect(metrics).toContain(
    'clawlink_http_requests_total{method="POST",route="/api/v1/preview",status="200"} 1',
  )
  expect(metrics).toContain('clawlink_confirmations{state="approved"} 1')
  expect(metrics).not.toContain(preview.body.confirmation)
})

test('the document of the API is OpenAPI 3.1 and describes inputs strictly', async () => {
  const document = (await (await fetch(`${hub.url}/api/v1/openapi.json`)).json()) as {
    openapi: string
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: unknown }> } }>>
  }
  expect(document.openapi).toBe('3.1.0')
  expect(document.paths['/call']?.['post']?.requestBody?.content['application/json']?.schema).toMatchObject({
    required: ['tool'],
    additionalProperties: false,
    properties: { tool: { type: 'string' }, confirmation: { type: 'string' } },
  })
})

test('pages come with a policy that lets nothing inline run and nobody frame them', async () => {
  for (const path of ['/', '/sign-in', '/nothing-here']) {
    const page = await fetch(hub.url + path)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy, path).toContain("default-src 'none'")
    expect(policy, path).toContain("frame-ancestors 'none'")
    expect(policy, path).not.toContain('unsafe')
    expect(await page.text()).not.toMatch(/<script|\sstyle=|\son\w+=/)
  }
})

test('hostile text from Stripe and from the agent stays text on the page', async () => {
  const hostile = '</h1><script>alert(1)</script>\u202Eevil\u001B[31m\n\nAPPROVED BY OWNER'
  const customer = await hub.stripe.customers.create({ name: hostile, email: 'hostile@example.com' })
  const preview = await hub.device.preview(
    'stripe_create_payment_intent',
    {
      amount: 500,
      currency: 'usd',
      customer: customer.id,
      confirm: true,
      return_url: 'https://shop.example.com/paid',
      payment_method: 'pm_card_visa',
      description: hostile,
    },
    { note: hostile },
  )
  expect(preview.body.summary).not.toMatch(/\p{C}/u)
  const page = await (await hub.owner.get(`/confirmations/${preview.body.confirmation}`)).text()
  expect(page).not.toContain('<script>')
  expect(page).toContain('&lt;script&gt;')
  expect(page).not.toMatch(/[^\n\P{C}]/u)
})
