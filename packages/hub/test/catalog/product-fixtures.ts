import type { Bench, Proof } from '../support/prove-tools.ts'

export const plan = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.products.create({ name: 'Pro plan' })).id

export const monthly = async ({ stripe }: Bench, product: string, amount = 2000): Promise<string> =>
  (
    await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: amount,
      recurring: { interval: 'month' },
    })
  ).id

export const fixtures: Proof['fixtures'] = async (bench) => ({ product: await plan(bench) })
