import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { textAt } from '../json.ts'

/** The customer that a write names; a deleted one is refused, as Stripe would. */
export async function readLivingCustomer(read: Read, id: string, expand: string[] = []): Promise<Params> {
  const customer = await read('customers.retrieve', { id, ...(expand.length === 0 ? {} : { expand }) })
  if (customer['deleted'] === true) {
    throw new Problem('customer_not_found', `The customer ${id} was deleted.`, {
      nextStep:
        'Find the right customer with stripe_search_customers, or make one with stripe_create_customer.',
    })
  }
  return customer
}

/** The one in `params`, if any is named. */
export async function readGivenCustomer(read: Read, params: Params): Promise<Params | undefined> {
  const id = textAt(params, 'customer')
  return id === undefined ? undefined : readLivingCustomer(read, id)
}
