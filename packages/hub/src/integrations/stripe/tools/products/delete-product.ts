import { Problem } from '../../../../contract/problem.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { listAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { ARCHIVED, productName } from '../../wording/products.ts'
import { priceName } from '../../wording/prices.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

/** More prices than these are only counted. */
const PRICES_SHOWN = 5
const PRICES_READ = 100

export const deleteProduct = defineTool({
  name: 'stripe_delete_product',
  group: 'Products & Pricing',
  description: 'Archive a product',
  mode: 'write',
  effect: 'change',
  operation: 'products.update',
  pathParam: {
    name: 'product_id',
    aliases: ['product', 'id'],
    description: 'The product, prod_… or your own id',
  },
  without: [
    'default_price',
    'description',
    'images',
    'marketing_features',
    'metadata',
    'name',
    'package_dimensions',
    'shippable',
    'statement_descriptor',
    'tax_code',
    'tax_details',
    'unit_label',
    'url',
  ],
  properties: { active: { type: 'boolean', const: false, description: 'Always false.' } },
  usual: [],
  guidance: {
    whenToUse:
      'To stop selling a product: it archives it (active: false), which stripe_update_product can undo. Only if the user insists on erasing a product that has no prices, use stripe_products_del.',
    askBefore: ['That this product is no longer to be sold.'],
    safeDefaults: ['Archiving ends no subscription; stripe_cancel_subscription does.'],
    examples: [{ title: 'Stop selling it', params: { product_id: EXAMPLE.product } }],
    followups: ['stripe_update_product with active: true sells it again.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'product_id') ?? ''
    const product = await read('products.retrieve', { id })
    if (product['active'] === false) {
      throw new Problem('invalid_state', `The product ${productName(product)} is archived already.`, {
        nextStep:
          'Tell the user. stripe_update_product with active: true would sell it again; stripe_products_del erases a product without prices for good, if the user asks for that.',
      })
    }
    const list = await readIfAllowed(read, 'prices.list', { product: id, active: true, limit: PRICES_READ })
    const prices = listAt(list ?? {}, 'data')
    return {
      params: { ...params, active: false },
      facts: {
        name: textAt(product, 'name') ?? null,
        active: product['active'] === true,
        prices: prices.map((price) => textAt(price, 'id')).join(','),
      },
      describe() {
        return {
          summary: `Archive the product ${productName(product)}: it is no longer sold, but not erased`,
          changes: [becomes('On sale', 'yes', 'no, archived', 'active', false)],
          warnings: [
            ...ARCHIVED,
            ...(prices.length === 0 ? [] : [`Its prices stay as they are: ${shown(prices.map(priceName))}.`]),
          ],
          irreversible: '',
          told: ['product_id', 'active'],
          literal: [],
        }
      },
    }
  },
})

function shown(names: string[]): string {
  const more = names.length - PRICES_SHOWN
  return names.slice(0, PRICES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
