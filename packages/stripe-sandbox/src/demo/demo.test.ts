import { expect, test } from 'vitest'
import { START_SECONDS, startSandbox } from '../../test/harness.ts'
import { demoPeople, emailOf } from './people.ts'

async function demo() {
  const started = await startSandbox()
  const opened = await started.sandbox.openAccount('sk_test_demo', { seed: 'demo' })
  return { ...started, opened, stripe: started.client('sk_test_demo') }
}

test('the demo is a small believable business', async () => {
  const { stripe, opened } = await demo()
  expect(opened.created).toBe(true)
  const customers = (await stripe.customers.list({ limit: 100 })).data
  expect(customers).toHaveLength(30)
  for (const customer of customers) {
    expect(customer.email).toMatch(/^[a-z.]+@example\.com$/)
    const [saved] = (await stripe.customers.listPaymentMethods(customer.id)).data
    expect(customer.invoice_settings.default_payment_method).toBe(saved?.id)
    expect(saved?.billing_details.name).toBe(customer.name)
  }
  const charges = (await stripe.charges.list({ limit: 100 })).data
  expect(charges).toHaveLength(60)
  expect(new Set(charges.map(({ currency }) => currency))).toEqual(new Set(['usd', 'eur', 'gbp', 'jpy']))
  expect(charges.filter(({ status }) => status === 'failed')).toHaveLength(1)
  expect(charges.filter(({ refunded }) => refunded).length).toBeGreaterThanOrEqual(2)
  expect(
    charges.filter((charge) => charge.amount_refunded > 0 && !charge.refunded).length,
  ).toBeGreaterThanOrEqual(2)
  expect((await stripe.disputes.list()).data).toHaveLength(1)
  expect(
    (await stripe.paymentIntents.list({ limit: 100 })).data.filter(
      ({ status }) => status === 'requires_capture',
    ),
  ).toHaveLength(1)
  const balance = await stripe.balance.retrieve()
  expect(balance.available.every(({ amount }) => amount > 0)).toBe(true)
  expect(balance.pending.some(({ amount }) => amount > 0)).toBe(true)
})

test('it spans ninety days, oldest first, and ends now', async () => {
  const { stripe } = await demo()
  const created: number[] = []
  for await (const event of stripe.events.list({ limit: 100 })) created.push(event.created)
  expect(created).toEqual(created.toSorted((left, right) => right - left))
  expect(created[0]).toBeLessThanOrEqual(START_SECONDS)
  expect(created[0]).toBeGreaterThan(START_SECONDS - 86_400)
  expect(created.at(-1)).toBeGreaterThanOrEqual(START_SECONDS - 90 * 86_400)
  expect(created.at(-1)).toBeLessThan(START_SECONDS - 89 * 86_400)
})

test('the same clock and seed give the same business, byte by byte', async () => {
  const tell = async () => {
    const { request } = await demo()
    const paths = [
      'customers',
      'charges',
      'refunds',
      'disputes',
      'events',
      'balance_transactions',
      'payment_intents',
    ]
    const answers = await Promise.all(
      paths.map((path) => request('GET', `/v1/${path}?limit=100`, { key: 'sk_test_demo' })),
    )
    return answers.map(({ text }) => text)
  }
  expect(await tell()).toEqual(await tell())
})

test('the people have names and addresses of their own', () => {
  expect(demoPeople).toHaveLength(30)
  expect(new Set(demoPeople.map(emailOf)).size).toBe(30)
})
