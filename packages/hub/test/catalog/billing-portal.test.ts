import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

const productWithPrices = async ({ stripe }: Bench) => {
  const { id: product } = await stripe.products.create({ name: 'Pro plan' })
  const price = async (amount: number) =>
    (
      await stripe.prices.create({
        product,
        currency: 'usd',
        unit_amount: amount,
        recurring: { interval: 'month' },
      })
    ).id
  return { product, price: await price(2000), otherPrice: await price(3000) }
}

proveTools('Billing Portal', {
  stripe_create_billing_portal_session: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a link for the customer that was shown, with what they can do there; it is delivered once',
      async (bench) => {
        const customer = await jane(bench)
        const { preview, result } = await bench.write('stripe_create_billing_portal_session', {
          customer,
          return_url: 'https://shop.example/account',
        })
        expect(preview.effect).toBe('change')
        expect(preview.summary).toContain(`the billing of Jane Doe <jane@example.com> (${customer})`)
        const can = preview.changes.find((change: { what: string }) => change.what === 'There they can')
        expect(can.after).toContain('see and download their invoices')
        expect(can.after).toContain('cancel subscriptions at the end of the period')
        expect(preview.warnings[0]).toContain('The url is a secret')
        expect(result).toMatchObject({ customer, return_url: 'https://shop.example/account' })
        expect(result.url).toMatch(/^http/)
        const again = await bench.hub.device.call('stripe_create_billing_portal_session', {
          confirmation: preview.confirmation,
        })
        expect(JSON.stringify(again.body)).not.toContain(result.url)
      },
    ],
    subtle: [
      'without a configuration the default one is named and sent, so that what was told is what is opened',
      async (bench) => {
        const customer = await jane(bench)
        const { data } = await bench.stripe.billingPortal.configurations.list({ is_default: true })
        const { preview, result } = await bench.write('stripe_create_billing_portal_session', { customer })
        expect(result.configuration).toBe(data[0]?.id)
        expect(JSON.stringify(preview.changes)).toContain(`${data[0]?.id}, the default`)
        const other = await bench.stripe.billingPortal.configurations.create({
          name: 'Cards only',
          features: { payment_method_update: { enabled: true } },
        })
        const chosen = await bench.write('stripe_create_billing_portal_session', {
          customer,
          configuration: other.id,
        })
        expect(JSON.stringify(chosen.preview.changes)).toContain(`Cards only (${other.id})`)
        expect(JSON.stringify(chosen.preview.changes)).not.toContain('cancel subscriptions')
        const flow = await bench.refused('stripe_create_billing_portal_session', {
          customer,
          configuration: other.id,
          flow_data: {
            type: 'subscription_cancel',
            subscription_cancel: { subscription: 'sub_1QpTxUnseen42' },
          },
        })
        expect(flow).toMatchObject({ code: 'invalid_state' })
        expect(flow.next_step).toContain('stripe_create_billing_portal_configuration')
      },
    ],
    error: [
      'a configuration that is switched off is refused, as is a customer who is not there',
      async (bench) => {
        const customer = await jane(bench)
        const { id } = await bench.stripe.billingPortal.configurations.create({
          features: { invoice_history: { enabled: true } },
        })
        await bench.stripe.billingPortal.configurations.update(id, { active: false })
        const off = await bench.refused('stripe_create_billing_portal_session', {
          customer,
          configuration: id,
        })
        expect(off).toMatchObject({ code: 'invalid_state' })
        expect(off.next_step).toContain('Leave configuration out')
        await bench.stripe.customers.del(customer)
        const gone = await bench.refused('stripe_create_billing_portal_session', { customer })
        expect(gone).toMatchObject({ code: 'customer_not_found' })
        expect(gone.next_step).toContain('stripe_search_customers')
      },
    ],
  },

  stripe_create_billing_portal_configuration: {
    fixtures: productWithPrices,
    normal: [
      'each feature that is switched on is told and on, the others are off',
      async (bench) => {
        const { preview, result } = await bench.write('stripe_create_billing_portal_configuration', {
          name: 'Self-service',
          features: {
            customer_update: { enabled: true, allowed_updates: ['email', 'tax_id'] },
            invoice_history: { enabled: false },
            subscription_cancel: {
              enabled: true,
              mode: 'immediately',
              proration_behavior: 'create_prorations',
            },
          },
          default_return_url: 'https://shop.example/account',
        })
        const told = preview.changes
          .filter((change: { what: string }) => change.what === 'Customers can')
          .map((change: { after: string }) => change.after)
        expect(told).toEqual([
          'change their own email, tax id',
          'cancel subscriptions at once, prorated on the next invoice',
        ])
        expect(preview.warnings.join(' ')).toContain('without anybody here being asked')
        const made = await bench.stripe.billingPortal.configurations.retrieve(result.id)
        expect(made.features).toMatchObject({
          customer_update: { enabled: true, allowed_updates: ['email', 'tax_id'] },
          invoice_history: { enabled: false },
          payment_method_update: { enabled: false },
          subscription_cancel: { enabled: true, mode: 'immediately' },
          subscription_update: { enabled: false },
        })
      },
    ],
    subtle: [
      'changing plans needs the products, which are named; it does not become the default, and cannot be deleted',
      async (bench) => {
        const { product, price, otherPrice } = await productWithPrices(bench)
        const update = { enabled: true, default_allowed_updates: ['price', 'quantity'] }
        const none = await bench.refused('stripe_create_billing_portal_configuration', {
          features: { subscription_update: update },
        })
        expect(none).toMatchObject({
          code: 'invalid_params',
          violations: [{ path: 'features.subscription_update.products' }],
        })
        const { preview, result } = await bench.write('stripe_create_billing_portal_configuration', {
          features: {
            subscription_update: {
              ...update,
              products: [{ product, prices: [price, otherPrice] }],
              proration_behavior: 'always_invoice',
            },
            subscription_pause: { enabled: true, duration: { type: 'indefinite' } },
          },
        })
        const text = JSON.stringify(preview.changes)
        expect(text).toContain(
          'price, quantity of subscriptions among 1 product, prorated and invoiced at once',
        )
        expect(text).toContain(`Pro plan (${product}) at ${price}, ${otherPrice}`)
        expect(text).toContain('pause subscriptions without an end')
        expect(preview.warnings.join(' ')).toContain('cannot be deleted')
        expect(result.is_default).toBe(false)
      },
    ],
    error: [
      'without features nothing is made, and a product that is not there is found out before',
      async (bench) => {
        const empty = await bench.refused('stripe_create_billing_portal_configuration', { features: {} })
        expect(empty).toMatchObject({ code: 'invalid_params' })
        const bare = await bench.refused('stripe_create_billing_portal_configuration', {
          features: { customer_update: { enabled: true } },
        })
        expect(bare).toMatchObject({ violations: [{ path: 'features.customer_update.allowed_updates' }] })
        const unknown = await bench.refused('stripe_create_billing_portal_configuration', {
          features: {
            subscription_update: {
              enabled: true,
              default_allowed_updates: ['price'],
              products: [{ product: 'prod_Nobody42x9', prices: ['price_1QpTxNobody42x9'] }],
            },
          },
        })
        expect(unknown).toMatchObject({ code: 'product_not_found' })
        expect(unknown.next_step).toContain('stripe_list_products')
      },
    ],
  },
})
