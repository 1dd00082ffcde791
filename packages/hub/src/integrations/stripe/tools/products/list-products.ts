import { defineTool } from '../../define-tool.ts'

export const listProducts = defineTool({
  name: 'stripe_list_products',
  group: 'Products & Pricing',
  description: 'List all products',
  mode: 'read',
  effect: 'read',
  operation: 'products.list',
  usual: ['active', 'ids', 'limit', 'starting_after'],
  rules: [{ when: 'ids', excludes: ['starting_after', 'ending_before'] }],
  guidance: {
    whenToUse:
      'To see what is sold, newest first. To find a product by name, page through the list; what it costs is in stripe_list_prices.',
    askBefore: [],
    safeDefaults: ['active: true leaves archived products out; without it both kinds are listed.'],
    examples: [{ title: 'What is on sale', params: { active: true, limit: 20 } }],
    followups: ['stripe_list_prices with the product for what it costs.'],
  },
})
