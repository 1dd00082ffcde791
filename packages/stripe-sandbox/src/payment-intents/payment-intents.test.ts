import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { RETURN_URL, START_SECONDS, pay, refusal, startSandbox } from '../../test/harness.ts'

test('a payment is created, given a card, confirmed and captured at once', async () => {
  const { stripe } = await startSandbox()
  const created = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'USD',
    description: 'Order 7',
    metadata: { order: 7 },
  })
  expect(created).toMatchObject({
    status: 'requires_payment_method',
    currency: 'usd',
    capture_method: 'automatic_async',
    automatic_payment_methods: { enabled: true },
    latest_charge: null,
    amount_received: 0,
  })
  expect(created.client_secret).toMatch(new RegExp(`^${created.id}_secret_[A-Za-z0-9]{25}$`))
  const updated = await stripe.paymentIntents.update(created.id, {
    amount: 2500,
    payment_method: 'pm_card_visa',
  })
  expect(updated).toMatchObject({ status: 'requires_confirmation', amount: 2500 })
  const confirmed = await stripe.paymentIntents.confirm(created.id, {
    return_url: RETURN_URL,
    expand: ['latest_charge'],
  })
  expect(confirmed).toMatchObject({
    status: 'succeeded',
    amount_received: 2500,
    amount_capturable: 0,
    latest_charge: {
      object: 'charge',
      amount: 2500,
      amount_captured: 2500,
      captured: true,
      paid: true,
      description: 'Order 7',
      metadata: { order: '7' },
      payment_intent: created.id,
      outcome: { type: 'authorized', network_status: 'approved_by_network' },
      payment_method_details: { card: { brand: 'visa', last4: '4242' } },
    },
  })
  expect((await stripe.paymentIntents.retrieve(created.id)).status).toBe('succeeded')
})

test('redirects are possible unless excluded, so confirming asks for a return_url', async () => {
  const { stripe } = await startSandbox()
  const order = { amount: 500, currency: 'usd', payment_method: 'pm_card_visa', confirm: true }
  expect(await refusal(stripe.paymentIntents.create(order))).toMatchObject({
    statusCode: 400,
    param: 'return_url',
  })
  const excluded = {
    ...order,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  } as const
  expect((await stripe.paymentIntents.create(excluded)).status).toBe('succeeded')
  expect(
    (await stripe.paymentIntents.create({ ...order, allowed_payment_method_types: ['card'] })).status,
  ).toBe('succeeded')
  expect((await stripe.paymentIntents.create({ ...order, off_session: true })).status).toBe('succeeded')
})

test('an authorization is captured in part and the rest is released', async () => {
  const { stripe } = await startSandbox()
  const { intent, charge } = await pay(stripe, { capture_method: 'manual' })
  expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 5000, amount_received: 0 })
  expect(charge).toMatchObject({ captured: false, balance_transaction: null, amount_captured: 0 })
  expect(charge.payment_method_details?.card?.capture_before).toBe(START_SECONDS + 7 * 86_400)
  expect((await stripe.balanceTransactions.list()).data).toEqual([])
  const error = await refusal(stripe.paymentIntents.capture(intent.id, { amount_to_capture: 5001 }))
  expect(error).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount_to_capture' })

  const captured = await stripe.paymentIntents.capture(intent.id, {
    amount_to_capture: 3000,
    expand: ['latest_charge'],
  })
  expect(captured).toMatchObject({
    status: 'succeeded',
    amount: 5000,
    amount_received: 3000,
    amount_capturable: 0,
    latest_charge: {
      amount: 5000,
      amount_captured: 3000,
      amount_refunded: 2000,
      captured: true,
      refunded: false,
    },
  })
  expect((await stripe.balanceTransactions.list()).data.map((transaction) => transaction.amount)).toEqual([
    3000,
  ])
  expect((await refusal(stripe.paymentIntents.capture(intent.id))).message).toBe(
    'This PaymentIntent could not be captured because it has a status of succeeded. Only a PaymentIntent with one of the ' +
      'following statuses may be captured: requires_capture.',
  )
})

test('an authorization that has ended cannot be captured', async () => {
  const { stripe, advance } = await startSandbox()
  const { intent } = await pay(stripe, { capture_method: 'manual' })
  advance(7 * 86_400 + 1)
  expect(await refusal(stripe.paymentIntents.capture(intent.id))).toMatchObject({
    code: 'charge_expired_for_capture',
  })
})

test('a payment is canceled once, and not after it has succeeded', async () => {
  const { stripe } = await startSandbox()
  const { intent } = await pay(stripe, { capture_method: 'manual' })
  const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'duplicate' })
  expect(canceled).toMatchObject({
    status: 'canceled',
    canceled_at: START_SECONDS,
    cancellation_reason: 'duplicate',
    amount_capturable: 0,
  })
  const { intent: paid } = await pay(stripe)
  for (const { id, status } of [canceled, paid]) {
    const error = await refusal(stripe.paymentIntents.cancel(id))
    expect(error).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id, status },
    })
    expect(error.message).toBe(
      `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the ` +
        'following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, ' +
        'requires_action, processing.',
    )
  }
})

test('a second confirmation is refused', async () => {
  const { stripe } = await startSandbox()
  const { intent } = await pay(stripe)
  expect(await refusal(stripe.paymentIntents.confirm(intent.id))).toMatchObject({
    statusCode: 400,
    code: 'payment_intent_unexpected_state',
    message:
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
  })
  const empty = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  expect(
    (await refusal(stripe.paymentIntents.confirm(empty.id, { return_url: RETURN_URL }))).message,
  ).toMatch(/^You cannot confirm this PaymentIntent because it's missing a payment method\./)
})

test.each([
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', 'Your card was declined.'],
  [
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    'card_declined',
    'insufficient_funds',
    'Your card has insufficient funds.',
  ],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'Your card has expired.'],
  [
    'pm_card_chargeDeclinedIncorrectCvc',
    'incorrect_cvc',
    'incorrect_cvc',
    "Your card's security code is incorrect.",
  ],
  ['pm_card_radarBlock', 'card_declined', 'fraudulent', 'Your card was declined.'],
])('%s is declined and leaves a failed charge behind', async (method, code, declineCode, message) => {
  const { stripe } = await startSandbox()
  const created = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' })
  const error = await refusal(
    stripe.paymentIntents.confirm(created.id, { payment_method: method, return_url: RETURN_URL }),
  )
  expect(error).toBeInstanceOf(Stripe.errors.StripeCardError)
  expect(error).toMatchObject({ statusCode: 402, code, decline_code: declineCode, message })
  const intent = await stripe.paymentIntents.retrieve(created.id, { expand: ['latest_charge'] })
  expect(intent).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    amount_received: 0,
    last_payment_error: { type: 'card_error', code, decline_code: declineCode, message },
    latest_charge: {
      status: 'failed',
      paid: false,
      captured: false,
      failure_code: code,
      balance_transaction: null,
    },
  })
  expect(error.payment_intent).toMatchObject({ id: created.id, status: 'requires_payment_method' })

  const retried = await stripe.paymentIntents.confirm(created.id, {
    payment_method: 'pm_card_visa',
    return_url: RETURN_URL,
  })
  expect(retried).toMatchObject({ status: 'succeeded', last_payment_error: null })
  expect(
    (await stripe.charges.list({ payment_intent: created.id })).data.map((charge) => charge.status),
  ).toEqual(['succeeded', 'failed'])
})

test('a card that needs its holder asks for an action, or is declined when nobody is there', async () => {
  const { stripe } = await startSandbox()
  const order = {
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
  }
  const waiting = await stripe.paymentIntents.create({ ...order, return_url: RETURN_URL })
  expect(waiting).toMatchObject({
    status: 'requires_action',
    next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: RETURN_URL } },
    latest_charge: null,
  })
  expect((await stripe.paymentIntents.cancel(waiting.id)).next_action).toBeNull()
  expect(await refusal(stripe.paymentIntents.create({ ...order, off_session: true }))).toMatchObject({
    statusCode: 402,
    code: 'authentication_required',
  })
})

test('a card is saved with the customer when the payment asks for it', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const { intent } = await pay(stripe, { customer, setup_future_usage: 'off_session' })
  const [saved] = (await stripe.customers.listPaymentMethods(customer)).data
  expect(saved?.id).toBe(intent.payment_method)
  const { charge } = await pay(stripe, { customer, payment_method: saved?.id ?? '' })
  expect(charge.customer).toBe(customer)
})

test("somebody else's saved card cannot be charged", async () => {
  const { stripe } = await startSandbox()
  const jane = await stripe.customers.create()
  const joe = await stripe.customers.create()
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer: jane.id })
  const order = { amount: 500, currency: 'usd', payment_method: id }
  expect((await refusal(stripe.paymentIntents.create(order))).message).toMatch(
    /you must provide the customer in the request/,
  )
  expect((await refusal(stripe.paymentIntents.create({ ...order, customer: joe.id }))).message).toMatch(
    /does not belong to the customer/,
  )
})

test.each([
  [{ amount: 49, currency: 'usd' }, 'amount_too_small', 'Amount must be at least $0.50 usd'],
  [{ amount: 29, currency: 'gbp' }, 'amount_too_small', 'Amount must be at least £0.30 gbp'],
  [{ amount: 49, currency: 'jpy' }, 'amount_too_small', 'Amount must be at least ¥50 jpy'],
  [{ amount: 100_000_000, currency: 'usd' }, 'amount_too_large', 'Amount must be no more than $999,999.99'],
  [
    { amount: 0, currency: 'usd' },
    'parameter_invalid_integer',
    'This value must be greater than or equal to 1.',
  ],
  [
    { amount: -5, currency: 'usd' },
    'parameter_invalid_integer',
    'This value must be greater than or equal to 1.',
  ],
  [{ amount: 10.5, currency: 'usd' }, 'parameter_invalid_integer', 'Invalid integer: 10.5'],
])('a wrong amount is refused: %j', async (order, code, message) => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.paymentIntents.create(order))).toMatchObject({
    statusCode: 400,
    code,
    message,
    param: 'amount',
  })
})

test('what is over can be described but not changed', async () => {
  const { stripe } = await startSandbox()
  const { intent } = await pay(stripe)
  const described = await stripe.paymentIntents.update(intent.id, {
    description: 'Paid',
    metadata: { k: 'v' },
  })
  expect(described).toMatchObject({ description: 'Paid', metadata: { k: 'v' }, status: 'succeeded' })
  expect((await refusal(stripe.paymentIntents.update(intent.id, { amount: 700 }))).message).toMatch(
    /^This PaymentIntent's amount could not be updated because it has a status of succeeded\./,
  )
})

test('payment intents are listed by customer and time', async () => {
  const { stripe, advance } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const first = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer })
  advance(60)
  const second = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  const ids = async (params: Stripe.PaymentIntentListParams) =>
    (await stripe.paymentIntents.list(params)).data.map(({ id }) => id)
  expect(await ids({})).toEqual([second.id, first.id])
  expect(await ids({ customer })).toEqual([first.id])
  expect(await ids({ created: { gt: START_SECONDS } })).toEqual([second.id])
  expect(await ids({ created: START_SECONDS })).toEqual([first.id])
})

test('older clients may still name payment_method_types, new ones may not', async () => {
  const { client } = await startSandbox()
  const old = client('sk_test_alice', { apiVersion: '2024-06-20' as never })
  const params = { amount: 500, currency: 'usd', payment_method_types: ['card'] }
  const created = await old.paymentIntents.create(params)
  expect(created).toMatchObject({
    payment_method_types: ['card'],
    allowed_payment_method_types: ['card'],
    invoice: null,
  })
  expect(await refusal(client('sk_test_alice').paymentIntents.create(params))).toMatchObject({
    code: 'parameter_unknown',
    param: 'payment_method_types',
  })
})

test('an option of the payment that the sandbox does not honour is refused', async () => {
  const { stripe } = await startSandbox()
  const base = { amount: 500, currency: 'usd' }
  expect(
    (await refusal(stripe.paymentIntents.create({ ...base, transfer_data: { destination: 'acct_1' } })))
      .statusCode,
  ).toBe(501)
  const options = { card: { moto: true } }
  expect(
    await refusal(stripe.paymentIntents.create({ ...base, payment_method_options: options })),
  ).toMatchObject({
    statusCode: 501,
    param: 'payment_method_options[card][moto]',
  })
  expect(await refusal(stripe.paymentIntents.create({ ...base, off_session: true }))).toMatchObject({
    statusCode: 400,
    param: 'off_session',
  })
})

test('a client secret opens only its own payment', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  expect((await refusal(stripe.paymentIntents.retrieve(id, { client_secret: 'other' }))).statusCode).toBe(400)
  expect(await refusal(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
    statusCode: 404,
    param: 'intent',
    message: "No such payment_intent: 'pi_none'",
  })
})
