import { expect, test } from 'vitest'
import { START_SECONDS, idOf, pay, refusal, startSandbox } from '../../test/harness.ts'

const card = { number: '4242 4242 4242 4242', exp_month: '12', exp_year: '2030', cvc: '123', name: 'Jane' }

test('a token is charged once, and keeps no number', async () => {
  const { stripe } = await startSandbox()
  const token = await stripe.tokens.create({ card })
  expect(token).toMatchObject({ type: 'card', used: false, card: { last4: '4242', name: 'Jane' } })
  expect(JSON.stringify(token)).not.toContain('424242')
  expect(await stripe.tokens.retrieve(token.id)).toMatchObject({ id: token.id })
  const charge = await stripe.charges.create({ amount: 2000, currency: 'usd', source: token.id })
  expect(charge).toMatchObject({
    paid: true,
    captured: true,
    payment_intent: null,
    source: { object: 'card', last4: '4242', brand: 'Visa' },
  })
  expect(charge.payment_method).toBe(charge.source?.id)
  expect(
    await refusal(stripe.charges.create({ amount: 2000, currency: 'usd', source: token.id })),
  ).toMatchObject({ statusCode: 400, code: 'token_already_used' })
  expect((await stripe.tokens.retrieve(token.id)).used).toBe(true)
  expect((await stripe.balanceTransactions.list({ source: charge.id })).data).toHaveLength(1)
  expect((await stripe.refunds.create({ charge: charge.id })).payment_intent).toBeNull()
})

test('magic tokens pay, decline and are disputed as their cards do', async () => {
  const { stripe } = await startSandbox()
  const order = { amount: 2000, currency: 'usd' }
  expect((await stripe.charges.create({ ...order, source: 'tok_visa' })).status).toBe('succeeded')
  const declined = await refusal(stripe.charges.create({ ...order, source: 'tok_chargeDeclined' }))
  expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined' })
  const [failed] = (await stripe.charges.list()).data
  expect(failed).toMatchObject({ status: 'failed', paid: false, id: declined.charge })
  expect((await refusal(stripe.charges.create({ ...order, source: 'tok_threeDSecure2Required' }))).code).toBe(
    'authentication_required',
  )
  const disputed = await stripe.charges.create({ ...order, source: 'tok_createDispute' })
  expect((await stripe.disputes.list({ charge: disputed.id })).data).toHaveLength(1)
})

test('a payment method is no source', async () => {
  const { stripe } = await startSandbox()
  const order = { amount: 2000, currency: 'usd' }
  expect(await refusal(stripe.charges.create({ ...order, source: 'pm_card_visa' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'source',
    message: "No such token: 'pm_card_visa'",
  })
  const { id: customer } = await stripe.customers.create()
  expect((await refusal(stripe.charges.create({ ...order, customer, source: 'pm_1' }))).message).toBe(
    "No such source: 'pm_1'",
  )
  expect((await refusal(stripe.charges.create({ ...order, customer }))).message).toBe(
    'Cannot charge a customer that has no active card',
  )
  expect((await refusal(stripe.charges.create(order))).message).toBe('Must provide source or customer.')
})

test('an uncaptured charge is captured in part, once and in time', async () => {
  const { stripe, advance } = await startSandbox()
  const order = { amount: 2000, currency: 'usd', source: 'tok_visa', capture: false }
  const { id } = await stripe.charges.create(order)
  expect(await stripe.charges.retrieve(id)).toMatchObject({ captured: false, balance_transaction: null })
  expect((await refusal(stripe.charges.capture(id, { amount: 2001 }))).code).toBe('amount_too_large')
  expect(await stripe.charges.capture(id, { amount: 1500 })).toMatchObject({
    captured: true,
    amount: 2000,
    amount_captured: 1500,
  })
  expect((await refusal(stripe.charges.capture(id))).code).toBe('charge_already_captured')
  const late = await stripe.charges.create(order)
  advance(7 * 86_400 + 1)
  expect((await refusal(stripe.charges.capture(late.id))).code).toBe('charge_expired_for_capture')
  const { charge } = await pay(stripe, { capture_method: 'manual' })
  expect((await refusal(stripe.charges.capture(charge.id))).statusCode).toBe(400)
})

test("a customer's first card is the default, and removing it leaves the next one", async () => {
  const { stripe } = await startSandbox()
  const { id: customer, default_source: first } = await stripe.customers.create({ source: 'tok_visa' })
  const second = await stripe.customers.createSource(customer, { source: 'tok_mastercard' })
  expect(second).toMatchObject({ object: 'card', customer, last4: '4444' })
  const charge = await stripe.charges.create({ amount: 500, currency: 'usd', customer })
  expect(charge.source?.id).toBe(first)
  expect(
    (await stripe.charges.create({ amount: 500, currency: 'usd', customer, source: second.id })).source?.id,
  ).toBe(second.id)
  expect((await stripe.customers.listSources(customer)).data.map(({ id }) => id)).toEqual([second.id, first])
  const updated = await stripe.customers.updateSource(customer, second.id, { name: 'Joan', exp_year: '2031' })
  expect(updated).toMatchObject({ name: 'Joan', exp_year: 2031 })
  expect(await stripe.customers.deleteSource(customer, idOf(first))).toEqual(
    expect.objectContaining({ id: first, deleted: true }),
  )
  const after = await stripe.customers.retrieve(customer, { expand: ['sources', 'default_source'] })
  expect(after).toMatchObject({ default_source: { id: second.id }, sources: { data: [{ id: second.id }] } })
  expect((await refusal(stripe.customers.retrieveSource(customer, idOf(first)))).statusCode).toBe(404)
  expect(
    (await refusal(stripe.customers.createSource(customer, { source: 'tok_chargeDeclined' }))).statusCode,
  ).toBe(402)
})

test('a source is made of a token and charged as often as it says', async () => {
  const { stripe } = await startSandbox()
  const source = await stripe.sources.create({
    type: 'card',
    token: 'tok_visa',
    usage: 'single_use',
    owner: { email: 'jane@example.com' },
  })
  expect(source).toMatchObject({ status: 'chargeable', owner: { email: 'jane@example.com' } })
  const charge = await stripe.charges.create({ amount: 500, currency: 'usd', source: source.id })
  expect(charge.source).toMatchObject({ object: 'source', status: 'consumed' })
  expect(
    (await refusal(stripe.charges.create({ amount: 500, currency: 'usd', source: source.id }))).statusCode,
  ).toBe(400)
  expect((await stripe.sources.update(source.id, { metadata: { k: 'v' } })).metadata).toEqual({ k: 'v' })
  expect((await stripe.sources.retrieve(source.id)).created).toBe(START_SECONDS)
  expect((await refusal(stripe.sources.create({ type: 'ideal' }))).statusCode).toBe(501)
})

test('a payment method is made of a token, which is then used', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.tokens.create({ card })
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: id } })
  expect(method).toMatchObject({ card: { last4: '4242' }, billing_details: { name: 'Jane' } })
  expect(method.id).toMatch(/^pm_/)
  expect((await stripe.tokens.retrieve(id)).used).toBe(true)
  expect(
    (await refusal(stripe.tokens.create({ card: { ...card, number: '4111111111111111' } }))).statusCode,
  ).toBe(402)
})
