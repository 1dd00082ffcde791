import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const getProduct = defineTool({
  name: 'stripe_get_product',
  group: 'Products & Pricing',
  description: 'Get product details',
  mode: 'read',
  effect: 'read',
  operation: 'products.retrieve',
  pathParam: {
    name: 'product_id',
    aliases: ['product', 'id'],
    description: 'The product, prod_… or your own id',
  },
  usual: ['expand'],
  guidance: {
    whenToUse: 'To see one product whose id is known.',
    askBefore: [],
    safeDefaults: [
      'expand ["default_price"] shows the default price; the others are in stripe_list_prices.',
      'An archived product has active: false; one that was deleted is not found.',
    ],
    examples: [
      {
        title: 'A product with its default price',
        params: { product_id: EXAMPLE.product, expand: ['default_price'] },
      },
    ],
    followups: ['stripe_update_product to change it, stripe_create_price to sell it at another price.'],
  },
})
