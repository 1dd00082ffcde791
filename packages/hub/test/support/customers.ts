import { expect } from 'vitest'
import type { Bench } from './prove-tools.ts'

export const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

/** A payment method that is not saved with anybody yet. */
export const newCard = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })).id

export const savedCard = async ({ stripe }: Bench, customer: string): Promise<string> =>
  (await stripe.paymentMethods.attach('pm_card_mastercard', { customer })).id

export const monthlyPrice = async ({ stripe }: Bench): Promise<string> =>
  (
    await stripe.prices.create({
      currency: 'usd',
      unit_amount: 2000,
      recurring: { interval: 'month' },
      product_data: { name: 'Gold' },
    })
  ).id

/** What every tool says of an id that is none. */
export const nobody = [
  'an unknown customer says customer_not_found and how to find the right one',
  (tool: string, params: Record<string, unknown> = {}) =>
    async (bench: Bench) => {
      const error = await bench.refused(tool, { customer_id: 'cus_Nobody42x9', ...params })
      expect(error).toMatchObject({ code: 'customer_not_found', retryable: false })
      expect(error.next_step).toContain('stripe_search_customers')
    },
] as const
