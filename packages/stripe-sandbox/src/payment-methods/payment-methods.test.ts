import { expect, test } from 'vitest'
import { RETURN_URL, refusal, startSandbox } from '../../test/harness.ts'
import { passesLuhn, testCards } from './test-cards.ts'

test('a payment method is made from a token, a test card number or a magic id', async () => {
  const { stripe } = await startSandbox()
  const fromToken = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_mastercard' } })
  expect(fromToken.card).toMatchObject({ brand: 'mastercard', last4: '4444', exp_month: 11, exp_year: 2027 })
  const fromNumber = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '4242 4242 4242 4242', exp_month: 12, exp_year: 34, cvc: '123' },
    billing_details: { name: 'Jane Doe', address: { postal_code: '97201' } },
    metadata: { k: 'v' },
  })
  expect(fromNumber).toMatchObject({
    billing_details: { name: 'Jane Doe', email: null },
    card: { last4: '4242', exp_year: 2034, checks: { cvc_check: 'pass', address_postal_code_check: 'pass' } },
    customer: null,
    metadata: { k: 'v' },
  })
  const { card: magic } = await stripe.paymentMethods.retrieve('pm_card_visa')
  expect(magic?.fingerprint).toBe(fromNumber.card?.fingerprint)
  expect(magic?.fingerprint).not.toBe(fromToken.card?.fingerprint)
})

test('attaching a magic id makes a new payment method', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const first = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  const second = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  expect(first.id).toMatch(/^pm_[A-Za-z0-9]{24}$/)
  expect(second.id).not.toBe(first.id)
  const listed = await stripe.paymentMethods.list({ customer, type: 'card' })
  expect(listed.data.map((method) => method.id)).toEqual([second.id, first.id])
  expect((await stripe.paymentMethods.list({ customer, type: 'sepa_debit' })).data).toEqual([])
  expect((await stripe.paymentMethods.list()).data).toEqual([])
  expect((await stripe.customers.retrievePaymentMethod(customer, first.id)).id).toBe(first.id)
})

test('a payment method is changed', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
  const updated = await stripe.paymentMethods.update(id, {
    billing_details: { email: 'jane@example.com' },
    card: { exp_year: 2040 },
    metadata: { k: 'v' },
  })
  expect(updated).toMatchObject({ billing_details: { email: 'jane@example.com' }, card: { exp_year: 2040 } })
  const [event] = (await stripe.events.list({ type: 'payment_method.updated' })).data
  expect(event?.data.previous_attributes).toEqual({
    billing_details: { email: null },
    card: { exp_year: 2027 },
    metadata: { k: null },
  })
})

test('a detached payment method is never taken again', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: id } })
  expect((await stripe.paymentMethods.detach(id)).customer).toBeNull()
  expect(await stripe.customers.retrieve(customer)).toMatchObject({
    invoice_settings: { default_payment_method: null },
  })
  expect((await refusal(stripe.paymentMethods.attach(id, { customer }))).message).toMatch(
    /may not be used again/,
  )
  expect((await refusal(stripe.paymentMethods.detach(id))).message).toBe(
    'The payment method you provided is not attached to a customer so detachment is impossible.',
  )
  const paying = stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    payment_method: id,
    confirm: true,
    return_url: RETURN_URL,
  })
  expect((await refusal(paying)).message).toMatch(/may not be used again/)
})

test('a payment method used once without a customer is spent', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
  const order = { amount: 500, currency: 'usd', payment_method: id, confirm: true, return_url: RETURN_URL }
  expect((await stripe.paymentIntents.create(order)).status).toBe('succeeded')
  expect((await refusal(stripe.paymentIntents.create(order))).message).toMatch(/may not be used again/)
})

test('cards that banks decline cannot be saved, except the one that fails only when charged', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  expect(await refusal(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }))).toMatchObject({
    type: 'StripeCardError',
    statusCode: 402,
    code: 'card_declined',
    decline_code: 'generic_decline',
    advice_code: 'try_again_later',
    network_decline_code: '01',
    param: '',
    message: 'Your card was declined.',
  })
  expect((await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })).customer).toBe(
    customer,
  )
})

test('wrong attachments are refused', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  expect((await refusal(stripe.paymentMethods.attach(id, { customer }))).message).toBe(
    'The payment method you provided has already been attached to a customer.',
  )
  expect(await refusal(stripe.paymentMethods.attach('pm_card_visa', {}))).toMatchObject({
    code: 'parameter_missing',
    param: 'customer',
    message: 'Missing required param: customer.',
  })
  expect(await refusal(stripe.paymentMethods.attach('pm_none', { customer }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'payment_method',
  })
  expect((await refusal(stripe.paymentMethods.retrieve('pm_none'))).message).toMatch(
    /^No such PaymentMethod: 'pm_none'; It's possible this PaymentMethod exists on one of your connected accounts/,
  )
})

test.each([
  [
    { number: '4242424242424241', exp_month: 1, exp_year: 2030 },
    'incorrect_number',
    'Your card number is incorrect.',
  ],
  [
    { number: '4242424242424242', exp_month: 13, exp_year: 2030 },
    'invalid_expiry_month',
    "Your card's expiration month is invalid.",
  ],
  [
    { number: '4242424242424242', exp_month: 1, exp_year: 2020 },
    'invalid_expiry_year',
    "Your card's expiration year is invalid.",
  ],
  [
    { number: '4242424242424242', exp_month: 1, exp_year: 2030, cvc: '1' },
    'invalid_cvc',
    "Your card's security code is invalid.",
  ],
])('a wrong card is refused: %j', async (card, code, message) => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.paymentMethods.create({ type: 'card', card }))).toMatchObject({
    statusCode: 402,
    code,
    message,
  })
})

test('a real card number is refused and is not repeated', async () => {
  const { stripe } = await startSandbox()
  const number = '4111111111111111'
  const error = await refusal(
    stripe.paymentMethods.create({ type: 'card', card: { number, exp_month: 1, exp_year: 2030 } }),
  )
  expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'test_mode_live_card' })
  expect(JSON.stringify(error.raw)).not.toContain(number)
})

test("a SEPA debit takes Stripe's test accounts, and a name and an email", async () => {
  const { stripe } = await startSandbox()
  const billing_details = { name: 'Bob', email: 'bob@example.com' }
  const sepa_debit = { iban: 'DE89 3704 0044 0532 0130 00' }
  const account = await stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit, billing_details })
  expect(account).toMatchObject({ type: 'sepa_debit', sepa_debit: { country: 'DE', last4: '3000' } })
  expect(account).not.toHaveProperty('card')
  const nameless = await refusal(stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit }))
  expect(nameless).toMatchObject({ code: 'parameter_missing', param: 'billing_details[email]' })
  const unknown = stripe.paymentMethods.create({
    type: 'sepa_debit',
    sepa_debit: { iban: 'DE00370400440532013000' },
    billing_details,
  })
  expect(await refusal(unknown)).toMatchObject({ statusCode: 400, param: 'sepa_debit[iban]' })
})

test('other types than cards and SEPA debits are said to be missing from the sandbox', async () => {
  const { stripe } = await startSandbox()
  const error = await refusal(stripe.paymentMethods.create({ type: 'ideal', ideal: { bank: 'ing' } }))
  expect(error.statusCode).toBe(501)
})

test('every test card has a valid number and a name of its own', () => {
  expect(testCards.filter((card) => !passesLuhn(card.number))).toEqual([])
  expect(new Set(testCards.map((card) => card.name)).size).toBe(testCards.length)
  expect(new Set(testCards.map((card) => card.number)).size).toBe(testCards.length)
})
