import { cleanLine } from '../../../../contract/clean-text.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, textAt } from '../../json.ts'
import { factsOf, updatesOf } from '../../wording/changes.ts'
import { ARCHIVED, productName } from '../../wording/products.ts'
import { priceName } from '../../wording/prices.ts'
import { refuseBadUrls } from '../../wording/urls.ts'

/** All that can change, in the order in which it is told. */
const UPDATABLE = [
  'name',
  'active',
  'default_price',
  'description',
  'images',
  'marketing_features',
  'metadata',
  'package_dimensions',
  'shippable',
  'statement_descriptor',
  'tax_code',
  'tax_details',
  'unit_label',
  'url',
]

export const updateProduct = defineTool({
  name: 'stripe_update_product',
  group: 'Products & Pricing',
  description: "Update a product's metadata or status",
  mode: 'write',
  effect: 'change',
  operation: 'products.update',
  pathParam: {
    name: 'product_id',
    aliases: ['product', 'id'],
    description: 'The product, prod_… or your own id',
  },
  usual: ['name', 'description', 'active', 'default_price', 'metadata'],
  rules: [{ atLeastOne: UPDATABLE }],
  guidance: {
    whenToUse:
      'To rename or describe a product, archive it (active: false) or sell it again (active: true), or choose its default price. Not to change what it costs: make another price with stripe_create_price.',
    askBefore: ['What is to change, and to what.'],
    safeDefaults: [
      'Send only what changes. "" clears a text; metadata is merged key by key, "" removes a key.',
    ],
    examples: [
      { title: 'Rename it', params: { product_id: EXAMPLE.product, name: 'Pro plan 2027' } },
      { title: 'Note something', params: { product_id: EXAMPLE.product, metadata: { sku: 'PRO-27' } } },
    ],
    followups: ['stripe_get_product to see it.'],
  },
  async prepare(params, read) {
    refuseBadUrls(params, ['url'])
    const product = await read('products.retrieve', { id: textAt(params, 'product_id') })
    const price = await readDefaultPrice(params, product, read)
    return {
      params,
      facts: {
        product: productName(product),
        becomes_default: price === undefined ? null : priceName(price),
        ...factsOf(updatesOf(product, params, UPDATABLE)),
      },
      describe(sent) {
        const archives = sent['active'] === false && product['active'] === true
        const revives = sent['active'] === true && product['active'] === false
        const does = archives ? 'Archive' : revives ? 'Sell again' : 'Change'
        return {
          summary: `${does} the product ${productName(product)}`,
          changes: updatesOf(product, sent, UPDATABLE),
          warnings: [
            ...(archives ? ARCHIVED : []),
            ...(price === undefined ? [] : [`The default price will be ${priceName(price)}.`]),
            ...(textAt(sent, 'name') === undefined || sent['name'] === product['name']
              ? []
              : ['Customers read the new name in checkouts and on invoices from now on.']),
          ],
          irreversible: '',
          told: ['product_id', ...UPDATABLE],
          literal: [],
        }
      },
    }
  },
})

/** The price that is to be the default, which must be one of this product's. */
async function readDefaultPrice(params: Params, product: Params, read: Read): Promise<Params | undefined> {
  const id = textAt(params, 'default_price')
  if (id === undefined || id === '') return undefined
  const price = await read('prices.retrieve', { id })
  if (idAt(price, 'product') !== textAt(product, 'id')) {
    throw new Problem('invalid_params', `${cleanLine(id)} is a price of another product.`, {
      nextStep: 'Take one of stripe_list_prices with this product.',
    })
  }
  return price
}
