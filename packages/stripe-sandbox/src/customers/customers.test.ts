import { expect, test } from 'vitest'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'

test('a customer is created, read, changed and listed', async () => {
  const { stripe } = await startSandbox()
  const created = await stripe.customers.create({
    email: 'jane@example.com',
    name: 'Jane Doe',
    phone: '+15555550100',
    address: { line1: '1 Main St', city: 'Portland', country: 'US' },
    shipping: { name: 'Jane Doe', address: { line1: '2 Side St' } },
    preferred_locales: ['en', 'de'],
    invoice_settings: { footer: 'Thank you', custom_fields: [{ name: 'PO', value: '7' }] },
    metadata: { tier: 'gold', seats: 3 },
  })
  expect(created).toMatchObject({
    object: 'customer',
    created: START_SECONDS,
    livemode: false,
    address: { line1: '1 Main St', line2: null },
    invoice_settings: { custom_fields: [{ name: 'PO', value: '7' }], default_payment_method: null },
    metadata: { tier: 'gold', seats: '3' },
  })
  expect(created.id).toMatch(/^cus_[A-Za-z0-9]{14}$/)

  const updated = await stripe.customers.update(created.id, {
    name: 'Jane Roe',
    tax_exempt: 'exempt',
    balance: -500,
  })
  expect(updated).toMatchObject({
    name: 'Jane Roe',
    email: 'jane@example.com',
    tax_exempt: 'exempt',
    balance: -500,
  })
  expect(await stripe.customers.retrieve(created.id)).toEqual(updated)
  expect((await stripe.customers.list()).data).toEqual([updated])
})

test('an empty text unsets a field', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create({
    name: 'Jane',
    description: 'first',
    address: { city: 'Bern' },
  })
  const updated = await stripe.customers.update(id, { name: '', description: '', address: '' })
  expect(updated).toMatchObject({ name: null, description: null, address: null })
})

test('metadata is merged, an empty value deletes its key, and empty metadata deletes all', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } })
  expect((await stripe.customers.update(id, { metadata: { b: '3', c: '4' } })).metadata).toEqual({
    a: '1',
    b: '3',
    c: '4',
  })
  expect((await stripe.customers.update(id, { metadata: { a: '', b: null } })).metadata).toEqual({ c: '4' })
  expect((await stripe.customers.update(id, { metadata: '' })).metadata).toEqual({})
})

test("metadata beyond Stripe's bounds is refused", async () => {
  const { stripe } = await startSandbox()
  const key = await refusal(stripe.customers.create({ metadata: { ['k'.repeat(41)]: 'v' } }))
  expect(key.message).toContain(
    'Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters.',
  )
  const value = await refusal(stripe.customers.create({ metadata: { k: 'v'.repeat(501) } }))
  expect(value.message).toContain('Metadata values can have up to 500 characters')
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, number) => [`k${number}`, 'v']))
  expect((await refusal(stripe.customers.create({ metadata: many }))).statusCode).toBe(400)
})

test('a deleted customer is still found by id, leaves the lists and cannot be changed', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const other = await stripe.customers.create()
  expect(await stripe.customers.del(id)).toMatchObject({ id, object: 'customer', deleted: true })
  expect(await stripe.customers.retrieve(id)).toMatchObject({ id, deleted: true })
  expect((await stripe.customers.list()).data.map((customer) => customer.id)).toEqual([other.id])
  for (const call of [stripe.customers.update(id, { name: 'x' }), stripe.customers.del(id)]) {
    expect(await refusal(call)).toMatchObject({ statusCode: 404, message: `No such customer: '${id}'` })
  }
  expect(
    await refusal(stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: id })),
  ).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'customer',
  })
})

test('an unknown customer is a 404 with the recorded wording', async () => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.customers.retrieve('cus_none'))).toMatchObject({
    type: 'StripeInvalidRequestError',
    statusCode: 404,
    code: 'resource_missing',
    param: 'id',
    message: "No such customer: 'cus_none'",
    doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
  })
})

test('the e-mail filter is exact', async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create({ email: 'jane@example.com' })
  await stripe.customers.create({ email: 'joe@example.com' })
  expect(
    (await stripe.customers.list({ email: 'jane@example.com' })).data.map((customer) => customer.id),
  ).toEqual([id])
  expect((await stripe.customers.list({ email: 'example.com' })).data).toEqual([])
  await stripe.customers.update(id, { email: 'new@example.com' })
  expect((await stripe.customers.list({ email: 'jane@example.com' })).data).toEqual([])
  expect((await stripe.customers.list({ email: 'new@example.com' })).data).toHaveLength(1)
})

test('a wrong e-mail is refused', async () => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.customers.create({ email: 'nobody' }))).toMatchObject({
    statusCode: 400,
    code: 'email_invalid',
    param: 'email',
    message: 'Invalid email address: nobody',
  })
})

test('a payment method given on creation is attached and may be made the default', async () => {
  const { stripe } = await startSandbox()
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const [saved] = (await stripe.customers.listPaymentMethods(customer.id)).data
  expect(saved?.customer).toBe(customer.id)
  expect(customer.invoice_settings.default_payment_method).toBe(saved?.id)
})

test('a card that cannot be saved leaves no customer behind', async () => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.customers.create({ payment_method: 'pm_card_chargeDeclined' }))).toMatchObject({
    statusCode: 402,
  })
  expect((await stripe.customers.list()).data).toEqual([])
  expect((await stripe.events.list()).data).toEqual([])
})

test("the default payment method must be the customer's own", async () => {
  const { stripe } = await startSandbox()
  const { id } = await stripe.customers.create()
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
  const error = await refusal(
    stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } }),
  )
  expect(error).toMatchObject({ statusCode: 400, param: 'invoice_settings[default_payment_method]' })
})

test('a parameter that the sandbox does not honour is refused, not ignored', async () => {
  const { stripe } = await startSandbox()
  expect(await refusal(stripe.customers.create({ tax: { validate_location: 'deferred' } }))).toMatchObject({
    statusCode: 501,
    param: 'tax',
    message: 'The sandbox does not support the parameter tax of customers.create yet.',
  })
})
