import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { idAt } from '../json.ts'
import { methodName } from './names.ts'

/**
 * The payment method that somebody is to pay with; `saved` where it must be saved with the customer already.
 *
 * @throws Problem where it is saved with somebody else
 */
export async function readMethodOf(
  read: Read,
  id: string,
  customer: string | undefined,
  { saved = false } = {},
): Promise<Params> {
  const method = await read('paymentMethods.retrieve', { id })
  const owner = idAt(method, 'customer')
  if (owner === customer || (owner === undefined && !saved)) return method
  const name = methodName(method)
  if (owner === undefined) {
    throw new Problem('payment_method_unusable', `${name} is not saved with ${customer ?? 'a customer'}.`, {
      nextStep: 'Attach it with stripe_attach_payment_method first.',
    })
  }
  throw new Problem(
    'payment_method_unusable',
    `${name} is saved with ${owner}${customer === undefined ? '' : `, not with ${customer}`}.`,
    {
      nextStep:
        customer === undefined
          ? `Use it with its customer ${owner}, or choose another payment method with the user.`
          : 'Choose with the user from stripe_list_payment_methods of this customer.',
    },
  )
}
