import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const listPrices = defineTool({
  name: 'stripe_list_prices',
  group: 'Products & Pricing',
  description: 'List prices for a product',
  mode: 'read',
  effect: 'read',
  operation: 'prices.list',
  usual: ['product', 'active', 'type', 'currency', 'lookup_keys', 'limit', 'starting_after'],
  rules: [{ when: 'type', is: 'one_time', excludes: ['recurring'] }],
  guidance: {
    whenToUse: 'To find the price id for a checkout, a subscription or an invoice item.',
    askBefore: ['Which price is meant, where a product has several.'],
    safeDefaults: [
      'active: true leaves archived prices out.',
      'Tiers and other currencies come only with expand: ["data.tiers", "data.currency_options"].',
    ],
    examples: [{ title: 'What a product costs now', params: { product: EXAMPLE.product, active: true } }],
    followups: ['stripe_create_checkout_session or stripe_create_subscription with the price.'],
  },
})
