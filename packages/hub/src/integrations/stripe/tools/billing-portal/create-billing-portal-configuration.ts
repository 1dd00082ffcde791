import { cleanLine } from '../../../../contract/clean-text.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { listAt, objectAt, textAt } from '../../json.ts'
import { becomes, textBecomes } from '../../wording/changes.ts'
import { enabledFeatures, featureText } from '../../wording/portal-features.ts'
import { productName } from '../../wording/products.ts'
import { refuseBadUrls, shownUrl } from '../../wording/urls.ts'

/** In a change of a subscription the customer decides what they pay from then on. */
const OF_SUBSCRIPTIONS = new Set(['subscription_cancel', 'subscription_pause', 'subscription_update'])

export const createBillingPortalConfiguration = defineTool({
  name: 'stripe_create_billing_portal_configuration',
  group: 'Billing Portal',
  description: 'Configure the billing portal',
  mode: 'write',
  effect: 'change',
  operation: 'billingPortal.configurations.create',
  usual: ['features', 'default_return_url', 'business_profile', 'name'],
  rules: [
    {
      atLeastOne: [
        'features.customer_update',
        'features.invoice_history',
        'features.payment_method_update',
        'features.subscription_cancel',
        'features.subscription_pause',
        'features.subscription_update',
      ],
    },
    {
      when: 'features.customer_update.enabled',
      is: true,
      needs: ['features.customer_update.allowed_updates'],
    },
    {
      when: 'features.subscription_update.enabled',
      is: true,
      needs: [
        'features.subscription_update.products',
        'features.subscription_update.default_allowed_updates',
      ],
    },
  ],
  guidance: {
    whenToUse:
      'To say what customers may do in the billing portal. It is one more configuration, not the default: sessions use it where they name it.',
    askBefore: [
      'What customers may do by themselves: cancel, pause, change plan, change cards, see invoices.',
      'Whether a cancellation ends at the period end or at once.',
    ],
    safeDefaults: [
      'subscription_cancel with mode "at_period_end".',
      'Switch on only what is asked for; features left out are off.',
    ],
    examples: [
      {
        title: 'Cards, invoices and cancelling at the period end',
        params: {
          features: {
            payment_method_update: { enabled: true },
            invoice_history: { enabled: true },
            subscription_cancel: { enabled: true, mode: 'at_period_end' },
          },
        },
      },
      {
        title: 'Changing between two prices',
        params: {
          features: {
            subscription_update: {
              enabled: true,
              default_allowed_updates: ['price'],
              products: [{ product: EXAMPLE.product, prices: [EXAMPLE.price, EXAMPLE.otherPrice] }],
              proration_behavior: 'create_prorations',
            },
          },
        },
      },
    ],
    followups: ['stripe_create_billing_portal_session with its id as configuration.'],
  },
  async prepare(params, read) {
    refuseBadUrls(params, ['default_return_url'])
    refuseBadUrls(objectAt(params, 'business_profile') ?? {}, ['privacy_policy_url', 'terms_of_service_url'])
    const products = await readProducts(params, read)
    return {
      params,
      facts: { products: products.map(productName).join(',') },
      describe(sent) {
        const enabled = enabledFeatures(objectAt(sent, 'features') ?? {})
        const login = objectAt(sent, 'login_page')?.['enabled'] === true
        const name = textAt(sent, 'name')
        return {
          summary: `Create a configuration of the billing portal${name === undefined ? '' : ` named "${cleanLine(name, 60)}"`}, with ${enabled.length === 0 ? 'nothing' : enabled.map(([feature]) => feature.replaceAll('_', ' ')).join(', ')} switched on`,
          changes: [
            ...enabled.map(([feature, options]) =>
              becomes(
                'Customers can',
                null,
                featureText(feature, options),
                `features.${feature}.enabled`,
                true,
              ),
            ),
            ...(products.length === 0
              ? []
              : [{ what: 'Products to change to', before: null, after: productsText(sent, products) }]),
            ...textBecomes('Leads back to', sent, 'default_return_url', shownUrl),
            ...(login
              ? [becomes('Page to sign in at', null, 'open to everybody', 'login_page.enabled', true)]
              : []),
            becomes(
              'Default for portal sessions',
              null,
              'no: only where a session names it',
              'is_default',
              false,
            ),
          ],
          warnings: [
            'A configuration cannot be deleted, only switched off.',
            ...(enabled.length === 0 ? ['No feature is switched on: customers could do nothing in it.'] : []),
            ...(enabled.some(([feature]) => OF_SUBSCRIPTIONS.has(feature))
              ? ['Customers change what they pay by themselves, without anybody here being asked.']
              : []),
            ...(login
              ? ['The sign-in page is public: customers get in with a code sent to their e-mail address.']
              : []),
          ],
          irreversible: '',
          told: ['features', 'default_return_url', 'login_page', 'name'],
          literal: ['business_profile', 'metadata'],
        }
      },
    }
  },
})

/** The products that customers may change to; one that does not exist stops the plan. */
async function readProducts(params: Params, read: Read): Promise<Params[]> {
  const update = objectAt(objectAt(params, 'features') ?? {}, 'subscription_update')
  return Promise.all(
    listAt(update ?? {}, 'products').map((choice) =>
      read('products.retrieve', { id: textAt(choice, 'product') }),
    ),
  )
}

function productsText(sent: Params, products: Params[]): string {
  const update = objectAt(objectAt(sent, 'features') ?? {}, 'subscription_update') ?? {}
  return listAt(update, 'products')
    .map(({ prices, adjustable_quantity: quantity, ...choice }, index) => {
      const ids = Array.isArray(prices) ? prices.map((price) => cleanLine(String(price), 60)).join(', ') : ''
      const adjustable = quantity === undefined ? '' : `, quantity ${cleanLine(JSON.stringify(quantity), 80)}`
      return `${productName(products[index] ?? choice)} at ${ids}${adjustable}`
    })
    .join('; ')
}
