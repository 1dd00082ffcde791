import { expect, test } from 'vitest'
import { RETURN_URL, pay, refusal, startSandbox } from '../../test/harness.ts'

test('ids become objects, four levels deep', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const [saved] = (await stripe.customers.listPaymentMethods(customer)).data
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: saved?.id ?? '' } })
  const { charge } = await pay(stripe, { customer, payment_method: saved?.id ?? '' })
  const refund = await stripe.refunds.create({
    charge: charge.id,
    expand: [
      'charge.payment_intent.latest_charge.balance_transaction',
      'charge.customer.invoice_settings.default_payment_method',
    ],
  })
  expect(refund).toMatchObject({
    charge: {
      customer: {
        id: customer,
        invoice_settings: { default_payment_method: { id: saved?.id, object: 'payment_method' } },
      },
      payment_intent: {
        object: 'payment_intent',
        latest_charge: { id: charge.id, balance_transaction: { object: 'balance_transaction' } },
      },
    },
  })
})

test('in lists the path begins with data', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  await pay(stripe, { customer })
  await pay(stripe)
  const { data } = await stripe.charges.list({
    expand: ['data.customer', 'data.refunds', 'data.payment_intent'],
  })
  expect(data).toMatchObject([
    { customer: null, refunds: { object: 'list', data: [] } },
    { customer: { id: customer }, payment_intent: { object: 'payment_intent' } },
  ])
})

test('a deleted customer expands to what is left of it', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const { charge } = await pay(stripe, { customer })
  await stripe.customers.del(customer)
  expect((await stripe.charges.retrieve(charge.id, { expand: ['customer'] })).customer).toEqual({
    id: customer,
    object: 'customer',
    deleted: true,
  })
})

test.each(['bogus', 'amount', 'customer.bogus', 'data.customer', 'latest_charge.amount'])(
  'expanding %s is refused before anything is done',
  async (path) => {
    const { stripe } = await startSandbox()
    const order = {
      amount: 500,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: RETURN_URL,
    }
    expect(await refusal(stripe.paymentIntents.create({ ...order, expand: [path] }))).toMatchObject({
      statusCode: 400,
      message: `This property cannot be expanded (${path}).`,
    })
    expect((await stripe.paymentIntents.list()).data).toEqual([])
  },
)

test('five levels are too many', async () => {
  const { stripe } = await startSandbox()
  const path = 'latest_charge.refunds.data.charge.customer'
  expect((await refusal(stripe.paymentIntents.list({ expand: [path] }).then((list) => list))).message).toBe(
    `You cannot expand more than 4 levels of a property. Property: ${path}`,
  )
})
