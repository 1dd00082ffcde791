import type { Bench } from '../support/prove-tools.ts'

export const SUCCESS = 'https://shop.example/thanks'

export const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

export const priceOf = async ({ stripe }: Bench, amount: number, interval?: 'month'): Promise<string> =>
  (
    await stripe.prices.create({
      currency: 'usd',
      unit_amount: amount,
      product_data: { name: interval === undefined ? 'Mug' : 'Pro plan' },
      ...(interval === undefined ? {} : { recurring: { interval } }),
    })
  ).id
