import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, listAt, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { methodWithId, readMethodFor } from '../../wording/payment-methods.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

const METHODS_READ = 100

export const attachPaymentMethod = defineTool({
  name: 'stripe_attach_payment_method',
  group: 'Payment Methods',
  description: 'Attach a payment method to a customer',
  mode: 'write',
  effect: 'change',
  operation: 'paymentMethods.attach',
  pathParam: {
    name: 'payment_method_id',
    aliases: ['payment_method', 'id'],
    description: 'The payment method, pm_…; in test mode also pm_card_visa and the like',
  },
  usual: ['customer'],
  without: ['customer_account'],
  required: ['customer'],
  guidance: {
    whenToUse:
      'To save a payment method that nobody has yet for a customer. To have a customer save a card, stripe_create_setup_intent or stripe_create_checkout_session with mode "setup" is better: the bank is asked at once.',
    askBefore: ['Which customer it belongs to, and that they agreed to have it saved.'],
    safeDefaults: ['Go on with the id of the answer: pm_card_visa and the like become a new payment method.'],
    examples: [
      { title: 'Save it', params: { payment_method_id: EXAMPLE.paymentMethod, customer: EXAMPLE.customer } },
    ],
    followups: [
      'stripe_update_customer with invoice_settings.default_payment_method makes it the default: attaching does not.',
    ],
  },
  async prepare(params, read) {
    const [id, owner] = [textAt(params, 'payment_method_id') ?? '', textAt(params, 'customer') ?? '']
    const method = await readMethodFor(read, id, owner)
    if (idAt(method, 'customer') === owner) {
      throw new Problem('invalid_state', `${methodWithId(method)} is attached to ${owner} already.`, {
        nextStep: 'Use it as it is; stripe_update_customer makes it the default for invoices.',
      })
    }
    const customer = await readLivingCustomer(read, owner)
    const standard = idAt(objectAt(customer, 'invoice_settings') ?? {}, 'default_payment_method')
    const same = await readSameCard(read, owner, method)
    return {
      params,
      facts: {
        customer: customerName(customer),
        default_payment_method: standard ?? null,
        same_card: same === undefined ? null : (textAt(same, 'id') ?? null),
      },
      describe() {
        return {
          summary: `Save ${methodWithId(method)} for ${customerName(customer)}`,
          changes: [becomes('Belongs to', null, customerName(customer), 'customer', owner)],
          warnings: [
            standard === undefined
              ? 'It does not become the default: invoices and subscriptions still have none.'
              : `It does not become the default, which stays ${standard}.`,
            ...(same === undefined ? [] : [`The same card is saved already, as ${methodWithId(same)}.`]),
            'The bank may be asked whether the card is good, and may say no.',
          ],
          irreversible: '',
          told: ['payment_method_id', 'customer'],
          literal: [],
        }
      },
    }
  },
})

/** Stripe gives the same number the same fingerprint, and saves it twice without a word. */
async function readSameCard(read: Read, customer: string, method: Params): Promise<Params | undefined> {
  const print = textAt(objectAt(method, 'card') ?? {}, 'fingerprint')
  if (print === undefined) return undefined
  const list = await readIfAllowed(read, 'paymentMethods.list', {
    customer,
    type: 'card',
    limit: METHODS_READ,
  })
  return listAt(list ?? {}, 'data').find(
    (other) => textAt(objectAt(other, 'card') ?? {}, 'fingerprint') === print,
  )
}
