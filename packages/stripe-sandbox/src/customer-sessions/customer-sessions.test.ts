import { expect, test } from 'vitest'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'

test('a customer session enables components for half an hour', async () => {
  const { stripe } = await startSandbox()
  const { id: customer } = await stripe.customers.create()
  const session = await stripe.customerSessions.create({
    customer,
    components: {
      payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled' } },
      customer_portal: { enabled: true },
    },
  })
  expect(session).toMatchObject({
    customer,
    expires_at: START_SECONDS + 1800,
    components: {
      buy_button: { enabled: false },
      customer_portal: { enabled: true },
      customer_sheet: { enabled: false, features: null },
      payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled' } },
    },
  })
  expect(session.client_secret).toMatch(/^cuss_secret_[A-Za-z0-9]{32}$/)
  const none = stripe.customerSessions.create({ customer, components: { buy_button: { enabled: false } } })
  expect((await refusal(none)).param).toBe('components')
})
