import type { Stripe } from 'stripe'
import { startSandbox } from '../../test/harness.ts'

/** What the tests of subscriptions share. For tests alone. */
export const DAY = 86_400

export async function withCustomer(card: string | null = 'pm_card_visa') {
  const started = await startSandbox()
  const { stripe } = started
  const customer = await stripe.customers.create({
    email: 'jane@example.com',
    ...(card === null ? {} : { payment_method: card, invoice_settings: { default_payment_method: card } }),
  })
  const price = async (unit_amount: number, params: Partial<Stripe.PriceCreateParams> = {}) =>
    (
      await stripe.prices.create({
        currency: 'usd',
        unit_amount,
        recurring: { interval: 'month' },
        product_data: { name: 'Gold' },
        ...params,
      })
    ).id
  const subscribe = async (items: Stripe.SubscriptionCreateParams.Item[], params: object = {}) =>
    stripe.subscriptions.create({ customer: customer.id, items, expand: ['latest_invoice'], ...params })
  return { ...started, customer: customer.id, price, subscribe }
}

export function invoiceOf(subscription: Stripe.Subscription): Stripe.Invoice {
  const invoice = subscription.latest_invoice
  if (invoice === null || typeof invoice === 'string') throw new Error('not expanded')
  return invoice
}

export const itemOf = (subscription: Stripe.Subscription) => subscription.items.data[0]?.id ?? ''
export const amounts = (invoice: Stripe.Invoice) => invoice.lines.data.map(({ amount }) => amount)
