import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, listAt, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { customerName, readCustomer } from '../../wording/names.ts'
import { methodWithId } from '../../wording/payment-methods.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

const READ_AT_MOST = 100

export const detachPaymentMethod = defineTool({
  name: 'stripe_detach_payment_method',
  group: 'Payment Methods',
  description: 'Remove a payment method from a customer',
  mode: 'write',
  effect: 'money',
  operation: 'paymentMethods.detach',
  pathParam: {
    name: 'payment_method_id',
    aliases: ['payment_method', 'id'],
    description: 'The payment method, pm_…',
  },
  usual: [],
  guidance: {
    whenToUse:
      'To remove a saved payment method for good. To use another one as the default, stripe_update_customer is enough.',
    askBefore: ['Which one, and that the customer does not need it any more.'],
    safeDefaults: ['Move subscriptions to another payment method first: the preview says which ones use it.'],
    examples: [{ title: 'Remove a card', params: { payment_method_id: EXAMPLE.paymentMethod } }],
    followups: ['The customer can save one anew on a page of stripe_create_billing_portal_session.'],
  },
  async prepare(params, read) {
    const method = await read('paymentMethods.retrieve', { id: textAt(params, 'payment_method_id') })
    const id = textAt(method, 'id') ?? ''
    const owner = idAt(method, 'customer')
    if (owner === undefined) {
      throw new Problem(
        'invalid_state',
        `${methodWithId(method)} belongs to no customer: there is nothing to detach.`,
        {
          nextStep: 'Look with stripe_list_payment_methods which ones the customer has.',
        },
      )
    }
    const customer = await readCustomer(read, owner)
    const standard = idAt(objectAt(customer, 'invoice_settings') ?? {}, 'default_payment_method')
    const charged = await readSubscriptions(read, owner, id, standard)
    const others = await readOthers(read, owner, id)
    return {
      params,
      stakes: { money: [], customer: owner },
      facts: {
        customer: owner,
        default_payment_method: standard ?? null,
        charged_subscriptions: charged?.join(',') ?? null,
        is_last: others === 0,
      },
      describe() {
        const whom = customerName(customer)
        return {
          summary: `Remove ${methodWithId(method)} from ${whom}, for good`,
          changes: [
            becomes('Belongs to', whom, 'nobody', 'customer', null),
            ...(standard === id
              ? [
                  becomes(
                    'Default for invoices',
                    id,
                    'none',
                    'invoice_settings.default_payment_method',
                    null,
                    { operation: 'customers.retrieve', params: { id: owner } },
                  ),
                ]
              : []),
          ],
          warnings: [
            ...(charged === undefined
              ? ['This key may not list subscriptions: payments of any that use it fail.']
              : []),
            ...(charged ?? []).map(
              (name) => `${name} is charged to it: its next payment fails unless another one is set.`,
            ),
            ...(standard === id
              ? ["It is the customer's default: invoices can no longer be charged to it."]
              : []),
            ...(others === 0 ? ['It is the only payment method of this customer.'] : []),
          ],
          irreversible:
            'A detached payment method can never be attached or charged again: the customer has to enter it anew.',
          told: ['payment_method_id'],
          literal: [],
        }
      },
    }
  },
})

/** Subscriptions that name it, or that name none while it is the customer's default; undefined where that cannot be seen. */
async function readSubscriptions(
  read: Read,
  customer: string,
  id: string,
  standard: string | undefined,
): Promise<string[] | undefined> {
  const list = await readIfAllowed(read, 'subscriptions.list', { customer, limit: READ_AT_MOST })
  if (list === undefined) return undefined
  const charged = listAt(list, 'data').filter((subscription) => {
    const own = idAt(subscription, 'default_payment_method') ?? idAt(subscription, 'default_source')
    const automatic = textAt(subscription, 'collection_method') !== 'send_invoice'
    return own === id || (own === undefined && automatic && standard === id)
  })
  const unseen = list['has_more'] === true ? [`Perhaps one of more than ${READ_AT_MOST} subscriptions`] : []
  return [...charged.map(subscriptionName), ...unseen]
}

function subscriptionName(subscription: Params): string {
  return `Subscription ${textAt(subscription, 'id') ?? ''} (${textAt(subscription, 'status') ?? ''})`
}

/** How many others the customer has; undefined where that cannot be seen. */
async function readOthers(read: Read, customer: string, id: string): Promise<number | undefined> {
  const list = await readIfAllowed(read, 'paymentMethods.list', { customer, limit: READ_AT_MOST })
  return list && listAt(list, 'data').filter((method) => textAt(method, 'id') !== id).length
}
