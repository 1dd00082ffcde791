import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const CONFIGURATION = {
  id: 'bpc_1QpTx4mZc7kW1rB',
  object: 'billing_portal.configuration',
  active: true,
  is_default: true,
  name: null,
  features: {
    customer_update: { enabled: false, allowed_updates: [] },
    invoice_history: { enabled: true },
    subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
    subscription_pause: {
      enabled: true,
      duration: { type: 'interval_options', interval_options: [{ interval: 'month', interval_count: 2 }] },
    },
  },
}

const list = (...data: Params[]) => ({ object: 'list', has_more: false, data })

const create = (params: Params, account: Account = {}) =>
  plan(
    stripe,
    'stripe_create_billing_portal_session',
    { customer: JANE.id, ...params },
    {
      'customers.retrieve': JANE,
      'billingPortal.configurations.list': list(CONFIGURATION),
      'billingPortal.configurations.retrieve': CONFIGURATION,
      ...account,
    },
  )

test('an account without a default configuration is told which tool makes one', async () => {
  const none = { 'billingPortal.configurations.list': list() }
  const problem = create({}, none)
  await expect(problem).rejects.toMatchObject({ code: 'invalid_state' })
  await expect(problem).rejects.toMatchObject({
    nextStep: expect.stringContaining('stripe_create_billing_portal_configuration'),
  })
  const { sent } = await create({ configuration: CONFIGURATION.id }, none)
  expect(sent['configuration']).toBe(CONFIGURATION.id)
})

test('what is switched on is told, and what is off is not', async () => {
  const { description, sent } = await create({ return_url: 'https://shop.example/account' })
  expect(sent).toEqual({
    customer: JANE.id,
    configuration: CONFIGURATION.id,
    return_url: 'https://shop.example/account',
  })
  expect(description.changes).toContainEqual({
    what: 'There they can',
    before: null,
    after:
      'see and download their invoices; cancel subscriptions at the end of the period; pause subscriptions for 2 months',
  })
  expect(description.uninterpreted).toEqual([])
})

test('a single task is told with its subscription; an offer to stay gives a discount, so that a person looks', async () => {
  const cancel = { subscription: 'sub_1QpTx4mZc7kW1rB' }
  const flow = (more = {}) => ({
    flow_data: { type: 'subscription_cancel', subscription_cancel: { ...cancel, ...more } },
  })
  const { description } = await create(flow())
  expect(description.uninterpreted).toEqual([])
  expect(JSON.stringify(description.changes)).toContain('subscription cancel of sub_1QpTx4mZc7kW1rB alone')
  const offered = await create(
    flow({ retention: { type: 'coupon_offer', coupon_offer: { coupon: 'STAY' } } }),
  )
  expect(offered.description.uninterpreted).toEqual(['flow_data'])
  await expect(create({ flow_data: { type: 'payment_method_update' } })).rejects.toMatchObject({
    code: 'invalid_state',
  })
})
