import { expect, test } from 'vitest'
import { RETURN_URL, idOf, refusal, startSandbox } from '../../test/harness.ts'
import { openPage, sendForm } from '../../test/pages.ts'

test('a card is saved with the customer, and can then be charged without them', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const created = await stripe.setupIntents.create({ customer, metadata: { k: 'v' }, description: 'Plan' })
  expect(created).toMatchObject({ status: 'requires_payment_method', usage: 'off_session', customer })
  expect(created.client_secret).toMatch(new RegExp(`^${created.id}_secret_`))
  const named = await stripe.setupIntents.update(created.id, { payment_method: 'pm_card_visa' })
  expect(named.status).toBe('requires_confirmation')
  const saved = await stripe.setupIntents.confirm(created.id, {
    return_url: RETURN_URL,
    expand: ['payment_method', 'latest_attempt'],
  })
  expect(saved).toMatchObject({
    status: 'succeeded',
    payment_method: { customer, card: { last4: '4242' } },
    latest_attempt: { status: 'succeeded', setup_intent: created.id },
  })
  expect((await stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1)
  expect((await stripe.setupAttempts.list({ setup_intent: created.id })).data).toHaveLength(1)
  expect((await stripe.events.list()).data.map(({ type }) => type).reverse()).toEqual([
    'customer.created',
    'setup_intent.created',
    'payment_method.attached',
    'setup_intent.succeeded',
  ])
})

test('a declined card leaves last_setup_error and a failed attempt behind', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const { id } = await stripe.setupIntents.create({ customer })
  const declined = await refusal(
    stripe.setupIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined', return_url: RETURN_URL }),
  )
  expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' })
  expect(declined.setup_intent).toMatchObject({ id, status: 'requires_payment_method' })
  expect(await stripe.setupIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    last_setup_error: {
      code: 'card_declined',
      type: 'card_error',
      payment_method: { object: 'payment_method' },
    },
  })
  expect((await stripe.setupAttempts.list({ setup_intent: id })).data).toMatchObject([{ status: 'failed' }])
  expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([])
})

test('a 3-D Secure card is saved once the cardholder has authenticated, and is not asked again', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const waiting = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_authenticationRequiredOnSetup',
    confirm: true,
    return_url: RETURN_URL,
  })
  expect(waiting.status).toBe('requires_action')
  expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([])
  const page = await openPage(waiting.next_action?.redirect_to_url?.url ?? '')
  const answer = await sendForm(page, { outcome: 'complete' })
  expect(new URL(answer.headers.get('location') ?? '').searchParams.get('setup_intent')).toBe(waiting.id)
  const saved = await stripe.setupIntents.retrieve(waiting.id)
  expect(saved).toMatchObject({ status: 'succeeded', next_action: null })
  const payment = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    customer,
    payment_method: idOf(saved.payment_method),
    confirm: true,
    off_session: true,
  })
  expect(payment.status).toBe('succeeded')
})

test('a setup whose authentication fails waits for another card', async () => {
  const { stripe } = await startSandbox()
  const waiting = await stripe.setupIntents.create({
    payment_method: 'pm_card_threeDSecure2Required',
    confirm: true,
    return_url: RETURN_URL,
  })
  await sendForm(await openPage(waiting.next_action?.redirect_to_url?.url ?? ''), { outcome: 'fail' })
  expect(await stripe.setupIntents.retrieve(waiting.id)).toMatchObject({
    status: 'requires_payment_method',
    last_setup_error: { code: 'setup_intent_authentication_failure' },
  })
  expect((await stripe.setupAttempts.list({ setup_intent: waiting.id })).data).toMatchObject([
    { status: 'failed' },
  ])
})

test('a setup is canceled once, and not after it has succeeded', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.setupIntents.create()
  expect(await stripe.setupIntents.cancel(id, { cancellation_reason: 'abandoned' })).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'abandoned',
  })
  expect(await refusal(stripe.setupIntents.cancel(id))).toMatchObject({
    code: 'setup_intent_unexpected_state',
    setup_intent: { id },
  })
  expect(
    await refusal(
      stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa', return_url: RETURN_URL }),
    ),
  ).toMatchObject({ statusCode: 400, code: 'setup_intent_unexpected_state' })
  expect((await refusal(stripe.setupIntents.retrieve('seti_none'))).message).toBe(
    "No such setupintent: 'seti_none'",
  )
})

test('payment_method_types is taken from older clients only', async () => {
  const { stripe, request, client } = await startSandbox()
  const body = 'payment_method_types[]=card'
  expect((await request('POST', '/v1/setup_intents', { body })).body.error).toMatchObject({
    code: 'parameter_unknown',
  })
  const headers = { 'stripe-version': '2025-09-30.clover' }
  expect((await request('POST', '/v1/setup_intents', { body, headers })).status).toBe(200)
  expect((await stripe.setupIntents.list()).data).toHaveLength(1)
  expect((await client('sk_test_bob').setupIntents.list()).data).toEqual([])
})
