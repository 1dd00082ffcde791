import { expect } from 'vitest'
import { jane, monthlyPrice, nobody, savedCard } from './customers.ts'
import type { Proof } from './prove-tools.ts'

/** The journeys of the tools that end, credit or open what belongs to a customer. */
export const customerConsequenceProofs: Record<string, Proof> = {
  stripe_delete_customer: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a customer without anything is deleted, and the answer says so',
      async (bench) => {
        const id = await jane(bench)
        const { preview, result } = await bench.write('stripe_delete_customer', { customer_id: id })
        expect(preview).toMatchObject({ effect: 'money' })
        expect(preview.summary).toContain(
          `Delete Jane Doe <jane@example.com> (${id}) with no active subscription and no payment method`,
        )
        expect(preview.irreversible).toContain('cannot be brought back')
        expect(result).toMatchObject({ id, deleted: true })
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ deleted: true })
      },
    ],
    subtle: [
      'all that goes with it is told: subscriptions at once, cards, balance, unpaid invoices',
      async (bench) => {
        const { stripe } = bench
        const id = await jane(bench)
        const card = await savedCard(bench, id)
        const subscription = await stripe.subscriptions.create({
          customer: id,
          items: [{ price: await monthlyPrice(bench), quantity: 3 }],
          default_payment_method: card,
        })
        await stripe.customers.createBalanceTransaction(id, { amount: -700, currency: 'usd' })
        await stripe.invoiceItems.create({ customer: id, amount: 1200, currency: 'usd' })
        const invoice = await stripe.invoices.create({
          customer: id,
          collection_method: 'send_invoice',
          days_until_due: 30,
          pending_invoice_items_behavior: 'include',
        })
        const { preview } = await bench.write('stripe_delete_customer', { customer_id: id })
        const shown = JSON.stringify(preview.changes)
        expect(preview.summary).toContain('1 active subscription and 1 payment method')
        expect(shown).toContain('3 × $20.00 per month')
        expect(shown).toContain('Mastercard ••4444')
        expect(shown).toContain('$7.00 credit')
        expect(preview.warnings).toContainEqual(
          expect.stringMatching(new RegExp(`${invoice.id}.*draft, \\$5\\.00.*nothing collects it`)),
        )
        expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
        expect((await stripe.paymentMethods.retrieve(card)).customer).toBeNull()
      },
    ],
    error: [nobody[0], nobody[1]('stripe_delete_customer')],
  },
  stripe_create_customer_balance_transaction: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a negative amount is told as credit, and the balance is what was said',
      async (bench) => {
        const id = await jane(bench)
        await bench.stripe.customers.createBalanceTransaction(id, { amount: -300, currency: 'usd' })
        const { preview, result } = await bench.write('stripe_create_customer_balance_transaction', {
          customer_id: id,
          amount: { value: '-5.00', currency: 'usd' },
          description: 'Goodwill',
        })
        expect(preview.summary).toContain('a credit of $5.00')
        expect(preview.effect).toBe('money')
        expect(preview.changes).toContainEqual(
          expect.objectContaining({ before: '$3.00 credit (-300 usd)', after: '$8.00 credit (-800 usd)' }),
        )
        expect(result).toMatchObject({ amount: -500, type: 'adjustment', ending_balance: -800 })
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ balance: -800 })
      },
    ],
    subtle: [
      'a positive amount is told as a debt, and the first one fixes the currency',
      async (bench) => {
        const id = await jane(bench)
        const { preview } = await bench.write('stripe_create_customer_balance_transaction', {
          customer_id: id,
          amount: 1500,
          currency: 'eur',
        })
        expect(preview.summary).toContain('Add €15.00 to what Jane Doe')
        expect(preview.warnings.join(' ')).toContain('billed in EUR alone')
        expect(preview.irreversible).toContain('cannot be changed or deleted')
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ balance: 1500, currency: 'eur' })
      },
    ],
    error: [
      'another currency than the customer’s and an amount of nothing are refused',
      async (bench) => {
        const id = await jane(bench)
        await bench.stripe.customers.createBalanceTransaction(id, { amount: -300, currency: 'usd' })
        const tool = 'stripe_create_customer_balance_transaction'
        const error = await bench.refused(tool, { customer_id: id, amount: -500, currency: 'eur' })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('is in usd')
        const nothing = await bench.refused(tool, { customer_id: id, amount: 0, currency: 'usd' })
        expect(nothing.code).toBe('invalid_params')
        await nobody[1](tool, { amount: 1, currency: 'usd' })(bench)
      },
    ],
  },
  stripe_create_customer_session: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a component is opened for a customer, and the secret is delivered once',
      async (bench) => {
        const customer = await jane(bench)
        const { preview, result, body } = await bench.write('stripe_create_customer_session', {
          customer,
          components: { pricing_table: { enabled: true } },
        })
        expect(preview.summary).toContain('Open pricing_table for Jane Doe')
        expect(preview.warnings.join(' ')).toContain('subscribe as this customer')
        expect(result.client_secret).toMatch(/^cuss_/)
        const again = await bench.hub.device.call('stripe_create_customer_session', {
          confirmation: body.confirmation,
        })
        expect(again.status).toBe(200)
        expect(JSON.stringify(again.body)).not.toContain(result.client_secret)
      },
    ],
    subtle: [
      'it is not the billing portal: the tool says so, and without an enabled component nothing is asked',
      async (bench) => {
        const customer = await jane(bench)
        const described = await bench.hub.device.request('GET', '/tools/stripe_create_customer_session')
        expect(JSON.stringify(described.body)).toContain('stripe_create_billing_portal_session')
        const none = { customer, components: { buy_button: { enabled: false } } }
        const error = await bench.refused('stripe_create_customer_session', none)
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('payment_element')
      },
    ],
    error: [
      'an unknown customer says customer_not_found; components are needed',
      async (bench) => {
        const components = { payment_element: { enabled: true } }
        const error = await bench.refused('stripe_create_customer_session', {
          customer: 'cus_Nobody42x9',
          components,
        })
        expect(error).toMatchObject({ code: 'customer_not_found' })
        expect(error.next_step).toContain('stripe_search_customers')
        const bare = await bench.refused('stripe_create_customer_session', { customer: await jane(bench) })
        expect(bare).toMatchObject({ code: 'invalid_params' })
        expect(bare.message).toContain('components')
      },
    ],
  },
}
