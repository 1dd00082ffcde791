import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

proveTools('Customers', {
  stripe_get_customer: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a customer is read with name, e-mail and balance',
      async (bench) => {
        const id = await jane(bench)
        const customer = await bench.read('stripe_get_customer', { customer_id: id })
        expect(customer).toMatchObject({ id, name: 'Jane Doe', email: 'jane@example.com' })
      },
    ],
    subtle: [
      'a deleted customer is answered as deleted, not as missing',
      async (bench) => {
        const id = await jane(bench)
        await bench.stripe.customers.del(id)
        expect(await bench.read('stripe_get_customer', { customer_id: id })).toMatchObject({
          id,
          deleted: true,
        })
      },
    ],
    error: [
      'an unknown id says customer_not_found and how to find the right one',
      async (bench) => {
        const error = await bench.refused('stripe_get_customer', { customer_id: 'cus_Nobody42x9' })
        expect(error).toMatchObject({ code: 'customer_not_found', retryable: false })
        expect(error.next_step).toContain('stripe_')
      },
    ],
  },
})
