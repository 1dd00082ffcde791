import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, VISA } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const SETUP = {
  id: 'seti_1QpTx4mZc7kW1rB',
  object: 'setup_intent',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  customer: JANE,
  payment_method: { ...VISA, customer: null },
  status: 'requires_confirmation',
  usage: 'on_session',
}

const confirm = (params: Params, intent: Params = SETUP, method: Params = { ...VISA, customer: null }) =>
  plan(
    stripe,
    'stripe_confirm_setup_intent',
    { setup_intent_id: SETUP.id, ...params },
    { 'setupIntents.retrieve': intent, 'paymentMethods.retrieve': method },
  )

test('the payment method of the intent is saved where none is given', async () => {
  const { description, stakes } = await confirm({})
  expect(description.summary).toBe(
    `Save Visa ••4242 (${VISA.id}) for Jane Doe <jane@example.com> (${JANE.id}), to be charged later (${SETUP.id}); nothing is charged by this`,
  )
  expect(description.changes[1]?.check).toEqual({
    read: { operation: 'paymentMethods.retrieve', params: { id: VISA.id } },
    path: 'customer',
    value: JANE.id,
  })
  expect(description.uninterpreted).toEqual([])
  expect(stakes.customer).toBe(JANE.id)
})

test('an intent that may redirect needs a place to come back to', async () => {
  const redirecting = { ...SETUP, automatic_payment_methods: { enabled: true, allow_redirects: 'always' } }
  await expect(confirm({}, redirecting)).rejects.toMatchObject({ code: 'invalid_params' })
  const { sent } = await confirm({ return_url: 'https://shop.example/' }, redirecting)
  expect(sent).toEqual({ return_url: 'https://shop.example/' })
})

test('without a customer nothing is saved for anybody, and the details of a new method are shown as they are', async () => {
  const { description } = await confirm(
    { payment_method_data: { type: 'card' } },
    { ...SETUP, customer: null, payment_method: null },
  )
  expect(description.warnings.join(' ')).toContain('saved for nobody')
  expect(description.uninterpreted).toEqual(['payment_method_data'])
  expect(description.changes).toHaveLength(1)
})

test('the payment method of somebody else is refused', async () => {
  const foreign = { ...VISA, customer: 'cus_QpTxSomebodyElse' }
  await expect(confirm({ payment_method: VISA.id }, SETUP, foreign)).rejects.toMatchObject({
    code: 'payment_method_unusable',
  })
})
