import { beforeAll, expect, test } from 'vitest'
import type { Integration } from '../../../define.ts'
import { JANE, openTestStripe, plan, VISA, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const detach = (account: Account) =>
  plan(
    stripe,
    'stripe_detach_payment_method',
    { payment_method_id: VISA.id },
    { 'paymentMethods.retrieve': VISA, 'customers.retrieve': JANE, ...account },
  )

test('what this key may not see is said, not taken for nothing', async () => {
  const { description, facts } = await detach({})
  expect(description.warnings.join(' ')).toContain('may not list subscriptions')
  expect(description.warnings.join(' ')).not.toContain('only payment method')
  expect(facts).toMatchObject({ charged_subscriptions: null, is_last: false })
})

test('more subscriptions than one page may use it, too', async () => {
  const subscription = { id: 'sub_1QpTx4mZc7k', status: 'past_due', default_payment_method: VISA.id }
  const { description, stakes } = await detach({
    'subscriptions.list': { object: 'list', has_more: true, data: [subscription] },
    'paymentMethods.list': { object: 'list', has_more: false, data: [VISA] },
  })
  expect(description.warnings).toEqual([
    expect.stringContaining('Subscription sub_1QpTx4mZc7k (past_due) is charged to it'),
    expect.stringContaining('more than 100 subscriptions'),
    'It is the only payment method of this customer.',
  ])
  expect(stakes).toMatchObject({ money: [], customer: JANE.id })
})

test('a subscription that is paid by invoice, or from a source of its own, is not taken for one of its', async () => {
  const owner = { ...JANE, invoice_settings: { default_payment_method: VISA.id } }
  const data = [
    {
      id: 'sub_1ByInvoice',
      status: 'active',
      default_payment_method: null,
      collection_method: 'send_invoice',
    },
    {
      id: 'sub_1BySource',
      status: 'active',
      default_payment_method: null,
      default_source: 'card_1QpTx4mZc7k',
    },
    { id: 'sub_1ByDefault', status: 'active', default_payment_method: null },
  ]
  const { description } = await detach({
    'customers.retrieve': owner,
    'subscriptions.list': { object: 'list', has_more: false, data },
  })
  const text = description.warnings.join(' ')
  expect(text).toContain('sub_1ByDefault')
  expect(text).not.toMatch(/sub_1ByInvoice|sub_1BySource/)
})
