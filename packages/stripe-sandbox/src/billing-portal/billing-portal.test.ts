import { expect, test } from 'vitest'
import { idOf, refusal, startSandbox } from '../../test/harness.ts'
import { openPage, sendForm } from '../../test/pages.ts'

const card = { number: '5555 5555 5555 4444', expiry: '12 / 30', cvc: '123' }

test('a configuration says what customers may do, and is changed option by option', async () => {
  const { stripe } = await startSandbox()
  const created = await stripe.billingPortal.configurations.create({
    business_profile: { headline: 'Hello' },
    features: {
      customer_update: { enabled: true, allowed_updates: ['email'] },
      subscription_cancel: { enabled: true, mode: 'at_period_end' },
    },
    metadata: { k: 'v' },
  })
  expect(created).toMatchObject({
    active: true,
    is_default: false,
    business_profile: { headline: 'Hello' },
    features: {
      customer_update: { enabled: true, allowed_updates: ['email'] },
      invoice_history: { enabled: false },
      subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
    },
  })
  const updated = await stripe.billingPortal.configurations.update(created.id, {
    active: false,
    features: {
      invoice_history: { enabled: true },
      customer_update: { enabled: false, allowed_updates: '' },
    },
  })
  expect(updated).toMatchObject({
    active: false,
    features: {
      customer_update: { enabled: false, allowed_updates: [] },
      invoice_history: { enabled: true },
    },
  })
  expect((await stripe.billingPortal.configurations.list({ active: true })).data).toMatchObject([
    { is_default: true },
  ])
  expect(await stripe.billingPortal.configurations.retrieve(created.id)).toMatchObject({ id: created.id })
  const { id: customer } = await stripe.customers.create()
  const inactive = stripe.billingPortal.sessions.create({ customer, configuration: created.id })
  expect((await refusal(inactive)).param).toBe('configuration')
})

test('features need what they name', async () => {
  const { stripe, request } = await startSandbox()
  const create = stripe.billingPortal.configurations.create({
    features: { subscription_update: { enabled: true } },
  })
  expect((await refusal(create)).param).toBe('features[subscription_update][products]')
  const none = await request('POST', '/v1/billing_portal/configurations', { body: 'name=x' })
  expect(none.body.error).toMatchObject({ param: 'features', code: 'parameter_missing' })
  const unknown = stripe.billingPortal.sessions.create({ customer: 'cus_none' })
  expect((await refusal(unknown)).code).toBe('resource_missing')
  expect((await refusal(stripe.billingPortal.sessions.create({}))).param).toBe('customer')
})

test('in the portal a customer adds a card, chooses the default and removes one', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa', name: '<Jane>' })
  const session = await stripe.billingPortal.sessions.create({
    customer,
    return_url: 'https://example.com/a',
  })
  const page = await openPage(session.url)
  expect(page.text).toContain('visa ending in 4242')
  expect(page.text).toContain('href="https://example.com/a"')
  expect(page.text).toContain('&lt;Jane&gt;')
  expect((await sendForm(page, { action: 'add-card', ...card })).status).toBe(303)
  const methods = (await stripe.customers.listPaymentMethods(customer)).data
  const [added, first] = methods.map(({ id }) => id)
  const settings = async () => {
    const found = await stripe.customers.retrieve(customer)
    return found.deleted ? undefined : found.invoice_settings.default_payment_method
  }
  expect(await settings()).toBe(added)
  await sendForm(page, { action: 'default-card', method: first ?? '' })
  expect(await settings()).toBe(first)
  await sendForm(page, { action: 'remove-card', method: added ?? '' })
  expect((await stripe.customers.listPaymentMethods(customer)).data.map(({ id }) => id)).toEqual([first])
  await sendForm(page, { action: 'update-details', email: 'jane@example.com', name: 'Jane', phone: '' })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ email: 'jane@example.com', name: 'Jane' })
  const declined = await sendForm(page, { action: 'add-card', ...card, number: '4000000000000002' })
  expect(declined.status).toBe(400)
  expect(declined.text).toContain('Your card was declined.')
})

test('the portal offers only what its configuration allows, to its own customer, for an hour', async () => {
  const { stripe, advance } = await startSandbox()
  const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const { id: other } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  })
  const narrow = await openPage((await stripe.billingPortal.sessions.create({ customer, configuration })).url)
  expect(narrow.text).not.toContain('Add card')
  const open = await openPage((await stripe.billingPortal.sessions.create({ customer })).url)
  const [foreign] = (await stripe.customers.listPaymentMethods(other)).data
  const stolen = await sendForm(open, { action: 'remove-card', method: foreign?.id ?? '' })
  expect(stolen.status).toBe(400)
  const swapped = { ...open, address: narrow.address }
  expect((await sendForm(swapped, { action: 'add-card', ...card })).status).toBe(403)
  expect((await stripe.customers.listPaymentMethods(other)).data).toHaveLength(1)
  advance(3600)
  expect((await openPage(open.address)).status).toBe(404)
  expect((await sendForm(open, { action: 'add-card', ...card })).status).toBe(404)
})

test('a subscription is canceled for the end of its period in the portal, and kept after all', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const product = await stripe.products.create({
    name: 'Plan & more',
    default_price_data: { currency: 'usd', unit_amount: 1500, recurring: { interval: 'month' } },
  })
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price: idOf(product.default_price) }],
  })
  const page = await openPage((await stripe.billingPortal.sessions.create({ customer })).url)
  expect(page.text).toContain('Plan &amp; more')
  expect(page.text).toContain('$15.00')
  await sendForm(page, { action: 'cancel-subscription', subscription: id })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'active',
    cancel_at_period_end: true,
  })
  expect((await openPage(page.address)).text).toContain('Keep the subscription')
  await sendForm(page, { action: 'keep-subscription', subscription: id })
  expect((await stripe.subscriptions.retrieve(id)).cancel_at_period_end).toBe(false)
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: { subscription_cancel: { enabled: true, mode: 'immediately' } },
  })
  const other = await openPage((await stripe.billingPortal.sessions.create({ customer, configuration })).url)
  await sendForm(other, { action: 'cancel-subscription', subscription: id })
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled')
})
