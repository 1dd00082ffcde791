import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { idAt } from '../json.ts'
import { methodName } from './names.ts'

/** The payment method that somebody is to pay with. @throws Problem where it is saved with somebody else */
export async function readMethodOf(read: Read, id: string, customer: string | undefined): Promise<Params> {
  const method = await read('paymentMethods.retrieve', { id })
  const owner = idAt(method, 'customer')
  if (owner === undefined || owner === customer) return method
  throw new Problem(
    'payment_method_unusable',
    customer === undefined
      ? `${methodName(method)} is saved with ${owner}: without this customer Stripe does not take it.`
      : `${methodName(method)} is saved with ${owner}, not with ${customer}.`,
    {
      nextStep:
        customer === undefined
          ? `If ${owner} is who pays, give it as the customer.`
          : 'Choose with the user from stripe_list_payment_methods of this customer.',
    },
  )
}
