import { cleanLine } from '../../../../contract/clean-text.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { listAt, objectAt, textAt } from '../../json.ts'
import { becomes, textBecomes } from '../../wording/changes.ts'
import { holdsOnly } from '../../wording/holds-only.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { abilities } from '../../wording/portal-features.ts'
import { refuseBadUrls, shownUrl, urlWarnings } from '../../wording/urls.ts'

/** The feature that each flow needs to be switched on. */
const FEATURE_OF_FLOW: Record<string, string> = {
  customer_update: 'customer_update',
  payment_method_update: 'payment_method_update',
  subscription_cancel: 'subscription_cancel',
  subscription_pause: 'subscription_pause',
  subscription_update: 'subscription_update',
  subscription_update_confirm: 'subscription_update',
}

export const createBillingPortalSession = defineTool({
  name: 'stripe_create_billing_portal_session',
  group: 'Billing Portal',
  description: 'Create a customer portal session',
  mode: 'write',
  effect: 'change',
  operation: 'billingPortal.sessions.create',
  usual: ['customer', 'return_url', 'configuration'],
  without: ['customer_account'],
  required: ['customer'],
  guidance: {
    whenToUse:
      'To give a customer a link to manage their own cards, invoices and subscriptions. To take a payment, use stripe_create_checkout_session.',
    askBefore: ['Which customer, and how the link reaches them and nobody else.'],
    safeDefaults: [
      'return_url: where the portal leads back to.',
      'flow_data {"type": "payment_method_update"} opens that task alone; full shows the others.',
      'Make it when it is needed: it is short-lived.',
    ],
    examples: [
      {
        title: 'A portal link',
        params: { customer: EXAMPLE.customer, return_url: 'https://example.com/account' },
      },
    ],
    followups: [
      'Give url to this customer only: whoever opens it acts as them.',
      'Without a default configuration: stripe_create_billing_portal_configuration, then its id as configuration.',
    ],
  },
  async prepare(params, read) {
    refuseBadUrls(params, ['return_url'])
    const id = textAt(params, 'customer') ?? ''
    const customer = await readLivingCustomer(read, id)
    const configuration = await readConfiguration(params, read)
    const configurationId = textAt(configuration, 'id') ?? ''
    refuseDisabledFlow(params, configuration)
    const can = abilities(configuration)
    return {
      params: { ...params, configuration: configurationId },
      facts: { customer: customerName(customer), configuration: configurationId, can },
      describe(sent) {
        const whom = customerName(customer)
        const flow = objectAt(sent, 'flow_data')
        return {
          summary: `Make a link with which whoever has it manages the billing of ${whom}`,
          changes: [
            becomes('Portal for', null, whom, 'customer', id),
            { what: 'There they can', before: null, after: can },
            becomes('Configuration', null, nameOf(configuration), 'configuration', configurationId),
            ...(flow === undefined
              ? []
              : [becomes('Opens with', null, flowText(flow), 'flow.type', textAt(flow, 'type') ?? '')]),
            ...textBecomes('Leads back to', sent, 'return_url', shownUrl),
          ],
          warnings: [
            'The url is a secret: whoever opens it is taken for this customer. Give it to them alone; it soon expires.',
            ...urlWarnings(sent, ['return_url']),
          ],
          irreversible: '',
          told: [
            'customer',
            'configuration',
            'return_url',
            ...(flow !== undefined && isTold(flow) ? ['flow_data'] : []),
          ],
          literal: ['locale'],
        }
      },
    }
  },
})

/** The one that is named, or else the account's default, so that what is told is what is sent. */
async function readConfiguration(params: Params, read: Read): Promise<Params> {
  const id = textAt(params, 'configuration')
  const configuration =
    id === undefined
      ? listAt(
          await read('billingPortal.configurations.list', { is_default: true, active: true, limit: 1 }),
          'data',
        )[0]
      : await read('billingPortal.configurations.retrieve', { id })
  if (configuration === undefined) {
    throw new Problem('invalid_state', 'This account has no default configuration of the billing portal.', {
      nextStep:
        'Make one with stripe_create_billing_portal_configuration and pass its id as configuration, or the owner saves the default in the Stripe Dashboard.',
    })
  }
  if (configuration['active'] === false) {
    throw new Problem('invalid_state', `The configuration ${nameOf(configuration)} is switched off.`, {
      nextStep: 'Leave configuration out for the default one, or choose an active one with the user.',
    })
  }
  return configuration
}

function refuseDisabledFlow(params: Params, configuration: Params): void {
  const type = textAt(objectAt(params, 'flow_data') ?? {}, 'type')
  const feature = type === undefined ? undefined : FEATURE_OF_FLOW[type]
  if (feature === undefined) return
  const settings = objectAt(objectAt(configuration, 'features') ?? {}, feature)
  if (settings?.['enabled'] === true) return
  throw new Problem('invalid_state', `${nameOf(configuration)} does not let customers do ${feature}.`, {
    nextStep: `Make a configuration with ${feature} switched on (stripe_create_billing_portal_configuration), or leave flow_data out.`,
  })
}

function nameOf(configuration: Params): string {
  const name = textAt(configuration, 'name')
  const id = textAt(configuration, 'id') ?? ''
  const text = name === undefined ? id : `${cleanLine(name, 60)} (${id})`
  return configuration['is_default'] === true ? `${text}, the default` : text
}

/** Whether the flow is only a type and the subscription that it is about: a retention offer gives a discount. */
function isTold(flow: Params): boolean {
  const type = textAt(flow, 'type') ?? ''
  return (
    holdsOnly(flow, ['type', type]) && (flow[type] === undefined || holdsOnly(flow[type], ['subscription']))
  )
}

function flowText(flow: Params): string {
  const type = textAt(flow, 'type') ?? ''
  const subscription = textAt(objectAt(flow, type) ?? {}, 'subscription')
  return `${cleanLine(type.replaceAll('_', ' '), 40)}${subscription === undefined ? '' : ` of ${cleanLine(subscription, 60)}`} alone`
}
