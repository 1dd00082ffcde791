import { Problem } from '../../../contract/problem.ts'
import type { Params } from '../../define.ts'
import { objectAt, textAt } from '../json.ts'
import { wrongParam } from './wrong-param.ts'

/** Ended for good; every other status can still be confirmed or canceled. */
const FINAL = new Set(['succeeded', 'canceled'])

export function refuseFinalSetup(intent: Params, id: string, what: string): void {
  const status = textAt(intent, 'status') ?? 'unknown'
  if (!FINAL.has(status)) return
  throw new Problem('invalid_state', `${id} is ${status}: it cannot be ${what}.`, {
    nextStep:
      status === 'succeeded'
        ? 'The payment method is saved; stripe_detach_payment_method removes it if that is what the user wants.'
        : 'Start anew with stripe_create_setup_intent.',
  })
}

/** Stripe wants to know where to send the customer back to, unless no method of the intent redirects. */
export function refuseWithoutReturnUrl(params: Params, intent: Params): void {
  if (params['return_url'] !== undefined) return
  const automatic = objectAt(intent, 'automatic_payment_methods')
  if (automatic?.['enabled'] !== true || textAt(automatic, 'allow_redirects') === 'never') return
  throw wrongParam(
    'return_url',
    '"return_url" is needed, unless the intent was made with automatic_payment_methods {"enabled": true, "allow_redirects": "never"}',
  )
}

export const AUTHENTICATION =
  'The bank may want the customer to authenticate (requires_action); nothing is saved before that.'
