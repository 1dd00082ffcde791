import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

test('a paired agent finds the tools, previews a refund, a person approves, it happens once, and the log tells it', async () => {
  const { device, owner, stripe, wire } = hub
  const { charge } = await hub.charge(5000, 'usd')

  const integrations = await device.request('GET', '/integrations')
  expect(integrations.body.integrations[0]).toMatchObject({
    integration: 'stripe',
    connections: [{ alias: 'sandbox', mode: 'test', state: 'active', default: true, sandbox: true }],
  })
  const tools = await device.request('GET', '/tools?integration=stripe')
  const names = tools.body.groups.flatMap((group: { tools: Array<{ name: string }> }) =>
    group.tools.map((tool) => tool.name),
  )
  expect(names).toContain('stripe_create_refund')
  const search = await device.request('GET', '/tools/search?query=refund')
  expect(search.body.tools[0].name).toBe('stripe_create_refund')
  const description = await device.request('GET', '/tools/stripe_create_refund')
  expect(description.body).toMatchObject({
    effect: 'money',
    needs: [{ connection: 'sandbox', assurance: 'dashboard' }],
    params: { properties: { charge: {}, amount: {} } },
  })

  const preview = await device.preview(
    'stripe_create_refund',
    { charge, amount: 2500 },
    { note: 'The parcel was late.' },
  )
  expect(preview.body).toMatchObject({
    needs_confirmation: true,
    state: 'pending',
    needs: 'dashboard',
    agent_note: 'The parcel was late.',
    connection: { alias: 'sandbox', mode: 'test' },
  })
  expect(preview.body.summary).toBe(
    `Refund $25.00 of $50.00 on ${charge}, Visa ••4242, Jane Doe <jane.doe@example.com> (${
      (await stripe.charges.retrieve(charge)).customer as string
    }) · test · cannot be undone`,
  )
  expect(preview.body.changes).toContainEqual({
    what: 'Refunded in all',
    before: '$0.00',
    after: '$25.00 (2500 usd)',
  })
  const { confirmation } = preview.body
  expect(wire.writes()).toEqual([])

  const early = await device.call('stripe_create_refund', { confirmation })
  expect(early).toMatchObject({
    status: 409,
    body: { error: { code: 'confirmation_pending', retryable: true } },
  })
  expect(wire.writes()).toEqual([])

  const page = await (await owner.get(`/confirmations/${confirmation}`)).text()
  expect(page).toContain('Refund $25.00 of $50.00')
  expect(page).toContain('The parcel was late.')
  const waiting = device.request('GET', `/confirmations/${confirmation}?wait_seconds=20`)
  expect((await owner.approve(confirmation)).status).toBe(303)
  expect((await waiting).body.state).toBe('approved')

  const called = await device.call('stripe_create_refund', { confirmation, params: { charge, amount: 2500 } })
  expect(called).toMatchObject({
    status: 200,
    body: { result: { amount: 2500, currency: 'usd', status: 'succeeded', charge } },
  })
  expect(wire.writes()).toHaveLength(1)
  expect(wire.writes()[0]).toMatchObject({ method: 'POST', path: '/v1/refunds' })
  const refunds = await stripe.refunds.list({ charge })
  expect(refunds.data.map((refund) => refund.amount)).toEqual([2500])
  expect(called.body.result.id).toBe(refunds.data[0]?.id)

  const sentBefore = wire.sent.length
  const again = await device.call('stripe_create_refund', { confirmation })
  expect(again).toMatchObject({ status: 200, body: { stored: true, result: { id: called.body.result.id } } })
  expect(wire.sent).toHaveLength(sentBefore)

  const log = (await (await owner.api('GET', `/audit?subject=${confirmation}`)).json()) as {
    rows: Array<{ action: string }>
  }
  expect(log.rows.map((row) => row.action)).toEqual([
    'confirmation.created',
    'confirmation.approved',
    'confirmation.sending',
    'confirmation.succeeded',
  ])
  expect(await (await owner.api('GET', '/audit/verify')).json()).toMatchObject({ ok: true })
})

test('an amount in yen is shown as yen, without cents', async () => {
  const { charge } = await hub.charge(5000, 'jpy')
  const preview = await hub.device.preview('stripe_create_refund', { charge })
  expect(preview.body.summary).toContain('Refund ¥5,000 of ¥5,000')
  const mistaken = await hub.device.preview('stripe_create_refund', {
    charge,
    amount: { value: '50.00', currency: 'usd' },
  })
  expect(mistaken).toMatchObject({ status: 400, body: { error: { code: 'invalid_params' } } })
  const stated = await hub.device.preview('stripe_create_refund', {
    charge,
    amount: { value: '1200', currency: 'jpy' },
  })
  expect(stated.body.changes).toContainEqual({
    what: 'This refund',
    before: null,
    after: '¥1,200 (1200 jpy)',
  })
})

test('dollars and cents are shown as such', async () => {
  const preview = await hub.device.preview('stripe_create_payment_intent', { amount: 5000, currency: 'usd' })
  expect(preview.body.summary).toContain('Prepare a payment of $50.00')
  expect(preview.body.state).toBe('approved')
})

test('a customer and a payment go through the gate where the agent may vouch in test mode', async () => {
  const { device, stripe } = hub
  const made = await device.preview('stripe_create_customer', {
    name: 'Ada Example',
    email: 'ada@example.com',
  })
  expect(made.body).toMatchObject({ state: 'approved', needs: 'agent' })
  const customer = await device.call('stripe_create_customer', { confirmation: made.body.confirmation })
  expect(customer.body.result).toMatchObject({ name: 'Ada Example', email: 'ada@example.com' })
  const id: string = customer.body.result.id
  expect((await stripe.customers.retrieve(id)).id).toBe(id)

  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: id })
  const prepared = await device.preview('stripe_create_payment_intent', {
    amount: { value: '12.34', currency: 'eur' },
    customer: id,
    payment_method: method.id,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  expect(prepared.body.summary).toContain('€12.34')
  const intent = await device.call('stripe_create_payment_intent', {
    confirmation: prepared.body.confirmation,
  })
  expect(intent.body.result).toMatchObject({
    amount: 1234,
    currency: 'eur',
    amount_text: '€12.34',
    status: 'requires_confirmation',
  })
  expect(intent.body.result.client_secret).toMatch(/_secret_/)
  const stored = await device.call('stripe_create_payment_intent', {
    confirmation: prepared.body.confirmation,
  })
  expect(stored.body.result.client_secret).toBe('[delivered once]')

  const payment = await device.preview('stripe_confirm_payment_intent', {
    payment_intent_id: intent.body.result.id,
  })
  expect(payment.body).toMatchObject({ state: 'pending', needs: 'dashboard' })
  expect(payment.body.summary).toContain('Charge €12.34 on Visa ••4242 for Ada Example')
  await hub.owner.approve(payment.body.confirmation)
  const paid = await device.call('stripe_confirm_payment_intent', { confirmation: payment.body.confirmation })
  expect(paid.body.result.status).toBe('succeeded')
  const read = await device.call('stripe_get_payment_intent', {
    params: { payment_intent_id: intent.body.result.id },
  })
  expect(read.body.result.status).toBe('succeeded')
  const balance = await device.call('stripe_get_balance')
  expect(balance.status).toBe(200)
})
