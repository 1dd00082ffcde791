import { cleanLine } from '../../../../contract/clean-text.ts'
import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, isObject, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { customerName } from '../../wording/names.ts'

export const expireCheckoutSession = defineTool({
  name: 'stripe_expire_checkout_session',
  group: 'Checkout Sessions',
  description: 'Expire an unfinished checkout session',
  mode: 'write',
  effect: 'change',
  operation: 'checkout.sessions.expire',
  pathParam: {
    name: 'checkout_session_id',
    aliases: ['session', 'id'],
    description: 'The checkout session, cs_test_… or cs_live_…',
  },
  usual: [],
  guidance: {
    whenToUse:
      'To close a checkout page that is still open, so that its link no longer works. A finished one is refunded instead: stripe_create_refund.',
    askBefore: ['That the customer is not to pay with this link any more.'],
    safeDefaults: ['Only status open can be expired; by itself it ends after 24 hours.'],
    examples: [{ title: 'Close the page', params: { checkout_session_id: EXAMPLE.checkoutSession } }],
    followups: ['stripe_create_checkout_session for another page.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'checkout_session_id') ?? ''
    const session = await read('checkout.sessions.retrieve', { id, expand: ['customer'] })
    const status = textAt(session, 'status') ?? 'unknown'
    if (status !== 'open') {
      throw new Problem(
        'invalid_state',
        `The checkout session is ${status}: only an open one can be expired.`,
        {
          nextStep:
            status === 'complete'
              ? 'It is finished: read it with stripe_get_checkout_session; stripe_create_refund gives the money back.'
              : 'Nothing is left to do. stripe_create_checkout_session makes another page.',
        },
      )
    }
    const mode = textAt(session, 'mode') ?? ''
    const amount = session['amount_total']
    const currency = textAt(session, 'currency') ?? ''
    const total = typeof amount === 'number' ? ` over ${formatMoney({ amount, currency })}` : ''
    const whom = buyer(session)
    const recovery = objectAt(objectAt(session, 'after_expiration') ?? {}, 'recovery')?.['enabled'] === true
    return {
      params,
      stakes: { customer: idAt(session, 'customer') ?? null },
      facts: {
        status,
        mode,
        amount: typeof amount === 'number' ? amount : null,
        currency,
        customer: whom,
        recovery,
      },
      describe() {
        return {
          summary: `Close the checkout page (${mode})${total} of ${whom}: its link stops working at once`,
          changes: [
            becomes('Page', 'open', 'expired', 'status', 'expired'),
            becomes('Link', 'works', 'gone', 'url', null),
          ],
          warnings: [
            'Whoever is on the page now can no longer finish it.',
            ...(recovery
              ? ['Recovery is on: Stripe makes a link with which the customer can buy it after all.']
              : []),
          ],
          irreversible: 'An expired session never opens again; another one can be made.',
          told: ['checkout_session_id'],
          literal: [],
        }
      },
    }
  },
})

function buyer(session: Params): string {
  const customer = session['customer']
  if (isObject(customer)) return customerName(customer)
  return cleanLine(textAt(session, 'customer_email') ?? 'no known customer', 120)
}
