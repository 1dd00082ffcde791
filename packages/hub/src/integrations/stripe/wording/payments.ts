import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { objectAt, textAt } from '../json.ts'
import { readMethodOf } from './methods.ts'
import { cardName, customerName, methodName } from './names.ts'
import { keepsItsId } from './payment-methods.ts'
import { readIfAllowed } from './read-if-allowed.ts'

/** How the tools name a payment intent in the path. */
export function intentId(description: string): { name: string; aliases: string[]; description: string } {
  return { name: 'payment_intent_id', aliases: ['intent', 'payment_intent', 'id'], description }
}

/** A payment intent with whom and what it charges. */
export async function readIntent(read: Read, params: Params, expand: string[] = []): Promise<Params> {
  const id = textAt(params, 'payment_intent_id')
  return read('paymentIntents.retrieve', { id, expand: ['customer', 'payment_method', ...expand] })
}

/** `ch_…, Visa ••4242, Jane Doe <jane@example.com> (cus_…)`: a charge or payment intent as people know it. */
export function paymentName(payment: Params): string {
  const method = objectAt(payment, 'payment_method')
  const card = cardName(objectAt(payment, 'payment_method_details')) ?? (method && methodName(method))
  const customer = objectAt(payment, 'customer')
  return [textAt(payment, 'id') ?? '', card, customer && customerName(customer)].filter(Boolean).join(', ')
}

/** The payment method that is charged. A test card by name is a new one at each read, if it can be read at all. */
export async function readCharged(read: Read, id: string, customer: string | undefined): Promise<Params> {
  if (keepsItsId({ id })) return readMethodOf(read, id, customer)
  return (await readIfAllowed(read, 'paymentMethods.retrieve', { id })) ?? { id, type: 'test card' }
}

/** Whoever gets a receipt: the first of these objects that has an address for it. */
export function receiptWarnings(...objects: Params[]): string[] {
  const address = objects.map((object) => textAt(object, 'receipt_email')).find((one) => one !== undefined)
  return address === undefined ? [] : [`A receipt is sent to ${address} when the payment succeeds.`]
}

/** Refuses what has a status that Stripe would refuse; the next step is for whoever wanted this. */
export function refuseState(id: string, state: string, cannot: string, nextStep: string): never {
  throw new Problem('invalid_state', `${id} is ${state}: it cannot be ${cannot}.`, { nextStep })
}

/**
 * Stripe charges nothing before it knows where to send the customer back to, if a payment method of the account
 * might lead away: with `automatic` payment methods, unless told that nobody is there or that none may.
 */
export function refuseWithoutReturnUrl(
  automatic: Params | undefined,
  params: Params,
  nextStep: string,
): void {
  const mayRedirect = automatic?.['enabled'] === true && automatic['allow_redirects'] !== 'never'
  const nobodyThere =
    params['error_on_requires_action'] === true || (params['off_session'] ?? false) !== false
  if (!mayRedirect || nobodyThere || params['return_url'] !== undefined) return
  throw new Problem(
    'invalid_params',
    'Stripe wants a return_url: this payment may lead to a page of a bank.',
    {
      nextStep,
    },
  )
}
