import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const charge = (params: Params, account: Account = {}) =>
  plan(stripe, 'stripe_create_charge', { amount: 5000, currency: 'usd', ...params }, account)

test('a source is named by its card; one that cannot be read by its id', async () => {
  const source = { id: 'src_1QpTx4mZc7kW1rB', card: { brand: 'Visa', last4: '4242' } }
  const known = await charge({ source: source.id }, { 'sources.retrieve': source })
  expect(known.description.summary).toBe('Charge $50.00 now on Visa ••4242 (src_1QpTx4mZc7kW1rB)')
  const unknown = await charge({ source: source.id })
  expect(unknown.description.summary).toBe('Charge $50.00 now on src_1QpTx4mZc7kW1rB')
  expect(known.sent['source']).toBe(source.id)
})

test('another currency, a receipt and money that goes elsewhere are not passed over', async () => {
  const { description } = await charge(
    {
      customer: JANE.id,
      source: 'card_1QpTx4mZc7kW1rB',
      currency: 'eur',
      receipt_email: 'jane@example.com',
      transfer_data: { destination: 'acct_1QpTx4mZc7kW1rB' },
    },
    { 'customers.retrieve': JANE },
  )
  expect(description.warnings.join(' ')).toMatch(/pays in USD.*A receipt is sent to jane@example\.com when/)
  expect(description.uninterpreted).toEqual(['transfer_data'])
})

test('a deleted customer and a charge of nobody are refused', async () => {
  await expect(charge({})).rejects.toMatchObject({ code: 'invalid_params' })
  const deleted = { id: JANE.id, deleted: true }
  await expect(charge({ customer: JANE.id }, { 'customers.retrieve': deleted })).rejects.toMatchObject({
    code: 'customer_not_found',
  })
})
